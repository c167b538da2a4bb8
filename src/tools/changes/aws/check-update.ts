import type { Change } from '../change';
import { checkAttributes } from './checks/attributes';
import { checkCapacityProviders } from './checks/capacity-providers';
import { checkExports } from './checks/exports';
import { checkPermissions } from './checks/permissions';
import { checkReplacements } from './checks/replacements';
import { checkServices } from './checks/services';
import { checkTargetGroups } from './checks/target-groups';
import { checkOverwritten, checkUnique } from './checks/unique';
import type { StackInput } from './stacks';
import { Update } from './update';

const CHECKS = [
  checkUnique,
  checkOverwritten,
  checkExports,
  checkCapacityProviders,
  checkTargetGroups,
  checkPermissions,
  checkAttributes,
  checkServices,
  checkReplacements,
];

/** Everything that the update of an app's stacks does to requests and capacity, and what makes it fail. */
export function checkUpdate(before: readonly StackInput[], after: readonly StackInput[]): Change[] {
  const update = new Update(before, after);
  return CHECKS.flatMap((check) => check(update));
}
