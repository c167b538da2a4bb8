import type { BackendIntent, SidecarIntent } from '../../plan/intents';
import { type ContainerIntent, scratchOf, userOf } from '../../plan/process';
import type { TargetProfile } from '../../plan/target-profile';
import { slug } from '../../private/names';
import { isWithin } from '../../private/paths';
import { isOffline } from './definition-warnings';
import type { Warning } from './warnings';

/** The home of root. The base images of all common distributions let no other user enter it. */
const CLOSED = '/root';

/** Variables of libraries and compilers with a directory that they write to. */
const CACHES = new Set([
  ...['HF_HOME', 'HF_HUB_CACHE', 'HUGGINGFACE_HUB_CACHE', 'TRANSFORMERS_CACHE', 'HF_DATASETS_CACHE'],
  ...['SENTENCE_TRANSFORMERS_HOME', 'TORCH_HOME', 'TORCHINDUCTOR_CACHE_DIR', 'TRITON_CACHE_DIR', 'VLLM_CACHE_ROOT'],
  ...['NIM_CACHE_PATH', 'NUMBA_CACHE_DIR', 'MPLCONFIGDIR', 'XDG_CACHE_HOME', 'TMPDIR'],
]);

/** What a container uses in the file system: the word of the definition, and the path. */
interface Place {
  readonly what: string;
  readonly path: string;
}

/** A container, and the user that it is known to run as. */
interface Occupant {
  readonly what: string;
  readonly id: string;
  readonly user: number | undefined;
  readonly places: readonly Place[];
  readonly container: ContainerIntent;
  /** The volumes of the container, without its scratch directories. */
  readonly mounts: readonly string[];
}

/**
 * Directories that a container cannot use as the definition intends: those below the home of root in containers that run as
 * another user, where also a volume is closed, and caches in a read-only root file system.
 */
export function unusablePlaces(target: Pick<TargetProfile, 'containerUser'>, backend: BackendIntent): Warning[] {
  const { name, sidecars = [] } = backend;
  const server: Occupant = {
    what: `backend '${name}'`,
    id: slug(name),
    user: knownUser(backend, target),
    places: isReplaced(backend) ? [] : placesOf(backend),
    container: backend,
    mounts: mountsOf(backend).map(({ path }) => path),
  };
  const others = sidecars.map(
    (sidecar): Occupant => ({
      what: `sidecar '${sidecar.name}' of backend '${name}'`,
      id: `${slug(name)}.${sidecar.name}`,
      user: sidecar.user ?? (target.containerUser === undefined ? undefined : knownUser(backend, target)),
      places: sidecarPlaces(sidecar),
      container: sidecar,
      mounts: sidecar.sharedDirectories ?? [],
    }),
  );
  return [server, ...others].flatMap((occupant) => [...closedPlaces(occupant), ...readOnlyCaches(occupant)]);
}

/** The user that is set, or that of the image if it is known. */
function knownUser(backend: BackendIntent, target: Pick<TargetProfile, 'containerUser'>): number | undefined {
  const { imageFacts } = backend;
  return userOf(backend, target) ?? (imageFacts?.isAssumed === true ? undefined : imageFacts?.user);
}

/** Whether a writable volume takes the place of the home of root. */
function isReplaced({ cache, scratch = [] }: BackendIntent): boolean {
  return [cache, ...scratch].some((volume) => volume?.path === CLOSED);
}

function placesOf(backend: BackendIntent): Place[] {
  const { workingDirectory, environment } = backend;
  const mounts = [
    ...mountsOf(backend),
    ...(workingDirectory === undefined ? [] : [{ what: "'workingDirectory'", path: workingDirectory }]),
  ];
  return [...mounts, ...variablesIn(environment, mounts)];
}

function mountsOf({ models, cache, scratch = [], sidecars = [] }: BackendIntent): Place[] {
  return [
    ...models.map(({ name, mountPath }) => ({ what: `model '${name}'`, path: mountPath })),
    ...(cache === undefined ? [] : [{ what: 'the cache volume', path: cache.path }]),
    ...scratch.map(({ path }) => ({ what: 'a scratch volume', path })),
    ...sidecars.flatMap(sharedPlaces),
  ];
}

function sidecarPlaces(sidecar: SidecarIntent): Place[] {
  const mounts = sharedPlaces(sidecar);
  return [...mounts, ...variablesIn(sidecar.environment, mounts)];
}

function sharedPlaces({ sharedDirectories = [] }: SidecarIntent): Place[] {
  return sharedDirectories.map((path) => ({ what: 'a shared directory', path }));
}

/** Variables with a path, except those that name a place which is reported itself. */
function variablesIn(environment: { readonly [name: string]: string }, mounts: readonly Place[]): Place[] {
  return Object.entries(environment)
    .filter(([, value]) => !value.includes(':') && !mounts.some(({ path }) => isWithin(value, path)))
    .map(([name, path]) => ({ what: `variable '${name}'`, path }));
}

function closedPlaces({ what, id, user, places }: Occupant): Warning[] {
  if (!isOther(user)) return [];
  const closed = new Map(places.filter(({ path }) => isWithin(path, CLOSED)).map((place) => [place.path, place.what]));
  if (closed.size === 0) return [];
  const listed = [...closed].map(([path, place]) => `${place} ('${path}')`).join(', ');
  const message = `${listed} of ${what} is in '${CLOSED}', which images open to root only, and the container runs as user ${user}; use a path outside of it, or set 'user' to 0, or acknowledge this warning if the image opens '${CLOSED}'`;
  return [{ id: `closedDirectory.${id}`, message }];
}

/** Whether a container is known to run as a user other than root. */
function isOther(user: number | undefined): user is number {
  return user !== undefined && user > 0;
}

/** Caches for which no volume is mounted. Without the hub, a model in a directory of the image is only read. */
function readOnlyCaches({ what, id, user, container, mounts }: Occupant): Warning[] {
  const { environment, readOnlyRootFilesystem } = container;
  if (!readOnlyRootFilesystem || isOffline(environment)) return [];
  const volumes = [...mounts, ...scratchOf(container).map(({ path }) => path), '/dev/shm'];
  return Object.entries(environment)
    .filter(([name, path]) => CACHES.has(name) && path.startsWith('/') && !volumes.some((one) => isWithin(path, one)))
    .filter(([, path]) => !(isOther(user) && isWithin(path, CLOSED)))
    .map(([name, path]) => {
      const message = `variable '${name}' ('${path}') of ${what} is a cache in the root file system, which is read-only; use a directory below '/tmp', mount a volume there with 'scratch' or 'cache', or acknowledge this warning if nothing is written to it`;
      return { id: `readOnlyCache.${id}.${name}`, message };
    });
}
