import { type ApiObject, Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { reportAtSynthesis, type Warning } from '../../constructs/private/warnings';
import type { TargetRenderer } from '../../constructs/target-renderer';
import { renderError } from '../../private/errors';
import { isInTree } from '../../private/tree';
import { PlainObject } from './plain-object';

/** The objects of an app by kind, namespace and name, kept at the app's root. */
const OBJECTS = Symbol.for('serving-constructs.kubernetesObjects');

/** The same by chart, because the way to the root is long. */
const INDEXES = new WeakMap<Chart, ObjectIndex>();

interface ObjectIndex {
  readonly byName: Map<string, ApiObject>;
  readonly clashes: Clash[];
  /** The renderer of the platform that reports the clashes of the app. */
  reporter?: Reporter;
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

/**
 * Reports objects of the app that have kind and name of an earlier one, at its first platform: an error where both are
 * applied to one namespace, a warning where two charts leave theirs to whoever applies them.
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

/** Objects of one chart are applied together, those of two charts where both name the namespace. */
function isCertain([first, second]: Clash): boolean {
  return first.chart === second.chart || second.metadata.namespace !== undefined;
}

function clashError([first, second]: Clash): string {
  const { namespace } = second.metadata;
  const where = namespace === undefined ? 'the namespace they are applied to' : `namespace '${namespace}'`;
  const message = `${second.kind} '${second.name}' would stand twice in ${where}, for '${first.node.path}' and for '${second.node.path}'; give one another name, or one chart another namespace`;
  return renderError('NameClash', message, second.node.path);
}

function claimName(object: ApiObject): void {
  const index = indexOf(object.chart);
  const key = `${object.apiGroup}/${object.kind}/${object.metadata.namespace ?? ''}/${object.name}`;
  const holder = index.byName.get(key);
  if (holder === undefined || !isInTree(holder)) index.byName.set(key, object);
  else addClash(index, [holder, object]);
}

/** Two charts are warned of once, at the later one. */
function addClash(index: ObjectIndex, clash: Clash): void {
  const [first, second] = clash.map(({ chart }) => chart) as [Chart, Chart];
  const isPair = ([a, b]: Clash): boolean => a.chart === first && b.chart === second;
  const isKnown = index.clashes.some(isPair);
  index.clashes.push(clash);
  if (isCertain(clash) || isKnown) return;
  const find = () => sharedNames(clashesIn(index).filter(isPair));
  reportAtSynthesis(second, find, ({ id, message }) => index.reporter?.warn(second, id, message));
}

/** How many objects a warning lists. */
const MOST_LISTED = 3;

function sharedNames(clashes: Clash[]): Warning[] {
  const [clash] = clashes;
  if (clash === undefined) return [];
  const [first, second] = clash.map(({ chart }) => chart.node.path);
  const listed = clashes.slice(0, MOST_LISTED).map(([{ kind, name }]) => `${kind} '${name}'`);
  const more = clashes.length > MOST_LISTED ? ` and ${clashes.length - MOST_LISTED} more` : '';
  const message = `charts '${first}' and '${second}' have objects of the same names (${listed.join(', ')}${more}) and no namespace; set 'namespace' of both, or apply them to different namespaces and acknowledge this`;
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
