import type { BackendIntent, ScratchIntent } from './intents';
import type { TargetProfile } from './target-profile';

/** The directory for temporary files. With a read-only root file system it is an empty volume. */
export const TEMPORARY = '/tmp';

/** A container of a replica, a server or a sidecar, as far as its user and its file system are concerned. */
export type ContainerIntent = Pick<
  BackendIntent,
  'user' | 'imageFacts' | 'readOnlyRootFilesystem' | 'environment' | 'scratch'
>;

/** The user that is set for the containers of a backend; undefined for that of the image. */
export function userOf(
  { user, imageFacts }: BackendIntent,
  { containerUser }: Pick<TargetProfile, 'containerUser'>,
): number | undefined {
  if (user !== undefined || containerUser === undefined) return user;
  return imageFacts?.user || containerUser;
}

/**
 * The directories that a target makes writable: those of the definition and, if the root file system is read-only, `/tmp` and
 * where the server of a known image writes.
 */
export function scratchOf({ scratch = [], imageFacts, readOnlyRootFilesystem }: ContainerIntent): ScratchIntent[] {
  const written = imageFacts?.isAssumed === true ? [] : (imageFacts?.writtenPaths ?? []);
  const standard = readOnlyRootFilesystem ? [TEMPORARY, ...written] : [];
  const added = standard.filter((path) => !scratch.some((declared) => declared.path === path));
  return [...added.map((path) => ({ path, inMemory: false })), ...scratch];
}

/** Whether a container is known to run as root. */
export function isRoot({ user, imageFacts }: ContainerIntent): boolean {
  return (user ?? (imageFacts?.isAssumed === true ? undefined : imageFacts?.user)) === 0;
}

/** Whether a container is known to run as a user other than root, which cannot write to a directory of root. */
export function isUnprivileged({ user, imageFacts }: ContainerIntent): boolean {
  return (user ?? imageFacts?.user ?? 0) > 0;
}

/** The name of a user that no image has. */
const USER_NAME = 'serving';

/**
 * The variables that a container needs because of its user and its root file system, without those that the definition or
 * its secrets set.
 *
 * - `HOME`: `/tmp` if the root file system is read-only, or if the user, which a target or the definition sets, is not known
 *   to have a home in the image.
 * - `USER` and `LOGNAME`: a user that is set may not exist in the image. Python then finds its name in these variables only.
 * - Caches that the image places where this user cannot write.
 *
 * @param user the numeric ID that is set for the container; undefined for that of the image
 */
export function userVariables(
  { imageFacts, readOnlyRootFilesystem, environment }: ContainerIntent,
  user: number | undefined,
  secrets: readonly string[],
): Record<string, string> {
  const isOwn = user === undefined || user === imageFacts?.user;
  const known = isOwn && imageFacts?.isAssumed !== true ? imageFacts : undefined;
  const defaults: Record<string, string | undefined> = {};
  if (readOnlyRootFilesystem) defaults.HOME = TEMPORARY;
  else if (user !== undefined) defaults.HOME = known?.home ?? TEMPORARY;
  if (user !== undefined) {
    const name = environment.USER ?? nameOf(user, known?.userName);
    defaults.USER = name;
    defaults.LOGNAME = secrets.includes('USER') ? undefined : name;
  }
  if (readOnlyRootFilesystem || !isOwn) Object.assign(defaults, imageFacts?.caches);
  return Object.fromEntries(
    Object.entries(defaults).flatMap(([name, value]) =>
      value === undefined || Object.hasOwn(environment, name) || secrets.includes(name) ? [] : [[name, value]],
    ),
  );
}

function nameOf(user: number, known: string | undefined): string {
  if (user === 0) return 'root';
  return known ?? USER_NAME;
}
