import type { Change } from '../../change';
import { type Claim, claimsOf, writesOf } from '../claims';
import { nameOf, shownValue } from '../names';
import type { Resource } from '../stacks';
import { Operation, Order, type Step, type Update } from '../update';

interface Held {
  readonly resource: Resource;
  readonly claim: Claim;
}

/** Claims on something that may exist once, while another resource still has it. */
export function checkUnique(update: Update): Change[] {
  const held = byKey(update, claimsOf);
  return newClaims(update, claimsOf).flatMap(({ resource, claim }) =>
    (held.get(claim.key) ?? []).flatMap((holder) => clash(update, { resource, claim }, holder) ?? []),
  );
}

/** Content of something shared that a new resource overwrites, and the deletion of the old one then removes. */
export function checkOverwritten(update: Update): Change[] {
  const held = byKey(update, writesOf);
  return newClaims(update, writesOf).flatMap(({ resource, claim }) =>
    (held.get(claim.key) ?? []).flatMap(({ resource: holder }) => {
      const end = update.endOf(holder.key);
      if (end?.phase !== 'clean up' || update.order(end, applied(resource)) === Order.BEFORE) return [];
      const message = `overwrites ${shownValue(update, claim.what)}, which ${nameOf(holder)} wrote; the deletion of that resource in the clean-up then removes the new content too`;
      return [{ kind: claim.kind, subject: nameOf(resource), message }];
    }),
  );
}

function applied({ key }: Resource): Step {
  return { key, phase: 'apply' };
}

/** The claims before the update, by their keys. */
function byKey(update: Update, read: typeof claimsOf): Map<string, Held[]> {
  const held = new Map<string, Held[]>();
  for (const resource of update.olds())
    for (const claim of read(resource, update.old(resource.key)))
      held.set(claim.key, [...(held.get(claim.key) ?? []), { resource, claim }]);
  return held;
}

/** The claims that an update adds. */
function newClaims(update: Update, read: typeof claimsOf): Held[] {
  return update
    .news()
    .filter(({ key }) => update.operationOn(key) !== Operation.NONE)
    .flatMap((resource) => {
      const identity = update.identity(resource.key);
      return read({ ...resource, key: identity }, update.new(resource.key)).map((claim) => ({ resource, claim }));
    });
}

function clash(update: Update, { resource, claim }: Held, holder: Held): Change | undefined {
  const isSame = holder.resource.key === resource.key;
  if (isSame && update.operationOn(resource.key) !== Operation.REPLACE) return undefined;
  const release = releaseOf(update, holder);
  const order = release === undefined ? Order.AFTER : update.order(release, applied(resource));
  if (order === Order.BEFORE) return undefined;
  const what = shownValue(update, claim.what);
  const owner = isSame ? 'its old copy' : nameOf(holder.resource);
  const verb = isSame ? 'is replaced: the new copy requires' : 'requires';
  return {
    kind: claim.kind,
    subject: nameOf(resource),
    message: `${verb} ${what}, which ${owner} ${untilWhen(update, release, order)}`,
  };
}

/** When a resource no longer holds a claim; undefined if it keeps it. */
function releaseOf(update: Update, { resource, claim }: Held): Step | undefined {
  const end = update.endOf(resource.key);
  if (end !== undefined) return end;
  const now = claimsOf({ ...resource, key: update.identity(resource.key) }, update.new(resource.key));
  return now.some(({ key }) => key === claim.key) ? undefined : applied(resource);
}

function untilWhen(update: Update, release: Step | undefined, order: Order): string {
  if (release === undefined) return 'keeps';
  const { stack } = update.before.resources.get(release.key) as Resource;
  if (release.phase === 'never')
    return update.isDeployed(stack)
      ? 'keeps after it is removed from the template'
      : `keeps, because stack ${stack} is no longer part of the app and is not deleted by its deployment`;
  if (release.phase === 'clean up') return 'has until the clean-up at the end of the update';
  return order === Order.OPEN ? 'releases in the same update, but nothing orders the two' : 'releases only after it';
}
