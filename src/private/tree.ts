import type { IConstruct } from 'constructs';

/** Whether a construct is still in its tree: neither it nor an enclosing construct was removed. */
export function isInTree(construct: IConstruct): boolean {
  return outermostRemoved(construct) === undefined;
}

/** The outermost removed constructs that contain any of these. Fast, because it runs at each validation. */
export function removedWith(constructs: IConstruct[]): IConstruct[] {
  const enclosing = new Set(constructs);
  for (const { node } of enclosing) if (node.scope !== undefined) enclosing.add(node.scope);
  for (const construct of enclosing) {
    if (!isChild(construct)) {
      const removed = constructs.map(outermostRemoved).filter((outermost) => outermost !== undefined);
      return [...new Set(removed)];
    }
  }
  return [];
}

function outermostRemoved(construct: IConstruct): IConstruct | undefined {
  let removed: IConstruct | undefined;
  for (let at: IConstruct | undefined = construct; at !== undefined; at = at.node.scope) if (!isChild(at)) removed = at;
  return removed;
}

function isChild(construct: IConstruct): boolean {
  const { scope, id } = construct.node;
  return scope === undefined || scope.node.tryFindChild(id) === construct;
}
