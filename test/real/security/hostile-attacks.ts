import { gzipSync } from 'node:zlib';
import { endless, type Received, type Script, type ScriptedResponse } from '../support/hostile-registry';
import { descriptorOf, type Lab, partOf } from './hostile-lab';

/** What a registry does instead of a correct response, to which command, and how the command reports it. */
export interface Attack {
  readonly name: string;
  readonly command: 'publish' | 'verify' | 'lock' | 'pack';
  readonly script: (lab: Lab) => Script;
  readonly message: RegExp;
}

const CHALLENGE = (realm: string): ScriptedResponse => ({
  status: 401,
  headers: { 'www-authenticate': `Bearer realm="${realm}",service="s"` },
});
const isBegin = ({ method, path }: Received): boolean => method === 'POST' && path.includes('/uploads/');
const isBlobOf = ({ path }: Received, digest: string): boolean => path.endsWith(`/blobs/${digest}`);

/** Returns another location for uploads. */
const uploadsTo =
  (place: (lab: Lab) => string) =>
  (lab: Lab): Script =>
  (received) =>
    isBegin(received) && received.authorization !== undefined
      ? { status: 202, headers: { location: place(lab) } }
      : undefined;

/** Names another token service. */
const tokensFrom =
  (realm: (lab: Lab) => string) =>
  (lab: Lab): Script =>
  () =>
    CHALLENGE(realm(lab));

/** Redirects reads. */
const redirectsTo =
  (place: (lab: Lab) => string) =>
  (lab: Lab): Script =>
  ({ method, authorization }) =>
    method === 'GET' && authorization !== undefined ? { status: 307, headers: { location: place(lab) } } : undefined;

/** Responds for the layer of the base. */
const layerAs =
  (answer: (lab: Lab, received: Received) => ScriptedResponse) =>
  (lab: Lab): Script =>
  (received) =>
    received.method === 'GET' && isBlobOf(received, lab.base.layer.digest) && received.authorization !== undefined
      ? answer(lab, received)
      : undefined;

/** Responds for the tag of the base. */
const tagAs =
  (answer: (lab: Lab) => ScriptedResponse) =>
  (lab: Lab): Script =>
  ({ path, authorization }) =>
    path.endsWith('/manifests/v1') && authorization !== undefined ? answer(lab) : undefined;

/** Responds for the tag of the base with bytes declared as an index. */
const indexOf = (
  lab: Lab,
  body: ScriptedResponse['body'],
  headers: Readonly<Record<string, string>> = {},
): ScriptedResponse => ({
  status: 200,
  headers: { 'content-type': lab.types.index, ...headers },
  body,
});

/** Responds for the tag of the base with another index. */
const indexAs = (content: (lab: Lab) => Buffer | object) =>
  tagAs((lab) => indexOf(lab, partOf(content(lab), lab.types.index).bytes));

/** An index with entries for the most common platform. */
const indexListing = ({ types }: Lab, entries: readonly object[], architecture = 'amd64'): object => ({
  schemaVersion: 2,
  mediaType: types.index,
  manifests: entries.map((entry) => ({ ...entry, platform: { os: 'linux', architecture } })),
});

const ADDRESSES: readonly Attack[] = [
  {
    name: 'an upload in plain text on the same host and port',
    command: 'publish',
    script: uploadsTo(({ home }) => `http://${home.host}/v2/net/blobs/uploads/1`),
    message:
      /^\[UntrustedAddress\] https:\/\/registry\.test:\d+ returned the upload address http:.*https must not lead to http/m,
  },
  {
    name: 'an upload to another host',
    command: 'publish',
    script: uploadsTo(({ other }) => `https://${other.host}/upload`),
    message:
      /^\[UntrustedAddress\] .*this is another origin, which is not trusted.*SERVING_TRUSTED_HOSTS=other\.test:\d+$/m,
  },
  {
    name: 'an upload with another user in its address',
    command: 'publish',
    script: uploadsTo(({ other }) => `https://user:password@${other.host}/upload`),
    message: /^\[UntrustedAddress\] .*must not contain a user name or password$/m,
  },
  {
    name: 'an upload to a link-local address',
    command: 'publish',
    script: uploadsTo(() => 'https://169.254.12.34/latest/meta-data'),
    message: /^\[UntrustedAddress\] .*cloud metadata service/m,
  },
  {
    name: 'the next chunk of an upload in plain text',
    command: 'publish',
    script:
      ({ home }) =>
      ({ method, path, authorization }) => {
        if (authorization === undefined) return undefined;
        if (method === 'PUT' && path.includes('/uploads/')) return { status: 413 };
        if (method === 'PATCH')
          return { status: 202, headers: { location: `http://${home.host}/v2/net/blobs/uploads/1` } };
        return undefined;
      },
    message: /^\[UntrustedAddress\] .*https must not lead to http/m,
  },
  ...(['publish', 'verify', 'lock'] as const).flatMap((command): Attack[] => [
    {
      name: `the token service of a stranger, to ${command}`,
      command,
      script: tokensFrom(({ other }) => `https://${other.host}/token`),
      message: /^\[UntrustedAddress\] registry\.test:\d+ requests its credentials at https:\/\/other\.test/m,
    },
    {
      name: `a token service in plain text on this machine, to ${command}`,
      command,
      script: tokensFrom(({ other }) => `http://127.0.0.1:${other.port}/token`),
      message: /^\[UntrustedAddress\] .*requires a token from http:.*https must not lead to http/m,
    },
    {
      name: `a token service in plain text on the same host and port, to ${command}`,
      command,
      script: tokensFrom(({ home }) => `http://${home.host}/token`),
      message: /^\[UntrustedAddress\] .*https must not lead to http/m,
    },
    {
      name: `a redirect to plain text, to ${command}`,
      command,
      script: redirectsTo(({ home }) => `http://${home.host}/v2/`),
      message: /^\[UntrustedAddress\] .*redirects to http:.*https must not lead to http/m,
    },
    {
      name: `a redirect to a link-local address, to ${command}`,
      command,
      script: redirectsTo(() => 'https://169.254.12.34/latest/meta-data'),
      message: /^\[UntrustedAddress\] .*cloud metadata service/m,
    },
    {
      name: `a redirect to a stranger who asks for credentials, to ${command}`,
      command,
      script: (lab) => {
        lab.other.script = ({ path }) => (path === '/token' ? undefined : CHALLENGE(`https://${lab.other.host}/token`));
        return redirectsTo(({ other }) => `https://${other.host}/elsewhere`)(lab);
      },
      message: /^\[AccessDenied\] cannot read/m,
    },
  ]),
];

