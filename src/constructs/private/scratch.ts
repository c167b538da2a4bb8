import type { IConstruct } from 'constructs';
import type { ModelIntent, ScratchIntent } from '../../plan/intents';
import { TEMPORARY } from '../../plan/process';
import { ServingError } from '../../private/errors';
import { isWithin, overlap } from '../../private/paths';
import type { ScratchVolume } from '../../workload/scratch-volume';

/** What a scratch directory shares a replica with. */
interface Replica {
  readonly models: readonly ModelIntent[];
  readonly memoryLimitMib: number;
  readonly ephemeralStorageMib?: number;
}

/** The scratch directories of a backend, each at a path of its own and no larger than what holds it. */
export function scratchIntentsOf(
  scratch: readonly ScratchVolume[] | undefined,
  replica: Replica,
  at: IConstruct,
): ScratchIntent[] | undefined {
  if (scratch === undefined || scratch.length === 0) return undefined;
  const intents = scratch.map((volume) => volume._intent());
  const others = replica.models.map(({ name, mountPath }) => ({ what: `model '${name}'`, path: mountPath }));
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
