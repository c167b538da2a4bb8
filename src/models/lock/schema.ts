import { UNSEEN } from '../../private/characters';

/** The part of JSON Schema that describes a lock file. Errors use `title` for what a value must be. */
export interface Schema {
  readonly title?: string;
  readonly description?: string;
  readonly type: 'object' | 'array' | 'string' | 'integer' | 'boolean';
  readonly const?: number;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly required?: readonly string[];
  readonly properties?: { readonly [name: string]: Schema };
  readonly propertyNames?: { readonly title: string; readonly pattern: string; readonly maxLength: number };
  readonly additionalProperties?: Schema;
  readonly items?: Schema;
}

/** The version of the format that this package reads and writes. */
export const LOCK_VERSION = 1;

const DIGEST: Schema = {
  type: 'string',
  title: "a digest, 'sha256:' and 64 hex digits",
  pattern: '^sha256:[0-9a-f]{64}$',
};
const BYTES: Schema = { type: 'integer', title: 'a whole number of bytes', minimum: 0, maximum: 2 ** 53 - 1 };
/** The maximum length of a text that a pattern is matched with. File systems have no longer paths. */
const LONGEST = 4096;

const TEXT: Schema = {
  type: 'string',
  title: 'one non-empty line of text',
  pattern: `^[^${UNSEEN}]+$`,
  maxLength: LONGEST,
};
const PINNED: Schema = {
  type: 'string',
  title: "an image with a digest, such as 'registry.example.com/base@sha256:…'",
  pattern: '^[^\\s@\\p{C}]+@sha256:[0-9a-f]{64}$',
  maxLength: LONGEST,
};
const TO: Schema = {
  type: 'string',
  title: "'registry/repository' or 's3://bucket/prefix'",
  pattern: '^[^\\s@\\p{C}]+$',
  maxLength: LONGEST,
};

const OWNER: Schema = { type: 'string', title: 'an AWS account ID of 12 digits', pattern: '^\\d{12}$' };

/** A path that stays below the directory that it is relative to. */
const RELATIVE = {
  title: "a path below the directory, with '/' between its parts and without '.' or '..'",
  pattern: `^(?!\\.{0,2}(/|$))(?!.*/\\.{0,2}(/|$))[^\\\\${UNSEEN}]+$`,
  maxLength: LONGEST,
};

/** A directory relative to the lock file, not necessarily below it. */
const DIRECTORY = {
  title: "a directory relative to the lock file, with '/' between its parts",
  pattern: `^(\\.|(\\.\\./)*(\\.\\.|(?!\\.{0,2}(/|$))(?!.*/\\.{0,2}(/|$))[^\\\\${UNSEEN}]+))$`,
  maxLength: LONGEST,
};

const ARTIFACT: { readonly [name: string]: Schema } = {
  digest: DIGEST,
  mediaType: TEXT,
  platforms: {
    type: 'array',
    title: 'a list of at least one platform',
    minItems: 1,
    items: {
      type: 'object',
      title: 'a platform',
      required: ['os', 'architecture', 'digest', 'compressedSize'],
      properties: { os: TEXT, architecture: TEXT, digest: DIGEST, compressedSize: BYTES },
    },
  },
};

const EVIDENCE: { readonly [name: string]: Schema } = {
  signatures: {
    type: 'array',
    title: 'a list of signatures',
    items: {
      type: 'object',
      title: 'a signature',
      required: ['payload', 'signature'],
      properties: {
        payload: DIGEST,
        signature: {
          type: 'string',
          title: 'a signature in Base64',
          pattern: '^[A-Za-z0-9+/]+={0,2}$',
          maxLength: 65_536,
        },
      },
    },
  },
  attestations: {
    type: 'array',
    title: 'a list of attestations',
    items: {
      type: 'object',
      title: 'an attestation',
      required: ['digest', 'predicateType'],
      properties: { digest: DIGEST, predicateType: TEXT },
    },
  },
};

