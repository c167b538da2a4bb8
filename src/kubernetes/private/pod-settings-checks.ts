import { requireNumber } from '../../private/checks';
import { ServingError } from '../../private/errors';
import type { PodSettingsOptions } from '../pod-settings-options';
import {
  type Affinity,
  type LabelSelectorRequirement,
  NodeOperator,
  type NodeSelectorRequirement,
  type NodeSelectorTerm,
  type PodAffinity,
  type PodAffinityTerm,
  TaintEffect,
  type Toleration,
  TolerationOperator,
  type TopologySpread,
  UnsatisfiableAction,
} from '../scheduling';
import { checkAnnotations, checkLabel, checkLabels, requireKey } from './metadata-checks';
import { requireObjectName } from './names';
import { checkPodPatches } from './pod-patches';

/** Checks what is known of settings without a backend. */
export function checkPodSettings(options: PodSettingsOptions): void {
  const { nodeSelector = {}, labels = {}, annotations = {}, affinity = {} } = options;
  for (const [key, value] of Object.entries(nodeSelector)) checkLabel('nodeSelector', key, value);
  checkLabels('labels', labels);
  checkPodPatches(options);
  checkAnnotations('annotations', annotations);
  checkEach('tolerations', options.tolerations, checkToleration);
  checkAffinity(affinity);
  checkEach('topologySpread', options.topologySpread, checkSpread);
  const names = { PriorityClass: 'priorityClassName', RuntimeClass: 'runtimeClassName' } as const;
  for (const [kind, prop] of Object.entries(names)) {
    const name = options[prop];
    if (name !== undefined) requireObjectName(prop, name, kind);
  }
  if (options.schedulerName !== undefined) requireObjectName('schedulerName', options.schedulerName, 'scheduler');
  checkEach('imagePullSecrets', options.imagePullSecrets, (prop, name) => {
    requireObjectName(prop, name, 'Secret');
  });
}

/** https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#toleration-v1-core */
function checkToleration(prop: string, { key, operator, value, effect, tolerationSeconds }: Toleration): void {
  const isExists = operator === TolerationOperator.EXISTS;
  if (key === undefined && !isExists)
    throw invalid(`'${prop}' without 'key' must have TolerationOperator.EXISTS, which tolerates every taint`);
  if (key !== undefined) requireKey(`${prop}.key`, key);
  if (isExists && value !== undefined)
    throw invalid(`'${prop}.value' ('${value}') has no effect with TolerationOperator.EXISTS; remove one of them`);
  if (value !== undefined && key !== undefined) checkLabel(`${prop}.value`, key, value);
  if (tolerationSeconds === undefined) return;
  requireNumber(`${prop}.tolerationSeconds`, tolerationSeconds, { integer: true });
  if (effect !== TaintEffect.NO_EXECUTE)
    throw invalid(`'${prop}.tolerationSeconds' (${tolerationSeconds}) requires 'effect' TaintEffect.NO_EXECUTE`);
}

function checkSpread(prop: string, { topologyKey, maxSkew, minDomains, whenUnsatisfiable }: TopologySpread): void {
  requireKey(`${prop}.topologyKey`, topologyKey);
  if (maxSkew !== undefined) requireNumber(`${prop}.maxSkew`, maxSkew, { min: 1, integer: true });
  if (minDomains === undefined) return;
  requireNumber(`${prop}.minDomains`, minDomains, { min: 1, integer: true });
  if (whenUnsatisfiable !== UnsatisfiableAction.DO_NOT_SCHEDULE)
    throw invalid(`'${prop}.minDomains' (${minDomains}) requires UnsatisfiableAction.DO_NOT_SCHEDULE`);
}

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';

function checkAffinity({ nodeAffinity, podAffinity, podAntiAffinity }: Affinity): void {
  const terms = nodeAffinity?.[REQUIRED]?.nodeSelectorTerms;
  const prop = `affinity.nodeAffinity.${REQUIRED}.nodeSelectorTerms`;
  if (terms?.length === 0)
    throw new ServingError('EmptyList', `'${prop}' must not be empty; list the nodes, or remove it`);
  checkEach(prop, terms, checkTerm);
  checkEach(`affinity.nodeAffinity.${PREFERRED}`, nodeAffinity?.[PREFERRED], (place, { weight, preference }) => {
    checkWeight(place, weight);
    checkTerm(`${place}.preference`, preference);
  });
  checkPodAffinity('affinity.podAffinity', podAffinity);
  checkPodAffinity('affinity.podAntiAffinity', podAntiAffinity);
}

function checkTerm(prop: string, { matchExpressions, matchFields }: NodeSelectorTerm): void {
  checkEach(`${prop}.matchExpressions`, matchExpressions, checkRequirement);
  checkEach(`${prop}.matchFields`, matchFields, checkRequirement);
}

function checkPodAffinity(prop: string, affinity: PodAffinity = {}): void {
  checkEach(`${prop}.${REQUIRED}`, affinity[REQUIRED], checkPodTerm);
  checkEach(`${prop}.${PREFERRED}`, affinity[PREFERRED], (place, { weight, podAffinityTerm }) => {
    checkWeight(place, weight);
    checkPodTerm(`${place}.podAffinityTerm`, podAffinityTerm);
  });
}

function checkPodTerm(prop: string, { topologyKey, labelSelector, namespaceSelector }: PodAffinityTerm): void {
  requireKey(`${prop}.topologyKey`, topologyKey);
  checkEach(`${prop}.labelSelector.matchExpressions`, labelSelector?.matchExpressions, checkRequirement);
  checkEach(`${prop}.namespaceSelector.matchExpressions`, namespaceSelector?.matchExpressions, checkRequirement);
}

type Values = readonly string[];

const SOME = { count: 'at least one value', isMet: (values: Values) => values.length > 0 };
const NONE = { count: 'no values', isMet: (values: Values) => values.length === 0 };
const INTEGER = {
  count: 'one integer',
  isMet: ([value = '', ...others]: Values) => others.length === 0 && /^-?\d+$/.test(value),
};

/** The values that each operator compares with. */
const VALUES: { readonly [operator in NodeOperator]: typeof SOME } = {
  [NodeOperator.IN]: SOME,
  [NodeOperator.NOT_IN]: SOME,
  [NodeOperator.EXISTS]: NONE,
  [NodeOperator.DOES_NOT_EXIST]: NONE,
  [NodeOperator.GT]: INTEGER,
  [NodeOperator.LT]: INTEGER,
};

function checkRequirement(
  prop: string,
  { key, operator, values = [] }: NodeSelectorRequirement | LabelSelectorRequirement,
): void {
  requireKey(`${prop}.key`, key);
  const { count, isMet } = VALUES[operator];
  if (isMet(values)) return;
  throw invalid(`'${prop}.values' (${values.join(', ') || 'none'}) must be ${count} with the operator '${operator}'`);
}

/** Checks each element of a list under its own name. */
function checkEach<T>(prop: string, list: readonly T[] = [], check: (prop: string, one: T) => void): void {
  for (const [index, one] of list.entries()) check(`${prop}[${index}]`, one);
}

function checkWeight(prop: string, weight: number): void {
  requireNumber(`${prop}.weight`, weight, { min: 1, max: 100, integer: true });
}

function invalid(message: string): ServingError {
  return new ServingError('InvalidPlacement', message);
}
