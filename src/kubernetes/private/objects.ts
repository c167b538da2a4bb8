import { type ApiObject, Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { renderError } from '../../private/errors';
import { isInTree } from '../../private/tree';
import { PlainObject } from './plain-object';

/** The objects of an app by kind, namespace and name, kept at the app's root. */
const OBJECTS = Symbol.for('serving-constructs.kubernetesObjects');

/** The same by chart, because the way to the root is long. */
const INDEXES = new WeakMap<Chart, ObjectIndex>();

interface ObjectIndex {
  readonly byName: Map<string, ApiObject>;
  readonly clashes: [first: ApiObject, second: ApiObject][];
  /** The one construct that reports the clashes of the app. */
  reporter?: Construct;
}

/** What an object consists of beside its place in the tree. */
export interface ObjectProps {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly labels?: Record<string, string>;
  readonly annotations?: Record<string, string>;
  /** The parts beside the metadata: `spec`, `data` and so on. */
  readonly body?: Record<string, unknown>;
}

/**
 * Adds an object to the chart around `scope`, under a name of its own. It writes what it is given: the generated classes
 * of cdk8s drop fields that are newer than themselves.
 */
export function addObject(scope: Construct, id: string, props: ObjectProps): ApiObject {
  const { apiVersion, kind, name, labels, annotations, body = {} } = props;
  const object = new PlainObject(scope, id, { apiVersion, kind, metadata: { name, labels, annotations }, body });
  claimName(object);
  return object;
}

/** The namespace of the chart around a construct; none leaves it to who applies the manifests. */
export function namespaceOf(scope: Construct): string | undefined {
  return Chart.of(scope).namespace;
}

/** One error for each object of the app that has kind, namespace and name of an earlier one, told to one reporter. */
export function nameClashes(reporter: Construct): string[] {
  const index = indexOf(Chart.of(reporter));
  index.reporter ??= reporter;
  if (index.reporter !== reporter) return [];
  return index.clashes
    .filter((pair) => pair.every(isInTree))
    .map(([first, second]) => {
      const namespace = second.metadata.namespace;
      const where = namespace === undefined ? 'the namespace they are applied to' : `namespace '${namespace}'`;
      const message = `${second.kind} '${second.name}' would stand twice in ${where}, for '${first.node.path}' and for '${second.node.path}'; give one another name, or one chart another namespace`;
      return renderError('NameClash', message, second.node.path);
    });
}

function claimName(object: ApiObject): void {
  const index = indexOf(object.chart);
  const key = `${object.apiGroup}/${object.kind}/${object.metadata.namespace ?? ''}/${object.name}`;
  const holder = index.byName.get(key);
  if (holder === undefined || !isInTree(holder)) index.byName.set(key, object);
  else index.clashes.push([holder, object]);
}

function indexOf(chart: Chart): ObjectIndex {
  let index = INDEXES.get(chart);
  if (index === undefined) {
    const root = chart.node.root as Construct & { [OBJECTS]?: ObjectIndex };
    index = root[OBJECTS] ?? { byName: new Map(), clashes: [] };
    if (!(OBJECTS in root)) Object.defineProperty(root, OBJECTS, { value: index });
    INDEXES.set(chart, index);
  }
  return index;
}
