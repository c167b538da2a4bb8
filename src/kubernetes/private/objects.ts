import { type ApiObject, Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { reportAtSynthesis, type Warning } from '../../constructs/private/warnings';
import type { TargetRenderer } from '../../constructs/target-renderer';
import { renderError } from '../../private/errors';
import { isInTree } from '../../private/tree';
import { LateNamedObject, PlainObject } from './plain-object';

/** The objects of an app by kind, namespace and name, kept at the app's root. */
const OBJECTS = Symbol.for('serving-constructs.kubernetesObjects');

/** The same by chart, which avoids walking up to the root for each object. */
const INDEXES = new WeakMap<Chart, ObjectIndex>();

interface ObjectIndex {
  readonly byName: Map<string, ApiObject>;
  readonly clashes: Clash[];
  /** The renderer that reports the name clashes of the app. */
  reporter?: Reporter;
}

/** The contents of an object. */
export interface ObjectProps {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly labels?: Record<string, string>;
  readonly annotations?: Record<string, string>;
  /** The parts other than the metadata: `spec`, `data` and so on. */
  readonly body?: Record<string, unknown>;
}

/**
 * Adds an object with a unique name to the chart of `scope`. It does not use the generated classes of cdk8s, which drop
 * fields that are newer than they are.
 */
export function addObject(scope: Construct, id: string, props: ObjectProps): ApiObject {
  const { apiVersion, kind, name, labels, annotations, body = {} } = props;
  const object = new PlainObject(scope, id, { apiVersion, kind, metadata: { name, labels, annotations }, body });
  claimName(object);
  return object;
}

/** The contents of an object whose name is known only when the chart is written. */
export interface LateNamedProps extends Omit<ObjectProps, 'name'> {
  readonly name: () => string;
}

/** Adds an object whose name depends on its content; nothing checks whether it is unique. */
export function addLateNamedObject(scope: Construct, id: string, props: LateNamedProps): ApiObject {
  const { apiVersion, kind, name, labels, body = {} } = props;
  return new LateNamedObject(scope, id, { apiVersion, kind, metadata: { labels }, body, lateName: name });
}

/**
 * Has an object written after others of its chart, because the objects of a file are applied in its order. The order of charts
 * remains that of the user.
 */
export function writeAfter(object: ApiObject, others: readonly ApiObject[]): void {
  object.addDependency(...others.filter(({ chart }) => chart === object.chart));
}

/** The namespace of the chart of a construct; undefined if it is chosen when the manifests are applied. */
export function namespaceOf(scope: Construct): string | undefined {
  return Chart.of(scope).namespace;
}

/**
 * Reports objects with the kind and name of an earlier one, once for the app. It is an error if both are applied to the same
 * namespace, and a warning if two charts have no namespace.
 */
export function reportNameClashes(platform: Construct, reporter: Reporter): void {
  const index = indexOf(Chart.of(platform));
  if (index.reporter !== undefined) return;
  index.reporter = reporter;
  platform.node.addValidation({
    validate: () => clashesIn(index).filter(isCertain).map(clashError),
  });
}

type Reporter = Pick<TargetRenderer, 'warn'>;

type Clash = readonly [first: ApiObject, second: ApiObject];

function clashesIn({ clashes }: ObjectIndex): Clash[] {
  return clashes.filter((pair) => pair.every(isInTree));
}

/** Objects of one chart always share a namespace. Those of two charts do for certain only if the charts specify it. */
function isCertain([first, second]: Clash): boolean {
  return first.chart === second.chart || second.metadata.namespace !== undefined;
}

function clashError([first, second]: Clash): string {
  const { namespace } = second.metadata;
  const where = namespace === undefined ? 'the namespace they are applied to' : `namespace '${namespace}'`;
  const message = `duplicate ${second.kind} '${second.name}' in ${where}, for '${first.node.path}' and '${second.node.path}'; rename one of them, or use another namespace for one chart`;
  return renderError('NameClash', message, second.node.path);
}

function claimName(object: ApiObject): void {
  const index = indexOf(object.chart);
  const key = `${object.apiGroup}/${object.kind}/${object.metadata.namespace ?? ''}/${object.name}`;
  const holder = index.byName.get(key);
  if (holder === undefined || !isInTree(holder)) index.byName.set(key, object);
  else addClash(index, [holder, object]);
}

/** Records a clash. Two charts cause a single warning, at the later one. */
function addClash(index: ObjectIndex, clash: Clash): void {
  const [first, second] = clash.map(({ chart }) => chart) as [Chart, Chart];
  const isPair = ([a, b]: Clash): boolean => a.chart === first && b.chart === second;
  const isKnown = index.clashes.some(isPair);
  index.clashes.push(clash);
  if (isCertain(clash) || isKnown) return;
  const find = () => sharedNames(clashesIn(index).filter(isPair));
  reportAtSynthesis(second, find, ({ id, message }) => index.reporter?.warn(second, id, message));
}

/** The maximum number of objects that a warning lists. */
const MAX_LISTED = 3;

function sharedNames(clashes: Clash[]): Warning[] {
  const [clash] = clashes;
  if (clash === undefined) return [];
  const [first, second] = clash.map(({ chart }) => chart.node.path);
  const listed = clashes.slice(0, MAX_LISTED).map(([{ kind, name }]) => `${kind} '${name}'`);
  const more = clashes.length > MAX_LISTED ? ` and ${clashes.length - MAX_LISTED} more` : '';
  const message = `charts '${first}' and '${second}' have objects with the same names (${listed.join(', ')}${more}) and no namespace; set 'namespace' on both, or apply them to different namespaces and acknowledge this`;
  return [{ id: `sharedNames.${first}`, message }];
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
