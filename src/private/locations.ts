/** The factories whose references name a place of files or images, and some other texts. */
export type ReferenceFactory =
  | 'Model.fromDirectory'
  | 'Model.fromHuggingFace'
  | 'Model.fromOci'
  | 'Model.fromS3'
  | 'Model.fromUrl'
  | 'Model.inImage'
  | 'ServerImage.fromRegistry'
  | 'kubernetes.ClaimVolume.fromName';

/** A kind of reference, recognized by how it begins. */
interface Location {
  readonly pattern: RegExp;
  /** What it is, with an article. */
  readonly what: string;
  /** The factory for it. @default - there is none */
  readonly factory?: ReferenceFactory;
  /** The call of that factory with the arguments from the reference. */
  readonly call?: (groups: Groups) => string;
  /** What to use where there is no factory. */
  readonly instead?: string;
}

type Groups = { readonly [name: string]: string | undefined };

const HUB = '(?<owner>[A-Za-z0-9][\\w.-]*)/(?<name>[A-Za-z0-9][\\w.-]*?)';
const HUB_CALL = ({ owner, name }: Groups): string =>
  `Model.fromHuggingFace('${owner}/${name}', { revision: '<commit>' })`;
const S3_CALL = ({ bucket, key = '' }: Groups): string => `Model.fromS3('s3://${bucket}/${key}')`;
const COPIED =
  "copy the files to a bucket for Model.fromS3 or download them for Model.fromDirectory, which 'serving lock' and 'serving publish' move to a registry or to S3";
const MOUNTED = `${COPIED}; on Kubernetes, a claim of the CSI driver of that storage with Model.fromVolume also works`;

const WEB = 'a web address';

// Only what the advised factory accepts, so that the advice about an incomplete reference is not another one.
const BUCKET = '(?<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])';
const IMAGE = '[\\w-][\\w.-]*(?::\\d+)?(?:/[\\w-][\\w.-]*)*(?::[\\w.-]+)?(?:@sha256:[^\\s/@]+)?';

