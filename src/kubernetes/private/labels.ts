import { Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { slug } from '../../private/names';

/** The kind of part that an object belongs to. */
export enum Component {
  BACKEND = 'backend',
  ENDPOINT = 'endpoint',
  ROUTER = 'router',
}

/** The labels of the objects of one backend, endpoint or router. */
export interface Labels {
  /** The labels that select its Pods. */
  readonly selector: Record<string, string>;
  /** The labels of all its objects and Pods, including the selector. */
  readonly all: Record<string, string>;
}

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/ */
const RECOMMENDED = 'app.kubernetes.io';

/**
 * The labels of everything that belongs to one backend, endpoint or router.
 *
 * Selectors are immutable, so they contain nothing that a release could change. They use a label of this package, because
 * a Helm release of the same name has the same `app.kubernetes.io/instance`.
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

/** The labels with these names that the user set on the whole chart. */
function ownLabels(chart: Chart, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(chart.labels).filter(([name]) => names.includes(name)));
}

/** Name and description of a definition, as annotations. */
export function annotationsOf(intent: {
  readonly name: string;
  readonly description?: string;
}): Record<string, string> {
  return {
    'serving-constructs/name': intent.name,
    ...(intent.description !== undefined && { 'serving-constructs/description': intent.description }),
  };
}
