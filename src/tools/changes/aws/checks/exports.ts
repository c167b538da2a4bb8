import type { Change } from '../../change';
import { isEqual } from '../../data';
import type { Export } from '../deployment';
import { listed } from '../names';
import { Order, type Update } from '../update';

/** Exports that change or are removed while another stack still imports them. */
export function checkExports(update: Update): Change[] {
  return [...update.before.exports.values()].flatMap((exported) => {
    const { key: exporter } = exported.stack;
    if (!update.isDeployed(exporter)) return [];
    const why = changeOf(update, exported);
    if (why === undefined) return [];
    const importers = update.before.stacks
      .map(({ key }) => key)
      .filter((key) => key !== exporter && update.before.isImporting(key, exported));
    const late = importers.filter((key) => !isReleasedFirst(update, key, exported));
    if (late.length === 0) return [];
    const stacks = `${late.length === 1 ? 'stack' : 'stacks'} ${listed(late)}`;
    const ways = late.some((key) => isStillImporting(update, key, exported))
      ? 'CloudFormation refuses the update of an export that is in use'
      : 'deploy the importing stack first, or keep the export for one deployment';
    const message = `${why} while ${stacks} still ${late.length === 1 ? 'imports' : 'import'} it; ${ways}`;
    return [{ kind: 'ExportInUse', subject: `export ${exported.name} of stack ${exporter}`, message }];
  });
}

function changeOf(update: Update, { key, scope, value }: Export): string | undefined {
  const now = update.after.exports.get(key);
  if (now === undefined) return 'is removed';
  const old = update.before.canonical(value, scope);
  return isEqual(
    old,
    update.after.canonical(now.value, now.scope, (resource) => update.markOf(resource)),
  )
    ? undefined
    : 'changes its value';
}

function isStillImporting(update: Update, stack: string, exported: Export): boolean {
  return update.isDeployed(stack) && update.after.isImporting(stack, exported);
}

function isReleasedFirst(update: Update, stack: string, exported: Export): boolean {
  if (!update.isDeployed(stack) || isStillImporting(update, stack, exported)) return false;
  return update.stackOrder(stack, exported.stack.key) === Order.BEFORE;
}
