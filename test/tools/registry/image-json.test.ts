import { readJsonObject } from '../../../src/private/json';
import type { Manifest } from '../../../src/tools/artifact/artifact';
import { readAttestations, readSignatures } from '../../../src/tools/registry/cosign';
import { readConfig, readIndex, readManifest } from '../../../src/tools/registry/image-json';
import { digestOf } from '../../support/stores/artifacts';

const INDEX = 'application/vnd.oci.image.index.v1+json';
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const DIGEST = `sha256:${'a'.repeat(64)}`;
const part = (change: object = {}): object => ({ mediaType: MANIFEST, digest: DIGEST, size: 10, ...change });
const platform = { os: 'linux', architecture: 'amd64' };

function manifest(content: object | string, mediaType = MANIFEST): Manifest {
  const bytes = Buffer.from(typeof content === 'string' ? content : JSON.stringify(content));
  return { bytes, digest: digestOf(bytes), mediaType };
}

const many = (length: number, change: object = {}): object[] => Array.from({ length }, () => part(change));
const index = (manifests: unknown, more: object = {}): Manifest => manifest({ manifests, ...more }, INDEX);
const image = (layers: unknown, more: object = {}): Manifest => manifest({ config: part(), layers, ...more });

describe('an index', () => {
  test('is read without unknown members', () => {
    const { manifests } = {
      manifests: [part({ platform: { ...platform, variant: '', features: ['x'] }, urls: ['x'] })],
    };
    expect(readIndex(index(manifests), 'r')).toEqual([{ ...part(), platform }]);
    expect(readIndex(index(many(256)), 'r')).toHaveLength(256);
  });

  test.each<[string, Manifest, RegExp]>([
    [
      'more manifests than supported',
      index(many(257)),
      /^\[LimitExceeded\] r lists 257 manifests in sha256:\w+; at most 256/,
    ],
    [
      'manifests that are too large for memory',
      index(many(9, { size: 2 ** 22 })),
      /^\[LimitExceeded\] r lists manifests of 37748736 bytes/,
    ],
    ['an index in it', index([part({ mediaType: INDEX })]), /^\[UnexpectedAnswer\] r has an index in the index/],
    ['layers as well', index([part()], { layers: [] }), /^\[UnexpectedAnswer\]/],
    ['the media type of a manifest in it', index([part()], { mediaType: MANIFEST }), /^\[UnexpectedAnswer\]/],
    ['a manifest that is an array', index([[]]), /^\[UnexpectedAnswer\]/],
    ['manifests that are not an array', index({}), /^\[UnexpectedAnswer\]/],
    [
      'a platform with an escape sequence',
      index([part({ platform: { os: '\u001b[2J', architecture: 'x' } })]),
      /^\[UnexpectedAnswer\]/,
    ],
    ['a media type of two lines', index([part({ mediaType: 'a/b\nc' })]), /^\[UnexpectedAnswer\]/],
    ['a path as a digest', index([part({ digest: '../../x' })]), /^\[UnexpectedAnswer\]/],
    ['a size that is not a number', index([part({ size: -1 })]), /^\[UnexpectedAnswer\]/],
    ['a size larger than any disk', index([part({ size: 2 ** 41 })]), /^\[UnexpectedAnswer\]/],
  ])('with %s is rejected', (_, content, message) => {
    expect(() => readIndex(content, 'r')).toThrow(message);
  });
});

describe('a manifest', () => {
  test.each<[string, Manifest, RegExp]>([
    ['more layers than supported', image(many(513)), /^\[LimitExceeded\] r lists 513 layers/],
    ['no config', manifest({ layers: [] }), /^\[UnexpectedAnswer\]/],
    ['layers that are an object', image({}), /^\[UnexpectedAnswer\]/],
    ['the media type of an index', image([], { mediaType: INDEX }), /^\[UnexpectedAnswer\]/],
  ])('with %s is rejected', (_, content, message) => {
    expect(() => readManifest(content, 'r')).toThrow(message);
  });

  test('is read without the urls of other locations', () => {
    expect(readManifest(image([part({ urls: ['https://stranger.example'] })]), 'r')).toEqual([part(), part()]);
  });
});

