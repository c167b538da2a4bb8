import { Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { slug } from '../../private/names';

/** What an object belongs to. */
export enum Component {
  BACKEND = 'backend',
  ENDPOINT = 'endpoint',
  ROUTER = 'router',
}

/** The labels of the objects of one backend, endpoint or router. */
export interface Labels {
  /** What selects its pods. */
  readonly selector: Record<string, string>;
  /** What every object and pod of it has, the selector included. */
  readonly all: Record<string, string>;
}

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/ */
const RECOMMENDED = 'app.kubernetes.io';

/**
 * The labels of everything that belongs to one backend, endpoint or router.
 *
 * Selectors are immutable, so nothing that changes with a release may stand in them; and they have a label of this package
 * alone, because `app.kubernetes.io/instance` is that of a Helm release of the same name, too.
 */
export function labelsOf(component: Component, name: string, scope: IConstruct): Labels {
  const chart = Chart.of(scope);
  const recommended = {
    [`${RECOMMENDED}/name`]: 'serving-constructs',
    [`${RECOMMENDED}/instance`]: name,
    [`${RECOMMENDED}/component`]: component,
    [`${RECOMMENDED}/part-of`]: slug(chart.node.id),
    [`${RECOMMENDED}/managed-by`]: 'cdk8s',
  };
  const selector = { [`serving-constructs/${component}`]: name };
  return { selector, all: { ...recommended, ...ownLabels(chart, Object.keys(recommended)), ...selector } };
}

/** Those of these labels that the user gave the whole chart. */
function ownLabels(chart: Chart, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(chart.labels).filter(([name]) => names.includes(name)));
}

/** What the user wrote for people, as annotations. */
export function annotationsOf(intent: {
  readonly name: string;
  readonly description?: string;
}): Record<string, string> {
  return {
    'serving-constructs/name': intent.name,
    ...(intent.description !== undefined && { 'serving-constructs/description': intent.description }),
  };
}
