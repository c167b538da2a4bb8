import { kubernetes, Model, SecretValue, ServerImage } from '../../src';

const COPIED =
  "copy the files to a bucket for Model.fromS3 or download them for Model.fromDirectory, which 'npx serving lock' and 'npx serving publish' move to a registry or to S3";
const MOUNTED = `${COPIED}; on Kubernetes, a claim of the CSI driver of that storage with Model.fromVolume also works`;
const REVISION = { revision: '0'.repeat(40) };
const HUB_CALL = "use Model.fromHuggingFace('acme/bert', { revision: '<commit>' })";

/** A reference, what it is, and what to use instead. */
const REFERENCES: readonly [reference: string, what: string, way: string][] = [
  ['hf://acme/bert', 'a model on the Hugging Face Hub', HUB_CALL],
  ['hf://acme/bert:main', 'a model on the Hugging Face Hub', HUB_CALL],
  ['https://huggingface.co/acme/bert/tree/main', 'the web address of a model on the Hugging Face Hub', HUB_CALL],
  ['pvc://models', 'a PersistentVolumeClaim', "use Model.fromVolume(kubernetes.ClaimVolume.fromName('models'))"],
  [
    'pvc://models/net/v2/',
    'a PersistentVolumeClaim',
    "use Model.fromVolume(kubernetes.ClaimVolume.fromName('models'), { directory: 'net/v2' })",
  ],
  ['oci://ghcr.io/acme/net:v2', 'an image reference with a scheme', "use Model.fromOci('ghcr.io/acme/net:v2')"],
  ['gs://acme/net/', 'a location in Google Cloud Storage', MOUNTED],
  ...['azure://acme/net', 'abfss://net@acme.dfs.core.windows.net/', 'https://acme.blob.core.windows.net/net'].map(
    (reference): [string, string, string] => [reference, 'a location in Azure Storage', MOUNTED],
  ),
  ['hdfs://namenode/net', 'a location in another file system', COPIED],
  [
    'models:/net/1',
    'a model in an MLflow registry',
    "download it with 'mlflow artifacts download', and use Model.fromDirectory",
  ],
  [
    'file:///opt/net',
    'a path',
    "use Model.inImage('/opt/net') for files in the image, or Model.fromDirectory for files of the project",
  ],
  [
    'https://example.com/net.tar.gz',
    'a web address',
    "use Model.fromUrl('https://example.com/net.tar.gz', { sha256: '<digest>' }) for a file or an archive",
  ],
  ['http://example.com/net.tar.gz', 'a web address', COPIED],
];

describe.each(REFERENCES)('%s', (reference, what, way) => {
  test.each<[string, (reference: string) => unknown]>([
    ['Model.fromS3', (uri) => Model.fromS3(uri)],
    ['Model.inImage', (location) => Model.inImage(location)],
    ['Model.fromDirectory', (directory) => Model.fromDirectory(directory)],
    ['Model.fromHuggingFace', (repository) => Model.fromHuggingFace(repository, REVISION)],
    ['Model.fromOci', (image) => Model.fromOci(image)],
  ])('is refused by %s with what to use', (factory, call) => {
    const isOwn = way.startsWith(`use ${factory}`);
    const hasScheme = factory === 'Model.fromOci' && what === 'a web address';
    const problem = hasScheme
      ? `has a scheme, which image references do not have; use Model.fromOci('${reference.replace(/^https?:\/\//, '')}')`
      : `is ${what}${isOwn ? '' : `, which ${factory} does not support`}; ${way}`;
    expect(() => call(reference)).toThrow(/^\[InvalidModel\] '\w+' /);
    expect(() => call(reference)).toThrow(problem);
  });
});

describe('an S3 object', () => {
  test.each([
    ['arn:aws:s3:::acme/net/', 'the ARN of an S3 object', 's3://acme/net/'],
    [
      'https://acme.s3.eu-west-1.amazonaws.com/net/a.onnx?x=1',
      'the web address of an S3 object',
      's3://acme/net/a.onnx',
    ],
    ['https://s3.eu-west-1.amazonaws.com/acme/net/', 'the web address of an S3 object', 's3://acme/net/'],
  ])('in the form %s is refused with its URI', (reference, what, uri) => {
    expect(() => Model.fromS3(reference)).toThrow(`is ${what}; use Model.fromS3('${uri}')`);
    expect(() => Model.fromOci(reference)).toThrow(
      `is ${what}, which Model.fromOci does not support; use Model.fromS3('${uri}')`,
    );
  });

  test('is refused by other factories', () => {
    expect(() => Model.inImage('s3://acme/net/')).toThrow(
      "[InvalidModel] 'location' ('s3://acme/net/') is an S3 URI, which Model.inImage does not support; use Model.fromS3('s3://acme/net/')",
    );
  });
});

describe('a name on the Hugging Face Hub without an owner', () => {
  test.each([
    ['bert-base-uncased', "probably 'google-bert/bert-base-uncased'"],
    ['gpt2', "probably 'openai-community/gpt2'"],
    ['distilbert-base-uncased', "probably 'distilbert/distilbert-base-uncased'"],
    ['net', 'as on its page on the Hub'],
  ])('%s is refused', (name, way) => {
    expect(() => Model.fromHuggingFace(name, REVISION)).toThrow(
      `[InvalidModel] 'repository' ('${name}') has no owner, which a fetch requires; write owner and name, ${way}`,
    );
  });
});

