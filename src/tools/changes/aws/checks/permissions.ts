import type { Change } from '../../change';
import { isEqual } from '../../data';
import { identityOf } from '../deployment';
import { listed, nameOf, nameOfKey, shownValue } from '../names';
import { covers, type Grant, grantsOf } from '../permissions';
import type { Resource } from '../stacks';
import { SERVICE } from '../traffic';
import { Operation, Order, type Step, type Update } from '../update';

/** The number of permissions that a sentence lists. */
const MAX_SHOWN = 3;

/** Permissions that a role loses while tasks that have it still run. They are used again when a task is restarted. */
export function checkPermissions(update: Update): Change[] {
  const after = grantsOf(
    update.news(),
    (key) => update.new(key),
    (key) => update.identity(key),
  );
  const lost = grantsOf(update.olds(), (key) => update.old(key)).flatMap((grant) => {
    const isKept = after.some(({ role, permission }) => role === grant.role && covers(permission, grant.permission));
    const step = isKept ? undefined : lossOf(update, grant);
    return step === undefined ? [] : [{ ...grant, step }];
  });
  return update.olds(SERVICE).flatMap((service) =>
    rolesOf(update, service).flatMap((role) => {
      const early = lost.filter((one) => one.role === role && !isRolledFirst(update, service, one.step));
      return [...new Set(early.map(({ by }) => by))].map((by) =>
        finding(update, service, { role, by, grants: early.filter((one) => one.by === by) }),
      );
    }),
  );
}

/** When a permission is lost; undefined if it stays, because the resource does. */
function lossOf(update: Update, { by }: Grant): Step | undefined {
  if (update.operationOn(by) === Operation.NONE) return undefined;
  const end = update.endOf(by);
  if (end?.phase === 'never') return undefined;
  return end ?? { key: by, phase: 'apply' };
}

/** The roles of the tasks that a service runs before the update. */
function rolesOf(update: Update, { key }: Resource): string[] {
  const task = update.old(identityOf(update.old(key).TaskDefinition));
  return [...new Set([task.TaskRoleArn, task.ExecutionRoleArn].filter((role) => role !== undefined).map(identityOf))];
}

/** Whether the old tasks are gone before a step. */
function isRolledFirst(update: Update, { key }: Resource, step: Step): boolean {
  const end = update.endOf(key);
  if (end !== undefined) return end.phase !== 'never' && update.order(end, step) === Order.BEFORE;
  const isRolled = !isEqual(update.old(key).TaskDefinition, update.new(key).TaskDefinition);
  return isRolled && update.order({ key, phase: 'apply' }, step) === Order.BEFORE;
}

interface Loss {
  readonly role: string;
  readonly by: string;
  readonly grants: readonly Grant[];
}

function finding(update: Update, service: Resource, { role, by, grants }: Loss): Change {
  const all = [
    ...new Set(grants.map(({ permission }) => `${permission.action} on ${shownValue(update, permission.resource)}`)),
  ];
  const more = all.length > MAX_SHOWN ? [`${all.length - MAX_SHOWN} more`] : [];
  const permissions = listed([...all.slice(0, MAX_SHOWN), ...more]);
  return {
    kind: 'PermissionRemoved',
    subject: nameOf(update.before.resources.get(by) as Resource),
    message: `takes ${permissions} from role ${nameOfKey(update, role)} while the old tasks of ${nameOf(service)} still run; tasks that are restarted before the rollout ends, or after a rollback, are denied access`,
  };
}