describe('a config', () => {
  const read = (content: object) => readConfig(Buffer.from(JSON.stringify(content)), DIGEST, 'r');

  test('may have null for missing members, as Go writes it', () => {
    const content = { ...platform, config: { Env: null }, rootfs: { diff_ids: null }, history: null };
    expect(read(content)).toEqual(platform);
    expect(read({ ...platform, config: null, variant: 'v8' })).toEqual({ ...platform, variant: 'v8' });
  });

  test.each([
    { config: { Env: {} } },
    { config: { Env: [5] } },
    { config: [] },
    { rootfs: { diff_ids: ['x'] } },
    { rootfs: 5 },
    { history: {} },
    { history: [5] },
    { os: 5 },
    { architecture: 'amd64\n' },
    { variant: {} },
  ])('with %j is rejected', (change) => {
    expect(() => read({ ...platform, ...change })).toThrow(`[UnexpectedAnswer] ${DIGEST} in r is not an image`);
  });

  test('cannot change the prototype of objects', () => {
    const bytes = Buffer.from('{"__proto__":{"os":"x","polluted":1},"os":"linux","architecture":"amd64"}');
    expect(readConfig(bytes, DIGEST, 'r')).toEqual(platform);
    expect(() => readConfig(Buffer.from('{"__proto__":{"os":"x","architecture":"y"}}'), DIGEST, 'r')).toThrow();
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});

describe('JSON', () => {
  test.each([
    '[]',
    '5',
    'null',
    '"x"',
    '',
    '{',
    `${'{"a":'.repeat(65)}1${'}'.repeat(65)}`,
  ])('%j is not an object', (text) => {
    expect(readJsonObject(Buffer.from(text))).toBeUndefined();
  });

  test('may have brackets in its strings, and 64 levels', () => {
    const text = JSON.stringify({ a: `${'['.repeat(1000)}\\"[` });
    expect(readJsonObject(Buffer.from(text))).toEqual(JSON.parse(text));
    expect(readJsonObject(Buffer.from(`${'{"a":'.repeat(64)}1${'}'.repeat(64)}`))).toBeDefined();
  });

  test('of a million levels is rejected before it is parsed', () => {
    const begun = performance.now();
    expect(readJsonObject(Buffer.from(`{"a":${'['.repeat(2_000_000)}`))).toBeUndefined();
    expect(performance.now() - begun).toBeLessThan(20_000);
  });
});

describe('signatures', () => {
  const NAME = 'dev.cosignproject.cosign/signature';
  const ENVELOPE = 'application/vnd.dsse.envelope.v1+json';

  test.each([5, {}, '', 'no base64!', '\u001b'])('that are %j are ignored', (signature) => {
    expect(readSignatures(image([part({ annotations: { [NAME]: signature } })]), 'r')).toEqual([]);
  });

  test('are rejected if there are too many to verify', () => {
    expect(() => readSignatures(image(many(129)), 'r')).toThrow(
      /^\[LimitExceeded\] r lists 129 signatures in sha256:\w+; at most 128 are supported$/,
    );
  });

  test('have a predicate of one line', () => {
    const annotations = { predicateType: 'x\u001b]0;\u0007y' };
    expect(readAttestations(image([part({ mediaType: ENVELOPE, annotations })]), 'r')).toEqual([
      { digest: DIGEST, predicateType: 'xy' },
    ]);
    expect(readAttestations(image([part({ mediaType: ENVELOPE, annotations: { predicateType: 5 } })]), 'r')).toEqual([
      { digest: DIGEST, predicateType: 'unknown' },
    ]);
  });
});