const flipped = (bytes: Buffer): Buffer => {
  const copy = Buffer.from(bytes);
  copy[copy.length - 1] = (copy.at(-1) as number) ^ 1;
  return copy;
};

const BYTES: readonly Attack[] = [
  {
    name: 'a layer with other bytes',
    command: 'pack',
    script: layerAs(({ base }) => ({ status: 200, body: flipped(base.layer.bytes) })),
    message: /^\[DigestMismatch\] sha256:\w+ from registry\.test:\d+\/base has the digest sha256:/m,
  },
  {
    name: 'a layer that is longer',
    command: 'pack',
    script: layerAs(({ base }) => ({ status: 200, body: Buffer.concat([base.layer.bytes, Buffer.from('x')]) })),
    message: /^\[DigestMismatch\] .*has more than 3145728 bytes/m,
  },
  {
    name: 'a layer without an end',
    command: 'pack',
    script: layerAs(() => ({ status: 200, body: endless() })),
    message: /^\[DigestMismatch\] .*has more than 3145728 bytes/m,
  },
  {
    name: 'a layer whose connection is cut, and that resumes with other bytes',
    command: 'pack',
    script: layerAs(({ base: { layer } }, { range }) =>
      range === undefined
        ? { status: 200, headers: { 'content-length': String(layer.size) }, body: layer.bytes, cutAfter: 2_000_000 }
        : { status: 206, body: flipped(layer.bytes.subarray(Number(/\d+/.exec(range)?.[0]))) },
    ),
    message: /^\[DigestMismatch\] .*has the digest/m,
  },
  {
    name: 'an image whose tag has another digest than declared',
    command: 'lock',
    script: tagAs((lab) => indexOf(lab, lab.base.index.bytes, { 'docker-content-digest': `sha256:${'0'.repeat(64)}` })),
    message: /^\[DigestMismatch\] .*returned content with the digest sha256:\w+ for v1 and declares sha256:0000/m,
  },
  {
    name: 'an index of 20,000 manifests',
    command: 'lock',
    script: indexAs((lab) =>
      indexListing(
        lab,
        Array.from({ length: 20_000 }, () => descriptorOf(lab.base.manifest)),
      ),
    ),
    message: /^\[LimitExceeded\] .*lists 20000 manifests in sha256:\w+; at most 256 are supported$/m,
  },
  {
    name: 'an index in an index',
    command: 'lock',
    script: indexAs((lab) => indexListing(lab, [descriptorOf(lab.base.index)])),
    message: /^\[UnexpectedAnswer\] .*has an index in the index/m,
  },
  {
    name: 'an index that is a manifest too',
    command: 'lock',
    script: indexAs(({ base }) => ({
      ...JSON.parse(base.manifest.bytes.toString()),
      ...JSON.parse(base.index.bytes.toString()),
    })),
    message: /^\[UnexpectedAnswer\] .*is not an image/m,
  },
  {
    name: 'a platform with a terminal escape sequence',
    command: 'lock',
    script: indexAs((lab) => indexListing(lab, [descriptorOf(lab.base.manifest)], '\u001b]0;owned\u0007')),
    message: /^\[UnexpectedAnswer\] .*is not an image/m,
  },
  {
    name: 'an index without an end',
    command: 'lock',
    script: tagAs((lab) => indexOf(lab, endless(Buffer.alloc(65_536, ' ')))),
    message: /^\[LimitExceeded\] .*the response of .* exceeds 8388608 bytes/m,
  },
  {
    name: 'an index of lists in lists',
    command: 'lock',
    script: indexAs(() => Buffer.from(`{"a":${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}}`)),
    message: /^\[UnexpectedAnswer\] .*is not an image/m,
  },
  {
    name: 'a gigabyte in a few compressed bytes',
    command: 'lock',
    script: tagAs((lab) => indexOf(lab, gzipSync(Buffer.alloc(64 * 2 ** 20)), { 'content-encoding': 'gzip' })),
    message: /^\[UnexpectedAnswer\] .*is not an image/m,
  },
  {
    name: 'a config whose environment is no list',
    command: 'lock',
    script: ({ base, types }) => {
      const config = partOf({ architecture: 'amd64', os: 'linux', config: { Env: {} }, history: 5 }, types.config);
      const manifest = partOf(
        { ...JSON.parse(base.manifest.bytes.toString()), config: descriptorOf(config) },
        types.manifest,
      );
      return ({ path, authorization }) => {
        if (authorization === undefined) return undefined;
        if (path.endsWith('/manifests/v1'))
          return { status: 200, headers: { 'content-type': types.manifest }, body: manifest.bytes };
        return path.endsWith(`/blobs/${config.digest}`) ? { status: 200, body: config.bytes } : undefined;
      };
    },
    message: /^\[UnexpectedAnswer\] .*is not an image/m,
  },
];

export const ATTACKS: readonly Attack[] = [...ADDRESSES, ...BYTES];
