import type { IConstruct } from 'constructs';

/** Whether a construct still stands where it was put: neither it nor one around it was removed. */
export function isInTree(construct: IConstruct): boolean {
  for (let node = construct; node.node.scope !== undefined; node = node.node.scope) {
    if (node.node.scope.node.tryFindChild(node.node.id) !== node) return false;
  }
  return true;
}

/** The outermost construct that was removed with this one; undefined while it stands where it was put. */
export function outermostRemoved(construct: IConstruct): IConstruct | undefined {
  let removed: IConstruct | undefined;
  for (let node = construct; node.node.scope !== undefined; node = node.node.scope) {
    if (node.node.scope.node.tryFindChild(node.node.id) !== node) removed = node;
  }
  return removed;
}
