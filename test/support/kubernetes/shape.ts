import { type Findings, isObject } from '../data';
import { modelNamed } from './models';
import { quantity } from './syntax';

/** Quantities, which are plain strings in the models. A model without a field means all its maps of strings. */
const QUANTITIES = new Set([
  'V1EmptyDirVolumeSource.sizeLimit',
  'V1LimitRangeItem.default',
  'V1LimitRangeItem.defaultRequest',
  'V1LimitRangeItem.max',
  'V1LimitRangeItem.min',
  'V1PersistentVolumeSpec.capacity',
  'V1PodSpec.overhead',
  'V1ResourceFieldSelector.divisor',
  'V1ResourceQuotaSpec.hard',
  'V1ResourceRequirements.limits',
  'V1ResourceRequirements.requests',
  'V1VolumeResourceRequirements.limits',
  'V1VolumeResourceRequirements.requests',
  'V2HPAScalingRules.tolerance',
  'V2MetricTarget.averageValue',
  'V2MetricTarget.value',
]);

/** Enumerations, which are plain strings in the models. */
const ENUMS: { readonly [field: string]: readonly string[] } = {
  'V1Container.imagePullPolicy': ['Always', 'IfNotPresent', 'Never'],
  'V1Container.terminationMessagePolicy': ['File', 'FallbackToLogsOnError'],
  'V1ContainerPort.protocol': ['TCP', 'UDP', 'SCTP'],
  'V1CronJobSpec.concurrencyPolicy': ['Allow', 'Forbid', 'Replace'],
  'V1DeploymentStrategy.type': ['Recreate', 'RollingUpdate'],
  'V1EmptyDirVolumeSource.medium': ['', 'Memory', 'HugePages'],
  'V1HTTPGetAction.scheme': ['HTTP', 'HTTPS'],
  'V1HTTPIngressPath.pathType': ['Exact', 'Prefix', 'ImplementationSpecific'],
  'V1ImageVolumeSource.pullPolicy': ['Always', 'IfNotPresent', 'Never'],
  'V1LabelSelectorRequirement.operator': ['In', 'NotIn', 'Exists', 'DoesNotExist'],
  'V1NetworkPolicyPort.protocol': ['TCP', 'UDP', 'SCTP'],
  'V1NodeSelectorRequirement.operator': ['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt'],
  'V1PodDisruptionBudgetSpec.unhealthyPodEvictionPolicy': ['IfHealthyBudget', 'AlwaysAllow'],
  'V1PodSecurityContext.fsGroupChangePolicy': ['OnRootMismatch', 'Always'],
  'V1PodSecurityContext.supplementalGroupsPolicy': ['Merge', 'Strict'],
  'V1PodSpec.dnsPolicy': ['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None'],
  'V1PodSpec.preemptionPolicy': ['PreemptLowerPriority', 'Never'],
  'V1PodSpec.restartPolicy': ['Always', 'OnFailure', 'Never'],
  'V1RoleRef.kind': ['Role', 'ClusterRole'],
  'V1SeccompProfile.type': ['RuntimeDefault', 'Unconfined', 'Localhost'],
  'V1SecurityContext.procMount': ['Default', 'Unmasked'],
  'V1ServicePort.protocol': ['TCP', 'UDP', 'SCTP'],
  'V1ServiceSpec.externalTrafficPolicy': ['Cluster', 'Local'],
  'V1ServiceSpec.internalTrafficPolicy': ['Cluster', 'Local'],
  'V1ServiceSpec.ipFamilyPolicy': ['SingleStack', 'PreferDualStack', 'RequireDualStack'],
  'V1ServiceSpec.sessionAffinity': ['ClientIP', 'None'],
  'V1ServiceSpec.trafficDistribution': ['PreferClose', 'PreferSameZone', 'PreferSameNode'],
  'V1ServiceSpec.type': ['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'],
  'V1StatefulSetSpec.podManagementPolicy': ['OrderedReady', 'Parallel'],
  'V1Toleration.effect': ['NoSchedule', 'PreferNoSchedule', 'NoExecute'],
  'V1Toleration.operator': ['Exists', 'Equal', 'Lt', 'Gt'],
  'V1TopologySpreadConstraint.nodeAffinityPolicy': ['Honor', 'Ignore'],
  'V1TopologySpreadConstraint.nodeTaintsPolicy': ['Honor', 'Ignore'],
  'V1TopologySpreadConstraint.whenUnsatisfiable': ['DoNotSchedule', 'ScheduleAnyway'],
  'V1VolumeMount.mountPropagation': ['None', 'HostToContainer', 'Bidirectional'],
  'V1VolumeMount.recursiveReadOnly': ['Disabled', 'IfPossible', 'Enabled'],
  'V2HPAScalingPolicy.type': ['Pods', 'Percent'],
  'V2HPAScalingRules.selectPolicy': ['Max', 'Min', 'Disabled'],
  'V2MetricSpec.type': ['ContainerResource', 'External', 'Object', 'Pods', 'Resource'],
  'V2MetricTarget.type': ['Utilization', 'Value', 'AverageValue'],
};

