import { readFileSync } from 'node:fs';
import { requireIdentifier } from '../../private/checks';
import { ServingError } from '../../private/errors';
import { isObject } from '../../private/kinds';
import { checkOptions } from '../../private/options';
import { tagClass } from '../../private/package-copy';
import { PythonFloat } from '../../private/python-float';
import type { ServeConfig } from './config-types';
import { toServeConfig } from './from-options';
import type { RayServeConfigOptions } from './options';
import { checkRules } from './rules';
import { type ConfigSource, checkShape } from './validate';

/** Linux limits each argument of a process to 128 KiB, including its end. */
const MAX_BYTES = 128 * 1024 - 1;

/**
 * A Ray Serve config: applications with their path prefixes, arguments and deployments.
 *
 * It is validated at synthesis and becomes an argument of the server's command, so everyone who can read the template or
 * the manifest can read it. Pass credentials with `secrets` of the backend; `env_vars` can refer to them as `${NAME}`.
 *
 * @example
 * RayServeConfig.of({
 *   applications: [
 *     { name: 'translate', routePrefix: '/translate', importPath: 'translator:build', args: { model: 'small' } },
 *     { name: 'summarize', routePrefix: '/summarize', importPath: 'summarizer:app' },
 *   ],
 * });
 */
export class RayServeConfig {
  /**
   * The config in a YAML file, as `serve run`, `serve deploy` and `serve build` use it; or the `serveConfigV2` of the
   * RayService in a manifest. The file is read at synthesis, with the rules of Python for booleans and numbers.
   *
   * @param path the path of the file, relative to the working directory
   */
  public static fromFile(path: string): RayServeConfig {
    requireIdentifier('path', path);
    const source = { name: `'${path}'` };
    return new RayServeConfig(documentOf(source, readText(path)), source);
  }

  /** A typed config, with the names of Ray in camel case. */
  public static of(options: RayServeConfigOptions): RayServeConfig {
    checkOptions('RayServeConfigOptions', options, 'options');
    return new RayServeConfig(toServeConfig(options), { name: 'the Ray Serve config', isTyped: true });
  }

  /**
   * A config as an object with Ray's names, such as `route_prefix`: every option that a file can have.
   *
   * @param config the content of a config file
   */
  public static fromObject(config: { [option: string]: unknown }): RayServeConfig {
    return new RayServeConfig(config, { name: 'the Ray Serve config' });
  }

  /** @internal */
  public readonly _config: ServeConfig;
  /** @internal */
  public readonly _source: ConfigSource;
  /** The argument of the launcher, in JSON. */
  private readonly document: string;

  private constructor(document: unknown, source: ConfigSource) {
    const plain = plainOf(document);
    checkShape(source, plain);
    this._config = plain as unknown as ServeConfig;
    this._source = source;
    checkRules(source, this._config);
    this.document = argumentOf(document as Record<string, unknown>);
    const bytes = Buffer.byteLength(this.document);
    if (bytes > MAX_BYTES)
      throw new ServingError(
        'InvalidRayConfig',
        `${source.name} has ${bytes} bytes as JSON, but an argument of a process has at most ${MAX_BYTES}; copy it into the image, and use 'configPath' instead of 'config'`,
      );
  }

  /** @internal */
  public get _argument(): string {
    return this.document;
  }
}

tagClass('RayServeConfig', RayServeConfig);

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`;
    throw new ServingError(
      'InvalidRayConfig',
      `'${path}' ${why}; 'path' is relative to the working directory. For a file in the image use 'configPath'`,
    );
  }
}

/** The config in the text of a file: its only document, or the one that a RayService contains. */
function documentOf(source: ConfigSource, text: string): unknown {
  const documents = documentsOf(source, text);
  const services = documents.filter((document) => isObject(document) && document.kind === 'RayService');
  if (services.length > 1 || (services.length === 0 && documents.length !== 1))
    throw new ServingError(
      'InvalidRayConfig',
      `${source.name} has ${services.length || documents.length} ${services.length > 1 ? 'RayService objects' : 'documents'} and must contain one Ray Serve config; use a file for each`,
    );
  if (services.length === 0) return documents[0];
  const { spec } = services[0] as { spec?: { serveConfigV2?: unknown } };
  const inner = spec?.serveConfigV2;
  if (typeof inner !== 'string')
    throw new ServingError(
      'InvalidRayConfig',
      `'spec.serveConfigV2' of the RayService in ${source.name} must be a string with the Ray Serve config`,
    );
  return documentsOf({ name: `'spec.serveConfigV2' of ${source.name}` }, inner)[0];
}

function documentsOf(source: ConfigSource, text: string): unknown[] {
  // Loaded for a file only, because the parser is large.
  const { readPythonYaml } = require('../../private/python-yaml') as typeof import('../../private/python-yaml');
  const read = readPythonYaml(text);
  if ('fault' in read) throw new ServingError('InvalidRayConfig', `${source.name} ${read.fault}`);
  return read.documents;
}

/** The config with plain numbers, for validation. */
function plainOf(value: unknown, depth = 0): unknown {
  if (value instanceof PythonFloat) return value.value;
  // Validation reports what is nested too deeply.
  if (depth > 100) return value;
  if (Array.isArray(value)) return value.map((one) => plainOf(one, depth + 1));
  if (!isObject(value) || Object.getPrototypeOf(Object.getPrototypeOf(value) ?? {}) !== null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plainOf(one, depth + 1)]));
}

/** What the launcher reads. Host and port are those of the backend, and gRPC is off. */
function argumentOf({ grpc_options, proxy_location, http_options, ...document }: Record<string, unknown>): string {
  const rootPath = (http_options as { root_path?: unknown } | undefined)?.root_path;
  return jsonOf({ ...(rootPath ? { http_options: { root_path: rootPath } } : {}), ...document });
}

/** JSON in which a number with a decimal point keeps it, so that Python reads the type that the file has. */
function jsonOf(value: unknown): string {
  if (value instanceof PythonFloat) return Number.isInteger(value.value) ? value.value.toFixed(1) : String(value.value);
  if (Array.isArray(value)) return `[${value.map(jsonOf).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value ?? null);
  const members = Object.entries(value).filter(([, one]) => one !== undefined);
  return `{${members.map(([name, one]) => `${JSON.stringify(name)}:${jsonOf(one)}`).join(',')}}`;
}
