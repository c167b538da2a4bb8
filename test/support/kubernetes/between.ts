/**
 * What happens between two applies of a definition: after the first objects of the new manifests are applied, and before the
 * Pods have followed. Each finding starts with its kind.
 */
import { IMMUTABLE } from '../../../src/tools/changes/kubernetes/immutable';
import { type Data, object, objects, text } from '../data';
import { keyOf, nameOf, referencesOf } from './references';

/** The fields that the API server refuses to change, by kind. A Service keeps an address that its manifest does not have. */
const FIELDS: typeof IMMUTABLE = { ...IMMUTABLE, Service: ['spec.clusterIP'] };

/** The content of these kinds can be declared immutable. */
const SEALED: ReadonlySet<unknown> = new Set(['ConfigMap', 'Secret']);

/** The findings of an edit, in the order of the new manifests. */
export function findingsBetween(before: readonly Data[], after: readonly Data[]): string[] {
  const old = new Map(before.map((o) => [keyOf(o), o]));
  const kept = after.flatMap((o): Pair[] => {
    const was = old.get(keyOf(o));
    return was === undefined ? [] : [[was, o]];
  });
  return [
    ...kept.flatMap(immutableFindings),
    ...kept.flatMap((pair) => replicaFindings(pair, before, after)),
    ...kept.flatMap((pair) => windowFindings(pair, kept)),
    ...orderFindings(after),
    ...removalFindings(before, after),
    ...kept.flatMap(podFindings),
  ];
}

type Pair = readonly [before: Data, after: Data];

function immutableFindings([before, after]: Pair): string[] {
  const paths = [...(FIELDS[text(after.kind)] ?? []), ...(SEALED.has(after.kind) ? sealedPaths(before) : [])];
  return paths
    .filter((path) => !isSame(at(before, path), at(after, path)))
    .map((path) => `immutable ${keyOf(after)}: ${path} changes`);
}

function sealedPaths(before: Data): string[] {
  return before.immutable === true ? ['data', 'binaryData', 'immutable'] : [];
}

/**
 * The number of replicas that the API server sets at once, compared with the smaller of both minimums. A field that leaves
 * the manifest becomes 1, the default of the API.
 */
function replicaFindings([before, after]: Pair, old: readonly Data[], all: readonly Data[]): string[] {
  if (after.kind !== 'Deployment') return [];
  const [was, is] = [before, after].map(({ spec }) => object(spec).replicas as number | undefined);
  if (is === undefined && was !== undefined && was > 1)
    return [`replicas ${keyOf(after)}: ${was} leave the manifest, so the API server sets 1`];
  const least = Math.min(minimumOf(before, old), minimumOf(after, all));
  return is !== undefined && is < least ? [`replicas ${keyOf(after)}: ${is} is less than ${least}`] : [];
}

/** The number of replicas that always run: that of the autoscaler, or the fixed one. */
function minimumOf(deployment: Data, all: readonly Data[]): number {
  const scaler = all.find(({ spec }) => object(object(spec).scaleTargetRef).name === nameOf(deployment));
  const { minReplicas, minReplicaCount } = object(scaler?.spec);
  return Number(minReplicas ?? minReplicaCount ?? object(deployment.spec).replicas ?? 1);
}

/** What takes effect at once in front of Pods that are still the old ones. */
function windowFindings([before, after]: Pair, kept: readonly Pair[]): string[] {
  if (after.kind === 'Deployment') {
    const [was, is] = [before, after].map(prefixOf);
    return was === is ? [] : [`window ${keyOf(after)}: routes change the removed path prefix before the Pods do`];
  }
  if (after.kind !== 'Service') return [];
  const pods = kept.find(
    ([{ kind, spec }]) => kind === 'Deployment' && selectorOf(spec) === selectorOf(before.spec, true),
  );
  if (pods === undefined || !replacesPods(pods)) return [];
  return objects(object(after.spec).ports).flatMap((port) => {
    const was = objects(object(before.spec).ports).find(({ name }) => name === port.name);
    if (was === undefined) return [];
    const changes = [];
    if (was.appProtocol !== port.appProtocol)
      changes.push(`window ${keyOf(after)}: port '${text(port.name)}' has another protocol than the old Pods`);
    if (typeof port.targetPort !== 'string' && was.targetPort !== port.targetPort)
      changes.push(`window ${keyOf(after)}: port '${text(port.name)}' is a number that the old Pods do not serve`);
    return changes;
  });
}

/** The variable with the path prefix that routes remove. */
function prefixOf({ spec }: Data): unknown {
  const { containers } = object(object(object(spec).template).spec);
  const variables = objects(containers).flatMap(({ env }) => objects(env));
  return variables.find(({ name }) => name === 'SERVING_PATH_PREFIX')?.value;
}

function selectorOf(spec: unknown, isService = false): string {
  const { selector } = object(spec);
  return JSON.stringify(isService ? selector : object(selector).matchLabels);
}

/** Objects are applied in the order of the file. */
export function orderFindings(all: readonly Data[]): string[] {
  const position = new Map(all.map((o, index) => [o, index]));
  return all.flatMap((o, index) =>
    referencesOf(o, all)
      .filter((other) => (position.get(other) ?? 0) > index)
      .map((other) => `order ${keyOf(o)}: it is applied before ${keyOf(other)}, which it refers to`),
  );
}

/** What leaves the manifests. It is deleted by hand or by `--prune`, while what used it may still run. */
function removalFindings(before: readonly Data[], after: readonly Data[]): string[] {
  const names = new Set(after.map(keyOf));
  const users = (removed: Data): string[] =>
    before.filter((o) => names.has(keyOf(o)) && referencesOf(o, before).includes(removed)).map(keyOf);
  return before
    .filter((o) => !names.has(keyOf(o)))
    .map((o) => {
      const used = users(o);
      return `gone ${keyOf(o)}${used.length === 0 ? '' : `: used by ${used.join(', ')} until the rollout ends`}`;
    });
}

function podFindings(pair: Pair): string[] {
  const [, after] = pair;
  return after.kind === 'Deployment' && replacesPods(pair) ? [`pods ${keyOf(after)}: they are replaced`] : [];
}

function replacesPods([before, after]: Pair): boolean {
  return !isSame(at(before, 'spec.template'), at(after, 'spec.template'));
}

function at(o: Data, path: string): unknown {
  return path.split('.').reduce<unknown>((value, step) => object(value)[step], o);
}

/** Manifests have sorted keys. */
function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
