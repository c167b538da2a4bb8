import type { CacheIntent } from '../plan/intents';
import { ServingError } from '../private/errors';
import { checkOptions, checkValue } from '../private/options';
import { tagClass } from '../private/package-copy';
import { isWithin } from '../private/paths';
import { requireContainerPath } from '../workload/private/container-path';
import type { ModelVolume } from './model-volume';

/** The caches of libraries that download models, by variable, with a directory of the volume for each. */
const CACHES: { readonly [variable: string]: string } = {
  XDG_CACHE_HOME: '',
  HF_HOME: '/huggingface',
  HUGGINGFACE_HUB_CACHE: '/huggingface/hub',
  TORCH_HOME: '/torch',
  NIM_CACHE_PATH: '/nim',
  OLLAMA_MODELS: '/ollama',
};

/** Options of a cache. */
export interface CacheVolumeOptions {
  /**
   * Where the volume is mounted.
   *
   * @default '/cache'
   */
  readonly path?: string;

  /**
   * The variables that receive a directory of the volume, for example `{ VLLM_CACHE_ROOT: '/cache/vllm' }`. They replace the
   * default ones.
   *
   * @default - `XDG_CACHE_HOME`, `HF_HOME`, `HUGGINGFACE_HUB_CACHE`, `TORCH_HOME`, `NIM_CACHE_PATH` and `OLLAMA_MODELS`, each a
   * directory of the volume; those in `environment` or `secrets` of the backend, and paths of the server, take precedence
   */
  readonly variables?: { [name: string]: string };
}

/**
 * An existing volume that outlives the replicas, for files that servers download or compile and would otherwise download or
 * compile again in each replica.
 *
 * All replicas mount it and can write to it, also the old and the new ones during a rollout, so the libraries must tolerate
 * other writers. Those that the default variables place in it do: they write a file and then rename it. Nothing removes old
 * files. A change of the volume or its path replaces the replicas and leaves the files where they are.
 *
 * AWS: an EFS volume with an access point, whose POSIX user owns the files. Kubernetes: a PersistentVolumeClaim. Its access mode
 * must be `ReadWriteMany`, unless all replicas are on one node.
 *
 * @example
 * declare const endpoint: ServingEndpoint;
 * endpoint.addBackend('v1', {
 *   image: ServerImage.fromRegistry('vllm/vllm-openai:v0.18.0'),
 *   server: ModelServer.vllm({ model: 'meta-llama/Llama-3.2-1B' }),
 *   gpu: Gpu.nvidia({ product: 'L4' }),
 *   cache: CacheVolume.fromVolume(kubernetes.ClaimVolume.fromName('hub')),
 * });
 */
export class CacheVolume {
  /** A volume of the target: `aws.EfsVolume` with an access point, or `kubernetes.ClaimVolume`. */
  public static fromVolume(volume: ModelVolume, options: CacheVolumeOptions = {}): CacheVolume {
    checkOptions('CacheVolumeOptions', options, 'options');
    checkValue('ModelVolume', volume, 'volume');
    const path = requireContainerPath('path', options.path ?? '/cache');
    if (path === '/tmp') {
      throw new ServingError(
        'InvalidPath',
        "'path' ('/tmp') must not be the directory for temporary files, which each replica has for itself; use another one, such as '/cache'",
      );
    }
    checkVariables(options.variables ?? {}, path);
    const standard = Object.fromEntries(
      Object.entries(CACHES).map(([name, directory]) => [name, `${path}${directory}`]),
    );
    return new CacheVolume(
      { path, volume: volume.volumeName, variables: { ...(options.variables ?? standard) } },
      volume,
    );
  }

  private constructor(
    private readonly intent: CacheIntent,
    /** @internal */
    public readonly _volume: ModelVolume,
  ) {}

  /** @internal */
  public _intent(): CacheIntent {
    return this.intent;
  }
}

tagClass('CacheVolume', CacheVolume);

function checkVariables(variables: { readonly [name: string]: string }, path: string): void {
  for (const [name, directory] of Object.entries(variables)) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      throw new ServingError(
        'InvalidName',
        `'variables' ('${name}') must have names of environment variables, of letters, digits and '_'`,
      );
    }
    if (!isWithin(directory, path)) {
      throw new ServingError(
        'InvalidPath',
        `'variables.${name}' ('${directory}') must be a directory of the volume, which is mounted at '${path}'`,
      );
    }
  }
}
