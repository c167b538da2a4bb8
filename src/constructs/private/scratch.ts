import type { IConstruct } from 'constructs';
import type { CacheVolume } from '../../models/cache-volume';
import type { CacheIntent, ModelIntent, ScratchIntent, ServerIntent } from '../../plan/intents';
import { TEMPORARY } from '../../plan/process';
import { ServingError } from '../../private/errors';
import { isWithin, overlap } from '../../private/paths';
import type { ScratchVolume } from '../../workload/scratch-volume';
import type { TypedVariables } from './container-environment';

/** What a scratch directory shares a replica with. */
interface Replica {
  readonly models: readonly ModelIntent[];
  readonly cache?: CacheIntent;
  readonly memoryLimitMib: number;
  readonly ephemeralStorageMib?: number;
}

/** The scratch directories of a backend, each at a path of its own and no larger than what holds it. */
export function scratchIntentsOf(
  scratch: readonly ScratchVolume[] | undefined,
  replica: Replica,
  at: IConstruct,
): ScratchIntent[] | undefined {
  const models = replica.models.map(({ name, mountPath }) => ({ what: `model '${name}'`, path: mountPath }));
  const { cache } = replica;
  const covered = cache && models.find(({ path }) => overlap(path, cache.path));
  if (covered !== undefined) {
    throw new ServingError(
      'ConflictingProps',
      `'cache' ('${cache?.path}') overlaps ${covered.what} ('${covered.path}'); set 'path' of the cache`,
      at,
    );
  }
  if (scratch === undefined || scratch.length === 0) return undefined;
  const intents = scratch.map((volume) => volume._intent());
  const others = [...models, ...(cache === undefined ? [] : [{ what: 'the cache volume', path: cache.path }])];
  intents.forEach((intent, index) => {
    const { path } = intent;
    const before = intents.slice(0, index).map((other) => ({ what: 'another scratch volume', path: other.path }));
    const rival = [...others, ...before].find((other) => overlap(other.path, path));
    if (rival !== undefined) {
      throw new ServingError(
        'ConflictingProps',
        `'scratch' ('${path}') overlaps ${rival.what} ('${rival.path}'); use a separate directory`,
        at,
      );
    }
    if (path !== TEMPORARY && isWithin(path, TEMPORARY)) {
      throw new ServingError(
        'ConflictingProps',
        `'scratch' ('${path}') is below '${TEMPORARY}', which is writable already; remove it, or set the size of the whole with ScratchVolume.at('${TEMPORARY}')`,
        at,
      );
    }
    checkSize(intent, replica, at);
  });
  return intents;
}

/** The variables of a container, with those of its cache in place of the defaults of the server. */
export function cachedEnvironment(
  variables: { [name: string]: string },
  { environment, secrets }: TypedVariables,
  { cache, server }: { readonly cache?: CacheVolume; readonly server: Pick<ServerIntent, 'reservedVariables'> },
): { [name: string]: string } {
  if (cache === undefined) return variables;
  const kept = [environment, secrets, server.reservedVariables ?? {}];
  const added = Object.entries(cache._intent().variables).filter(
    ([name]) => !kept.some((names) => Object.hasOwn(names, name)),
  );
  return { ...variables, ...Object.fromEntries(added) };
}

function checkSize({ path, sizeMib = 0, inMemory }: ScratchIntent, replica: Replica, at: IConstruct): void {
  const [prop, limit] = inMemory
    ? ['memoryLimit', replica.memoryLimitMib]
    : ['ephemeralStorage', replica.ephemeralStorageMib];
  if (limit === undefined || sizeMib <= limit) return;
  throw new ServingError(
    'ConflictingProps',
    `'size' (${sizeMib} MiB) of scratch volume '${path}' must be at most '${prop}' (${limit} MiB), which its files count toward; lower it, or raise '${prop}'`,
    at,
  );
}
