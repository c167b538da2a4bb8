/** How a hostile registry changes its responses. */
import { Random } from '../support/stores/random';
import type { Answer } from './registry-world';

/** URLs that a hostile registry may return. */
export function addresses({ host, origin, port }: URL): string[] {
  return [
    '/v2/models/blobs/uploads/2?state=1',
    'uploads/3',
    `${origin}/v2/models/blobs/uploads/4`,
    `http://${host}/v2/models/blobs/uploads/5`,
    `http://${host.toUpperCase()}/x`,
    `http://${host.replace(/:\d+$/, '')}:80/x`,
    `https://${host.replace(/:\d+$/, '')}:444/x`,
    `https://${host}./x`,
    `//stranger.example/x`,
    '\\\\stranger.example\\x',
    'https:stranger.example',
    'https://stranger.example/x',
    'http://stranger.example/x',
    `https://${host}.stranger.example/x`,
    `https://${host}@stranger.example/x`,
    `https://user:password@${host}/x`,
    `https://stranger.example/?${origin}`,
    'https://example/x',
    'https://gitlab.example/jwt/auth',
    'http://gitlab.example/jwt/auth',
    'https://169.254.169.254/latest/meta-data',
    'http://169.254.169.254/latest/meta-data',
    'https://2852039166/',
    'https://[::ffff:169.254.169.254]/',
    'https://[fd00:ec2::254]/',
    'https://metadata.google.internal/',
    'https://127.0.0.1/x',
    `http://127.0.0.1:${port === '' ? 80 : port}/x`,
    'http://localhost:5001/token',
    'https://[::1]/x',
    'https://0.0.0.0/x',
    'https://0x7f.1/x',
    'https://10.0.0.1/x',
    'https://192.168.1.1/x',
    'ftp://stranger.example/x',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'https://',
    'http:',
    '',
    '\u0000',
    'https://stranger.example/\u001b[2J',
  ];
}

const WEIRD: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1e308,
  2 ** 53,
  '',
  '\u001b]0;x\u0007',
  '../../../../etc/passwd',
  'sha256:',
  `sha256:${'0'.repeat(64)}`,
  'application/vnd.oci.image.index.v1+json',
  [],
  {},
  [[]],
  [null],
  { digest: 5 },
  Array.from({ length: 600 }, () => ({})),
];
const STATUSES = [200, 201, 202, 204, 206, 301, 302, 303, 307, 308, 400, 401, 403, 404, 405, 409, 411, 412, 413, 416];
const MORE_STATUSES = [429, 500, 501, 502, 503, 507, 0, 999];
const MEDIA_TYPES = [
  'text/html',
  'application/json',
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  '\u009b2J',
];

type Mutation = (answer: Answer, random: Random, home: URL) => void;

/** Each changes one part of a response; an attack is a sequence of them. */
export const MUTATIONS: { readonly [name: string]: Mutation } = {
  location: (answer, random, home) => {
    answer.headers.location = random.pick(addresses(home));
  },
  redirect: (answer, random, home) => {
    answer.status = random.pick([301, 302, 303, 307, 308]);
    answer.headers.location = random.pick(addresses(home));
  },
  challenge: (answer, random, home) => {
    answer.status = 401;
    const realm = random.pick(addresses(home));
    answer.headers['www-authenticate'] = random.pick([
      `Bearer realm="${realm}",service="s",scope="repository:x:pull"`,
      `Bearer realm="${realm}"`,
      'Basic realm="x"',
      'Bearer',
      'Negotiate x',
    ]);
  },
  status: (answer, random) => {
    answer.status = random.pick(random.chance(0.7) ? STATUSES : MORE_STATUSES);
  },
  flip: (answer, random) => {
    if (answer.body.length === 0) return;
    answer.body = Buffer.from(answer.body);
    const at = random.below(answer.body.length);
    answer.body[at] = (answer.body[at] as number) ^ (1 + random.below(255));
  },
  shorten: (answer, random) => {
    answer.body = answer.body.subarray(0, random.below(answer.body.length + 1));
  },
  lengthen: (answer, random) => {
    answer.body = Buffer.concat([answer.body, random.bytes(1 + random.below(50))]);
  },
  endless: (answer) => {
    answer.isEndless = true;
  },
  cut: (answer, random) => {
    answer.body = answer.body.subarray(0, random.below(answer.body.length + 1));
    answer.isCut = true;
  },
  digest: (answer, random) => {
    answer.headers['docker-content-digest'] = random.pick([`sha256:${'1'.repeat(64)}`, 'sha512:1', '', '\u009b2J']);
  },
  type: (answer, random) => {
    answer.headers['content-type'] = random.pick(MEDIA_TYPES);
  },
  length: (answer, random) => {
    answer.headers['content-length'] = random.pick(['0', '-1', 'NaN', '99999999999999999999', '700']);
  },
  range: (answer, random) => {
    answer.headers['content-range'] = random.pick(['bytes 0-', 'bytes 5-9/10', 'x', '']);
  },
  json: (answer, random) => {
    answer.body = mutated(answer.body, random);
  },
  deep: (answer) => {
    answer.body = Buffer.from(`{"manifests":${'['.repeat(5000)}${']'.repeat(5000)}}`);
  },
  prototype: (answer) => {
    const text = answer.body.toString('utf8');
    answer.body = Buffer.from(text.replace('{', '{"__proto__":{"authorization":"x","token":"y","os":"z"},'));
  },
  token: (answer, random) => {
    answer.body = Buffer.from(JSON.stringify({ token: random.pick(['a b', '', 5, 'x'.repeat(20_000), '\r\nX: y']) }));
  },
};

/** JSON in which one value is replaced. */
function mutated(body: Buffer, random: Random): Buffer {
  let root: unknown;
  try {
    root = JSON.parse(body.toString('utf8'));
  } catch {
    return body;
  }
  let at = root as Record<string, unknown>;
  for (;;) {
    if (typeof at !== 'object' || at === null) return body;
    const keys = Object.keys(at);
    if (keys.length === 0) return body;
    const key = random.pick(keys);
    const value = at[key];
    if (typeof value !== 'object' || value === null || random.chance(0.3)) {
      at[key] = random.pick(WEIRD);
      return Buffer.from(JSON.stringify(root));
    }
    at = value as Record<string, unknown>;
  }
}

/** A separate random generator for each conversation, so that one can be repeated alone. */
export function randomOf(seed: number, index: number): Random {
  return new Random(Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b));
}