const LAYER: Schema = {
  type: 'object',
  title: 'a layer',
  required: ['digest', 'size', 'files'],
  properties: {
    digest: DIGEST,
    size: BYTES,
    files: {
      type: 'array',
      title: 'a list of files',
      items: {
        type: 'object',
        title: 'a file',
        required: ['path', 'size'],
        properties: {
          path: { type: 'string', ...RELATIVE },
          size: BYTES,
          executable: { type: 'boolean', title: 'true or false' },
        },
      },
    },
  },
};

/** Files that look like credentials and are published intentionally. */
const ALLOWED: Schema = { type: 'array', title: 'a list of paths', items: { type: 'string', ...RELATIVE } };

const ARTIFACT_MEMBERS = ['digest', 'mediaType', 'platforms'];

const MODEL: Schema = {
  type: 'object',
  title: 'a locked model',
  required: [...ARTIFACT_MEMBERS, 'variant', 'layers', 'bytes'],
  properties: {
    ...ARTIFACT,
    ...EVIDENCE,
    to: TO,
    owner: OWNER,
    source: TEXT,
    variant: { type: 'string', title: "'data', 'shell' or 'baked'", enum: ['data', 'shell', 'baked'] },
    base: PINNED,
    layers: { type: 'array', title: 'a list of at least one layer', minItems: 1, items: LAYER },
    bytes: BYTES,
    allowed: ALLOWED,
  },
};

const IMAGE: Schema = {
  type: 'object',
  title: 'a locked image',
  required: ARTIFACT_MEMBERS,
  properties: ARTIFACT,
};

/** Names and versions are passed to pip, so their form excludes options and paths. */
const PACKAGES: Schema = {
  type: 'object',
  title: 'the packages of an app',
  required: ['python', 'request', 'wheels'],
  properties: {
    python: {
      type: 'string',
      title: "a Python version, such as '3.12.4'",
      pattern: '^\\d+\\.\\d+[\\w.+]*$',
      maxLength: 40,
    },
    request: DIGEST,
    wheels: {
      type: 'array',
      title: 'a list of at least one wheel',
      minItems: 1,
      items: {
        type: 'object',
        title: 'a wheel',
        required: ['name', 'version', 'file', 'digest'],
        properties: {
          name: {
            type: 'string',
            title: 'the normalized name of a package',
            pattern: '^[a-z0-9]+(-[a-z0-9]+)*$',
            maxLength: 200,
          },
          version: {
            type: 'string',
            title: 'the version of a package',
            pattern: '^[A-Za-z0-9][\\w.!+]*$',
            maxLength: 200,
          },
          file: {
            type: 'string',
            title: 'the name of a wheel',
            pattern: '^[A-Za-z0-9][\\w.!+-]*\\.whl$',
            maxLength: 1000,
          },
          digest: DIGEST,
          architecture: TEXT,
        },
      },
    },
  },
};

const APP: Schema = {
  type: 'object',
  title: 'a locked app',
  required: [...ARTIFACT_MEMBERS, 'base'],
  properties: {
    ...ARTIFACT,
    ...EVIDENCE,
    to: TO,
    base: PINNED,
    requirements: { type: 'string', ...RELATIVE },
    packages: PACKAGES,
    layers: { type: 'array', title: 'a list of layers', items: LAYER },
    allowed: ALLOWED,
  },
};

/** The lock file as JSON Schema. Members that it does not list are kept and not validated. */
export const LOCK_SCHEMA: Schema = {
  type: 'object',
  title: 'a lock file',
  description: 'Models and images as `serving lock` found them.',
  required: ['version', 'models', 'images', 'apps'],
  properties: {
    version: { type: 'integer', title: `the number ${LOCK_VERSION}`, const: LOCK_VERSION },
    models: {
      type: 'object',
      title: 'models by their directory',
      propertyNames: DIRECTORY,
      additionalProperties: MODEL,
    },
    images: {
      type: 'object',
      title: 'images by their reference',
      propertyNames: {
        title: 'an image reference without spaces',
        pattern: '^[^\\s\\p{C}]+$',
        maxLength: LONGEST,
      },
      additionalProperties: IMAGE,
    },
    apps: {
      type: 'object',
      title: 'apps by their directory',
      propertyNames: DIRECTORY,
      additionalProperties: APP,
    },
  },
};