/** Every kind of reference that people have for models and images, most specific first. */
const LOCATIONS: readonly Location[] = [
  {
    pattern: new RegExp(`^s3://${BUCKET}(?:/(?<key>.*))?$`),
    what: 'an S3 URI',
    factory: 'Model.fromS3',
    call: S3_CALL,
  },
  {
    pattern: new RegExp(`^arn:[a-z-]+:s3:::${BUCKET}(?:/(?<key>.*))?$`),
    what: 'the ARN of an S3 object',
    factory: 'Model.fromS3',
    call: S3_CALL,
  },
  {
    pattern: /^arn:[a-z-]+:ecr:[^:]*:\d*:repository\/(?<repository>.+)$/,
    what: 'the ARN of an ECR repository',
    call: ({ repository }) =>
      `aws.EcrImage.fromRepository(repository, tag) with ecr.Repository.fromRepositoryName(this, 'Repository', '${repository}')`,
  },
  {
    pattern:
      /^https?:\/\/(?<bucket>[a-z0-9][a-z0-9.-]+)\.s3[.-](?:[a-z0-9-]+\.)*amazonaws\.com(?:\.cn)?\/(?<key>[^?]*)/,
    what: 'the web address of an S3 object',
    factory: 'Model.fromS3',
    call: S3_CALL,
  },
  {
    pattern: new RegExp(
      `^https?://s3[.-](?:[a-z0-9-]+\\.)*amazonaws\\.com(?:\\.cn)?/${BUCKET}(?:/(?<key>[^?]*)|$|[?])`,
    ),
    what: 'the web address of an S3 object',
    factory: 'Model.fromS3',
    call: S3_CALL,
  },
  {
    pattern: new RegExp(`^(?:hf|huggingface)://(?:models/)?${HUB}(?:[:@/].*)?$`),
    what: 'a model on the Hugging Face Hub',
    call: HUB_CALL,
    factory: 'Model.fromHuggingFace',
  },
  {
    pattern: new RegExp(`^https?://(?:www\\.)?(?:huggingface\\.co|hf\\.co)/${HUB}(?:[/?#].*)?$`),
    what: 'the web address of a model on the Hugging Face Hub',
    call: HUB_CALL,
    factory: 'Model.fromHuggingFace',
  },
  {
    pattern: new RegExp(`^(?:oci|docker)://(?<reference>${IMAGE})$`),
    what: 'an image reference with a scheme',
    call: ({ reference }) => `Model.fromOci('${reference}')`,
    factory: 'Model.fromOci',
  },
  {
    pattern: /^pvc:\/\/(?<claim>[^/]+)\/*(?<directory>.*?)\/*$/,
    what: 'a PersistentVolumeClaim',
    call: ({ claim, directory }) =>
      `Model.fromVolume(kubernetes.ClaimVolume.fromName('${claim}')${directory ? `, { directory: '${directory}' }` : ''})`,
    factory: 'kubernetes.ClaimVolume.fromName',
  },
  {
    pattern: /^file:\/\/(?:localhost)?(?<path>\/.*)$/,
    what: 'a path',
    call: ({ path }) =>
      `Model.inImage('${path}') for files in the image, or Model.fromDirectory for files of the project`,
    factory: 'Model.inImage',
  },
  { pattern: /^gs:\/\//, what: 'a location in Google Cloud Storage', instead: MOUNTED },
  {
    pattern: /^(?:azure|az|abfss?|wasbs?|adl):\/\/|^https?:\/\/[\w-]+\.(?:blob|dfs|file)\.core\.windows\.net\//,
    what: 'a location in Azure Storage',
    instead: MOUNTED,
  },
  { pattern: /^(?:hdfs|webhdfs|dbfs|viewfs):\//, what: 'a location in another file system', instead: COPIED },
  {
    pattern: /^(?:models|runs|mlflow-artifacts):\//,
    what: 'a model in an MLflow registry',
    instead: "download it with 'mlflow artifacts download', and use Model.fromDirectory",
  },
  {
    pattern: /^(?<url>https:\/\/[^\s/?#@\\]+\/[^\s?#\\]*[^\s/?#\\])(?:[?#].*)?$/,
    what: WEB,
    call: ({ url }) => `Model.fromUrl('${url}', { sha256: '<digest>' }) for a file or an archive`,
  },
  { pattern: /^(?:https?|ftp):\/\//, what: WEB, instead: COPIED },
  { pattern: /^[a-z][a-z0-9+.-]*:\/\//i, what: 'an address of another kind', instead: COPIED },
];

/** Owners of models that the Hugging Face Hub had without one. It redirects their old names; fetching requires the owner. */
const HUB_OWNERS: readonly [names: RegExp, owner: string][] = [
  [/^bert-/, 'google-bert'],
  [/^(?:gpt2|openai-gpt)/, 'openai-community'],
  [/^distil/, 'distilbert'],
  [/^(?:roberta|xlm-roberta|xlm-mlm|xlm-clm)-/, 'FacebookAI'],
  [/^t5-/, 'google-t5'],
  [/^albert-/, 'albert'],
  [/^xlnet-/, 'xlnet'],
];

/** How to write the name of a model on the Hugging Face Hub that has no owner. Undefined if it is not such a name. */
export function hubNameWithOwner(name: string): string | undefined {
  if (!/^[A-Za-z0-9][\w.-]*$/.test(name)) return undefined;
  const owner = HUB_OWNERS.find(([names]) => names.test(name))?.[1];
  const known = owner === undefined ? 'as on its page on the Hub' : `probably '${owner}/${name}'`;
  return `has no owner, which a fetch requires; write owner and name, ${known}`;
}

/**
 * What a reference is, and how to write it, if it is one of another factory or in a form that this factory does not accept.
 * Undefined if nothing is known.
 */
export function otherLocation(reference: string, factory: ReferenceFactory): string | undefined {
  // What is wrong with an S3 URI is the matter of its own factory.
  if (factory === 'Model.fromS3' && reference.startsWith('s3://')) return undefined;
  const found = LOCATIONS.find(({ pattern }) => pattern.test(reference));
  if (found === undefined) return undefined;
  const { pattern, what, factory: own, call, instead } = found;
  const plain = factory === 'Model.fromOci' && what === WEB ? withoutScheme(reference) : undefined;
  if (plain !== undefined) return `has a scheme, which image references do not have; use ${factory}('${plain}')`;
  const way = call === undefined ? instead : `use ${call(pattern.exec(reference)?.groups ?? {})}`;
  return `is ${what}${own === factory ? '' : `, which ${factory} does not support`}; ${way}`;
}

/** The reference of an image that has a scheme, without it. Undefined if it is not an image. */
export function withoutScheme(reference: string): string | undefined {
  return new RegExp(`^(?:oci|docker|https?)://(${IMAGE})$`).exec(reference)?.[1];
}
