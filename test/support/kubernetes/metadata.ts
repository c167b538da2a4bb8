import { type Data, type Findings, isObject, list, object, objects } from '../data';
import { dns1035Label, dnsLabel, dnsSubdomain, labelValue, type Problem, qualifiedName } from './syntax';

const NAME_RULES: { readonly [kind: string]: (name: unknown) => Problem } = {
  Namespace: dnsLabel,
  Service: dns1035Label,
};
/** Kinds whose names can be any path segment. */
const FREE_NAMES = new Set(['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding']);
/** Kinds whose name becomes part of the names of their Pods, and of a label. */
const LABEL_NAMES = new Set(['StatefulSet', 'Job', 'CronJob', 'Deployment', 'DaemonSet']);
const ANNOTATIONS_LIMIT = 256 * 1024;

export function checkLabels(findings: Findings, path: string, labels: unknown): void {
  for (const [key, value] of Object.entries(object(labels))) {
    const problem = qualifiedName(key) ?? labelValue(value);
    if (problem !== undefined) findings.add(`${path}[${key}]`, problem);
  }
}

export function checkAnnotations(findings: Findings, path: string, annotations: unknown): void {
  let size = 0;
  for (const [key, value] of Object.entries(object(annotations))) {
    size += Buffer.byteLength(key) + Buffer.byteLength(String(value));
    const problem = qualifiedName(key.toLowerCase());
    if (problem !== undefined) findings.add(`${path}[${key}]`, problem);
  }
  findings.expect(size <= ANNOTATIONS_LIMIT, path, `${size} bytes are more than ${ANNOTATIONS_LIMIT}`);
}

export function checkMetadata(findings: Findings, kind: string, metadata: unknown, clusterScoped: boolean): void {
  if (!isObject(metadata)) {
    findings.add('metadata', 'required');
    return;
  }
  const rule = NAME_RULES[kind] ?? (FREE_NAMES.has(kind) ? () => undefined : dnsSubdomain);
  const problem = metadata.name === undefined ? 'required' : rule(metadata.name);
  if (problem !== undefined) findings.add('metadata.name', problem);
  if (LABEL_NAMES.has(kind)) {
    const most = kind === 'CronJob' ? 52 : 63;
    findings.expect(
      String(metadata.name).length <= most,
      'metadata.name',
      `longer than ${most} characters, so no pod can carry it`,
    );
  }
  if (metadata.namespace !== undefined) {
    const namespace = dnsLabel(metadata.namespace);
    if (namespace !== undefined) findings.add('metadata.namespace', namespace);
    findings.expect(!clusterScoped, 'metadata.namespace', `a ${kind} has no namespace`);
  }
  checkLabels(findings, 'metadata.labels', metadata.labels);
  checkAnnotations(findings, 'metadata.annotations', metadata.annotations);
}

export function checkLabelSelector(findings: Findings, path: string, selector: unknown): void {
  if (!isObject(selector)) return;
  checkLabels(findings, `${path}.matchLabels`, selector.matchLabels);
  for (const [i, { key, operator, values }] of objects(selector.matchExpressions).entries()) {
    const problem = qualifiedName(key);
    if (problem !== undefined) findings.add(`${path}.matchExpressions[${i}].key`, problem);
    const some = list(values).length > 0;
    const needsValues = operator === 'In' || operator === 'NotIn';
    findings.expect(
      some === needsValues,
      `${path}.matchExpressions[${i}].values`,
      needsValues ? 'required' : `not allowed with ${operator}`,
    );
  }
}

/** Whether a label selector selects these labels. An absent selector selects nothing, an empty one everything. */
export function selects(selector: unknown, labels: Data): boolean {
  if (!isObject(selector)) return false;
  const equal = Object.entries(object(selector.matchLabels)).every(([key, value]) => labels[key] === value);
  return (
    equal &&
    objects(selector.matchExpressions).every(({ key, operator, values }) => {
      const label = labels[String(key)];
      switch (operator) {
        case 'In':
          return label !== undefined && list(values).includes(label);
        case 'NotIn':
          return !list(values).includes(label);
        case 'Exists':
          return label !== undefined;
        default:
          return label === undefined;
      }
    })
  );
}
