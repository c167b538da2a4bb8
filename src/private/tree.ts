import type { IConstruct } from 'constructs';

/** Whether a construct still stands where it was put: neither it nor one around it was removed. */
export function isInTree(construct: IConstruct): boolean {
  for (let node = construct; node.node.scope !== undefined; node = node.node.scope) {
    if (node.node.scope.node.tryFindChild(node.node.id) !== node) return false;
  }
  return true;
}