const RANGES: { readonly [format: string]: readonly [number, number] } = {
  int32: [-(2 ** 31), 2 ** 31 - 1],
  int64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
};

const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
const BASE64 = /^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function shown(value: unknown): string {
  const json = JSON.stringify(value) ?? String(value);
  return json.length > 60 ? `${json.slice(0, 57)}...` : json;
}

/** The problem of a scalar of a type; undefined if it is valid. */
function scalarProblem(value: unknown, type: string, format: string): string | undefined {
  switch (type) {
    case 'string':
      if (typeof value !== 'string') return `${shown(value)} is not a string`;
      return format === 'byte' && !BASE64.test(value) ? `${shown(value)} is not base64` : undefined;
    case 'number': {
      const range = RANGES[format];
      if (typeof value !== 'number' || !Number.isFinite(value)) return `${shown(value)} is not a number`;
      if (range === undefined) return undefined;
      return Number.isInteger(value) && value >= range[0] && value <= range[1]
        ? undefined
        : `${value} is not an ${format}`;
    }
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `${shown(value)} is not a boolean`;
    case 'Date':
    case 'V1MicroTime':
      return typeof value === 'string' && DATE.test(value) ? undefined : `${shown(value)} is not a time`;
    case 'IntOrString':
      return typeof value === 'string' || Number.isInteger(value)
        ? undefined
        : `${shown(value)} is neither integer nor string`;
    default:
      return `has the unknown type ${type}`;
  }
}

function checkValue(
  findings: Findings,
  path: string,
  value: unknown,
  type: string,
  format: string,
  owner: string,
): void {
  if (value === null || value === undefined) {
    findings.add(path, `${value}, where a value or nothing at all is expected`);
    return;
  }
  if (type === 'any' || type === 'object') return;
  const array = /^Array<(.+)>$/.exec(type);
  if (array !== null) {
    if (!Array.isArray(value)) {
      findings.add(path, `${shown(value)} is not a list`);
      return;
    }
    for (const [i, item] of value.entries()) {
      checkValue(findings, `${path}[${i}]`, item, array[1] ?? '', format, owner);
    }
    return;
  }
  const map = /^\{ \[key: string\]: (.+); \}$/.exec(type);
  if (map !== null) {
    if (!isObject(value)) findings.add(path, `${shown(value)} is not a map`);
    else
      for (const [key, item] of Object.entries(value))
        checkValue(findings, `${path}[${key}]`, item, map[1] ?? '', format, owner);
    return;
  }
  if (modelNamed(type) !== undefined) {
    checkModel(findings, path, value, type);
    return;
  }
  if (QUANTITIES.has(owner)) {
    findings.expect(quantity(value) !== undefined, path, `${shown(value)} is not a quantity`);
    return;
  }
  const problem = scalarProblem(value, type, format);
  if (problem !== undefined) {
    findings.add(path, problem);
    return;
  }
  const allowed = ENUMS[owner];
  if (allowed !== undefined && !allowed.includes(String(value))) {
    findings.add(path, `${shown(value)} is none of ${allowed.map(shown).join(', ')}`);
  }
}

/** Finds unknown fields, missing fields, wrong types and nulls at any depth. */
export function checkModel(findings: Findings, path: string, value: unknown, name: string): void {
  const model = modelNamed(name);
  if (model === undefined) throw new Error(`no model is named ${name}`);
  if (!isObject(value)) {
    findings.add(path, `${shown(value)} is not an object`);
    return;
  }
  const below = path === '' ? '' : `${path}.`;
  for (const [key, item] of Object.entries(value)) {
    const field = model.get(key);
    if (field === undefined) findings.add(`${below}${key}`, `unknown field of ${name}`);
    else checkValue(findings, `${below}${key}`, item, field.type, field.format, `${name}.${key}`);
  }
  for (const [key, field] of model) {
    if (field.required && !(key in value)) findings.add(`${below}${key}`, 'required');
  }
}
