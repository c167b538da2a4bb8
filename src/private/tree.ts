import type { IConstruct } from 'constructs';

/** Whether a construct still stands where it was put: neither it nor one around it was removed. */
export function isInTree(construct: IConstruct): boolean {
  return outermostRemoved(construct) === undefined;
}

/** The outermost construct that was removed with any of these. They are asked for at each validation, so that is quick. */
export function removedWith(constructs: IConstruct[]): IConstruct[] {
  const around = new Set(constructs);
  for (const { node } of around) if (node.scope !== undefined) around.add(node.scope);
  for (const construct of around) {
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
