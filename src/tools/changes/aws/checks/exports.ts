import type { Change } from '../../change';
import { isEqual } from '../../data';
import type { Export } from '../deployment';
import { listed } from '../names';
import { Order, type Update } from '../update';

/** Exports that change or are removed while another stack still imports them. */
export function checkExports(update: Update): Change[] {
  return [...update.before.exports.values()].flatMap((exported) => {
    if (!update.isDeployed(exported.stack)) return [];
    const why = changeOf(update, exported);
    if (why === undefined) return [];
    const importers = update.before.stacks
      .map(({ name }) => name)
      .filter((name) => name !== exported.stack && update.before.isImporting(name, exported.name));
    const late = importers.filter((name) => !isReleasedFirst(update, name, exported));
    if (late.length === 0) return [];
    const stacks = `${late.length === 1 ? 'stack' : 'stacks'} ${listed(late)}`;
    const ways = late.some((name) => isStillImporting(update, name, exported))
      ? 'CloudFormation refuses the update of an export that is in use'
      : 'deploy the importing stack first, or keep the export for one deployment';
    const message = `${why} while ${stacks} still ${late.length === 1 ? 'imports' : 'import'} it; ${ways}`;
    return [{ kind: 'ExportInUse', subject: `export ${exported.name} of stack ${exported.stack}`, message }];
  });
}

function changeOf(update: Update, { name, stack, scope, value }: Export): string | undefined {
  const now = update.after.exports.get(name);
  if (now?.stack !== stack) return 'is removed';
  const old = update.before.canonical(value, scope);
  return isEqual(
    old,
    update.after.canonical(now.value, now.scope, (key) => update.markOf(key)),
  )
    ? undefined
    : 'changes its value';
}

function isStillImporting(update: Update, stack: string, { name }: Export): boolean {
  return update.isDeployed(stack) && update.after.isImporting(stack, name);
}

function isReleasedFirst(update: Update, stack: string, exported: Export): boolean {
  if (!update.isDeployed(stack) || isStillImporting(update, stack, exported)) return false;
  return update.stackOrder(stack, exported.stack) === Order.BEFORE;
}
