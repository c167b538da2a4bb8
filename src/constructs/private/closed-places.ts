import type { BackendIntent, SidecarIntent } from '../../plan/intents';
import { userOf } from '../../plan/process';
import type { TargetProfile } from '../../plan/target-profile';
import { slug } from '../../private/names';
import { isWithin } from '../../private/paths';
import type { Warning } from './warnings';

/** The home of root. The base images of all common distributions let no other user enter it. */
const CLOSED = '/root';

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
}

/** Directories below the home of root, in containers that run as another user: also a volume that is mounted there is closed. */
export function closedPlaces(target: Pick<TargetProfile, 'containerUser'>, backend: BackendIntent): Warning[] {
  const { name, sidecars = [] } = backend;
  const server: Occupant = {
    what: `backend '${name}'`,
    id: slug(name),
    user: knownUser(backend, target),
    places: isReplaced(backend) ? [] : placesOf(backend),
  };
  const others = sidecars.map(
    (sidecar): Occupant => ({
      what: `sidecar '${sidecar.name}' of backend '${name}'`,
      id: `${slug(name)}.${sidecar.name}`,
      user: sidecar.user ?? (target.containerUser === undefined ? undefined : knownUser(backend, target)),
      places: sidecarPlaces(sidecar),
    }),
  );
  return [server, ...others].flatMap(warningOf);
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

function placesOf({
  models,
  cache,
  scratch = [],
  workingDirectory,
  environment,
  sidecars = [],
}: BackendIntent): Place[] {
  const mounts = [
    ...models.map(({ name, mountPath }) => ({ what: `model '${name}'`, path: mountPath })),
    ...(cache === undefined ? [] : [{ what: 'the cache volume', path: cache.path }]),
    ...scratch.map(({ path }) => ({ what: 'a scratch volume', path })),
    ...sidecars.flatMap(sharedPlaces),
    ...(workingDirectory === undefined ? [] : [{ what: "'workingDirectory'", path: workingDirectory }]),
  ];
  return [...mounts, ...variablesIn(environment, mounts)];
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

function warningOf({ what, id, user, places }: Occupant): Warning[] {
  if (user === undefined || user === 0) return [];
  const closed = new Map(places.filter(({ path }) => isWithin(path, CLOSED)).map((place) => [place.path, place.what]));
  if (closed.size === 0) return [];
  const listed = [...closed].map(([path, place]) => `${place} ('${path}')`).join(', ');
  const message = `${listed} of ${what} is in '${CLOSED}', which images open to root only, and the container runs as user ${user}; use a path outside of it, or set 'user' to 0, or acknowledge this warning if the image opens '${CLOSED}'`;
  return [{ id: `closedDirectory.${id}`, message }];
}
