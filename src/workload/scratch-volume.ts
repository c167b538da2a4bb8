import type { ScratchIntent } from '../plan/intents';
import { requireNumber } from '../private/checks';
import { checkOptions } from '../private/options';
import { tagClass } from '../private/package-copy';
import type { Size } from '../units/size';
import { requireContainerPath } from './private/container-path';

/** Options of a directory for scratch files. */
export interface ScratchVolumeOptions {
  /**
   * The maximum size.
   *
   * AWS: enforced in memory only; on disk the files are a part of `ephemeralStorage`. Kubernetes: a replica that exceeds it
   * is evicted.
   *
   * @default - in memory, half of the memory of the replica; on disk, `ephemeralStorage`
   */
  readonly size?: Size;

  /**
   * Whether the files are in memory, where they count toward `memoryLimit`. Files on disk are slower and can be larger.
   *
   * AWS: a tmpfs. Kubernetes: an `emptyDir` with the medium `Memory`.
   *
   * @default false
   */
  readonly inMemory?: boolean;
}

/**
 * A directory that is empty when a replica starts, that the user of the container can write to, and that is removed with the
 * replica. It hides files that the image has in this directory.
 *
 * AWS: a volume of the task, or a tmpfs. On disk it belongs to root, so unless the container is known to run as root, a
 * container of the same image runs `chmod` before the server starts. An image without that program, such as a distroless one,
 * requires `inMemory`. Kubernetes: an `emptyDir`. A change replaces the replicas.
 *
 * @example
 * new ServingEndpoint(this, 'ranker').addBackend('v1', {
 *   image: ServerImage.fromRegistry('registry.example.com/ranker:1.4.2'),
 *   server: ModelServer.wsgi({ app: 'app:app' }),
 *   scratch: [ScratchVolume.at('/app/logs'), ScratchVolume.at('/app/index', { size: Size.gibibytes(1), inMemory: true })],
 * });
 */
export class ScratchVolume {
  /**
   * A directory of the container by its absolute path. `/tmp` replaces the one that a read-only root file system has by
   * default.
   */
  public static at(path: string, options: ScratchVolumeOptions = {}): ScratchVolume {
    checkOptions('ScratchVolumeOptions', options, 'options');
    const { size, inMemory = false } = options;
    const sizeMib = size === undefined ? undefined : requireNumber('size', size.toMebibytes(), { min: 1, unit: 'MiB' });
    return new ScratchVolume({ path: requireContainerPath('path', path), sizeMib, inMemory });
  }

  private constructor(private readonly intent: ScratchIntent) {}

  /** @internal */
  public _intent(): ScratchIntent {
    return this.intent;
  }
}

tagClass('ScratchVolume', ScratchVolume);
