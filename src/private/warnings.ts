import type { IConstruct } from 'constructs';

/** Warnings that were acknowledged at a construct, for it and for everything below it. */
const ACKNOWLEDGED = Symbol.for('serving-constructs.acknowledgedWarnings');

/** How the id of every warning begins. */
export const WARNING_PREFIX = 'serving-constructs:';

type Scope = IConstruct & { [ACKNOWLEDGED]?: Set<string> };

/** Keeps a warning of this scope from being reported. */
export function acknowledgeWarning(scope: IConstruct, id: string): void {
  const known = (scope as Scope)[ACKNOWLEDGED];
  if (known === undefined) Object.defineProperty(scope, ACKNOWLEDGED, { value: new Set([id]) });
  else known.add(id);
}

/** Reports a warning once when its construct is validated, unless it was acknowledged by then. */
export function reportAtSynthesis(scope: IConstruct, id: string, report: () => void): void {
  let isReported = false;
  scope.node.addValidation({
    validate: () => {
      if (!isReported && !isAcknowledged(scope, `${WARNING_PREFIX}${id}`)) {
        isReported = true;
        report();
      }
      return [];
    },
  });
}

function isAcknowledged(scope: IConstruct, id: string): boolean {
  return scope.node.scopes.some((around) => (around as Scope)[ACKNOWLEDGED]?.has(id));
}