describe('an image', () => {
  test.each(['docker://acme/net:1.2', 'oci://acme/net:1.2', 'https://acme/net:1.2'])('%s is refused', (reference) => {
    expect(() => ServerImage.fromRegistry(reference)).toThrow(
      `[InvalidImage] 'reference' ('${reference}') has a scheme, which image references do not have; use 'acme/net:1.2'`,
    );
  });

  test('by the ARN of its repository, or of S3, is refused with the factory', () => {
    expect(() => ServerImage.fromRegistry('arn:aws:ecr:eu-west-1:123456789012:repository/acme/net')).toThrow(
      "use aws.EcrImage.fromRepository(repository, tag) with ecr.Repository.fromRepositoryName(this, 'Repository', 'acme/net')",
    );
    expect(() => ServerImage.fromRegistry('s3://acme/net/')).toThrow("use Model.fromS3('s3://acme/net/')");
  });
});

test('a claim and a secret by other references are refused', () => {
  expect(() => kubernetes.ClaimVolume.fromName('pvc://models/net')).toThrow(
    "[InvalidName] 'name' ('pvc://models/net') is a PersistentVolumeClaim; use Model.fromVolume(kubernetes.ClaimVolume.fromName('models'), { directory: 'net' })",
  );
  expect(() => SecretValue.fromName('arn:aws:secretsmanager:eu-west-1:123456789012:secret:token')).toThrow(
    '; for an ARN use aws.EcsSecret.fromSecret',
  );
});

describe('a degenerate reference', () => {
  const TEXTS = [
    ...[
      '',
      ' ',
      '/',
      '//',
      ':',
      '@',
      'a@',
      'a:',
      'a/b@',
      '.',
      '..',
      'http',
      'http:',
      'http://',
      'http://[',
      'https://',
    ],
    ...['https:///', 'https://h', 'https://h/', 'https://h/x?', 'https://h/x#f', 'HTTPS://h/x'],
    ...[
      's3',
      's3:',
      's3://',
      's3:///',
      's3://b',
      's3://b/',
      's3:///k',
      's3://bucket',
      's3://bucket/x',
      'S3://bucket/k',
    ],
    ...['arn:', 'arn:aws:s3:::', 'hf://', 'oci://', 'docker://', 'oci://a b', 'oci://r.example/x', 'file://', 'ftp://'],
    ...['pvc://', 'gs://', 'https://u:hunter2@h/x', 'oci://u:hunter2@h/x', 's3://u:hunter2@bucket/k'],
  ];
  const sha256 = '0a'.repeat(32);
  const lockFile = 'test/definitions/locks/known.lock.json';
  const FACTORIES: { readonly [name: string]: (text: string) => unknown } = {
    'Model.fromS3': (text) => Model.fromS3(text),
    'endpoint of Model.fromS3': (text) => Model.fromS3('s3://bucket/a/', { endpoint: text }),
    'Model.fromUrl': (text) => Model.fromUrl(text, { sha256 }),
    'Model.fromOci': (text) => Model.fromOci(text),
    'Model.fromHuggingFace': (text) => Model.fromHuggingFace(text, REVISION),
    'Model.fromDirectory': (text) => Model.fromDirectory(text, { lockFile }),
    'to of Model.fromDirectory': (text) => Model.fromDirectory('models/resnet50', { lockFile, to: text }),
    'Model.inImage': (text) => Model.inImage(text),
    'ServerImage.fromRegistry': (text) => ServerImage.fromRegistry(text),
    'kubernetes.ClaimVolume.fromName': (text) => kubernetes.ClaimVolume.fromName(text),
  };

  /** The error of a call; undefined if it is accepted, or if the image only lacks a digest. */
  function errorOf(call: () => unknown): string | undefined {
    try {
      call();
      return undefined;
    } catch (error) {
      const { message } = error as Error;
      return message.startsWith('[MutableImage]') ? undefined : message;
    }
  }

  test.each(
    Object.entries(FACTORIES),
  )('of %s is answered with a call that is accepted, and no password', (_name, make) => {
    for (const text of TEXTS) {
      const message = errorOf(() => make(text)) ?? '';
      expect(message).not.toContain('hunter2');
      for (const [, factory = '', argument = ''] of message.matchAll(/\b([A-Z][\w.]*\.\w+)\('([^']*)'/g)) {
        const name = factory === 'ClaimVolume.fromName' ? `kubernetes.${factory}` : factory;
        const advised = FACTORIES[name];
        if (advised === undefined) throw new Error(`${text}: ${message}`);
        expect({ text, factory, error: errorOf(() => advised(argument)) }).toEqual({ text, factory, error: undefined });
      }
    }
  });

  test.each<[string, string, string]>([
    ['Model.fromUrl', 'http://', 'must be the https address of a file, without credentials'],
    [
      'Model.fromUrl',
      's3://bucket/a',
      "is an S3 URI, which Model.fromUrl does not support; use Model.fromS3('s3://bucket/a')",
    ],
    ['Model.fromUrl', 'https://h:99999/x', 'must have a port between 1 and 65535, but has 99999'],
    ['endpoint of Model.fromS3', 'https://h:99999', 'must have a port between 1 and 65535, but has 99999'],
    [
      'Model.inImage',
      'hf://',
      "'location' ('hf://') is an address of another kind, which Model.inImage does not support",
    ],
    ['Model.fromDirectory', 'oci://u:hunter2@h/x', "'directory' ('oci://***@h/x') is an address of another kind"],
    ['Model.inImage', ' ', "must be a path in the image, such as '/opt/models/resnet50'"],
  ])('of %s is refused in its own words: %s', (name, text, message) => {
    expect(errorOf(() => FACTORIES[name]?.(text))).toContain(message);
  });
});
