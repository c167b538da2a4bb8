/** Checks the references between the objects of a set. Each finding names the object with the invalid reference. */
import { type Data, duplicates, Findings, object, objects, text } from '../data';
import { selects } from './metadata';

export interface TogetherOptions {
  /** Objects that exist outside the set, as `Kind/name`, for example `Secret/registry`. */
  readonly external?: readonly string[];
}

const WORKLOADS = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);

interface Workload {
  readonly object: Data;
  readonly key: string;
  readonly namespace: string;
  readonly labels: Data;
  readonly pod: Data;
}

/** The set with its references resolved. */
class Together {
  public readonly findings: string[] = [];
  public readonly workloads: readonly Workload[];
  private readonly external: ReadonlySet<string>;

  public constructor(
    public readonly all: readonly Data[],
    options: TogetherOptions,
  ) {
    this.external = new Set(options.external);
    this.workloads = all
      .filter((o) => WORKLOADS.has(text(o.kind)))
      .map((o) => {
        const template = object(object(o.spec).template);
        return {
          object: o,
          key: keyOf(o),
          namespace: namespaceOf(o),
          labels: object(object(template.metadata).labels),
          pod: object(template.spec),
        };
      });
  }

  public of(kind: string): readonly Data[] {
    return this.all.filter((o) => o.kind === kind);
  }

  public find(kind: string, name: string, namespace: string): Data | undefined {
    return this.of(kind).find((o) => nameOf(o) === name && namespaceOf(o) === namespace);
  }

  /** Adds a finding unless the object is in the set or declared as external. */
  public need(from: Data, path: string, kind: string, name: string, namespace = namespaceOf(from)): Data | undefined {
    const found = this.find(kind, name, namespace);
    if (found === undefined && !this.external.has(`${kind}/${name}`))
      this.add(from, path, `there is no ${kind} "${name}"`);
    return found;
  }

  public selected(selector: unknown, namespace: string): readonly Workload[] {
    return this.workloads.filter((w) => w.namespace === namespace && selects(selector, w.labels));
  }

  public add(from: Data, path: string, what: string): void {
    const findings = new Findings(`${from.kind} ${nameOf(from)}`);
    findings.add(path, what);
    this.findings.push(...findings.all);
  }
}

const nameOf = (o: Data): string => text(object(o.metadata).name);
const namespaceOf = (o: Data): string => text(object(o.metadata).namespace);
const keyOf = (o: Data): string => `${o.kind}/${namespaceOf(o)}/${nameOf(o)}`;

function checkServices(set: Together): void {
  for (const service of set.of('Service')) {
    const { selector, ports } = object(service.spec);
    if (selector === undefined) continue;
    const matched = set.selected({ matchLabels: selector }, namespaceOf(service));
    if (matched.length === 0) set.add(service, 'spec.selector', 'selects the pods of no workload');
    if (matched.length > 1)
      set.add(service, 'spec.selector', `mixes the pods of ${matched.map((w) => w.key).join(' and ')}`);
    for (const [i, { targetPort }] of objects(ports).entries()) {
      if (typeof targetPort !== 'string') continue;
      for (const workload of matched) {
        const names = podContainers(workload.pod).flatMap((c) => objects(c.ports).map((port) => port.name));
        if (!names.includes(targetPort))
          set.add(service, `spec.ports[${i}].targetPort`, `${workload.key} has no port "${targetPort}"`);
      }
    }
  }
}

function podContainers(pod: Data): readonly Data[] {
  return [...objects(pod.containers), ...objects(pod.initContainers)];
}

function checkScalers(set: Together): void {
  const targets: string[] = [];
  for (const scaler of [...set.of('HorizontalPodAutoscaler'), ...set.of('ScaledObject')]) {
    const { kind = 'Deployment', name } = object(object(scaler.spec).scaleTargetRef);
    const target = set.need(scaler, 'spec.scaleTargetRef', text(kind), text(name));
    if (target === undefined) continue;
    targets.push(keyOf(target));
    if ('replicas' in object(target.spec))
      set.add(target, 'spec.replicas', `conflicts with ${scaler.kind} ${nameOf(scaler)}`);
  }
  for (const target of duplicates(targets)) set.findings.push(`${target}: two autoscalers`);
}

function checkBudgets(set: Together): void {
  const covered: string[] = [];
  for (const budget of set.of('PodDisruptionBudget')) {
    const matched = set.selected(object(budget.spec).selector, namespaceOf(budget));
    if (matched.length === 0) set.add(budget, 'spec.selector', 'selects the pods of no workload');
    covered.push(...matched.map((w) => w.key));
  }
  for (const workload of duplicates(covered))
    set.findings.push(`${workload}: two disruption budgets, so no pod can be evicted`);
}

/** A reference to a ConfigMap or Secret, and to its keys. */
function needKeys(
  set: Together,
  workload: Workload,
  path: string,
  kind: string,
  name: string,
  keys: readonly unknown[],
  optional: unknown,
): void {
  if (optional === true) return;
  const found = set.need(workload.object, path, kind, name);
  if (found === undefined) return;
  const known = new Set([found.data, found.binaryData, found.stringData].flatMap((map) => Object.keys(object(map))));
  for (const key of keys)
    if (!known.has(text(key))) set.add(workload.object, path, `${kind} "${name}" has no key "${key}"`);
}

function checkPodReferences(set: Together, workload: Workload): void {
  const { object: from, pod } = workload;
  const account = text(pod.serviceAccountName);
  if (account !== '' && account !== 'default')
    set.need(from, 'spec.template.spec.serviceAccountName', 'ServiceAccount', account);
  for (const secret of objects(pod.imagePullSecrets))
    set.need(from, 'spec.template.spec.imagePullSecrets', 'Secret', text(secret.name));
  for (const volume of objects(pod.volumes)) {
    const path = `volume ${volume.name}`;
    const sources = [volume, ...objects(object(volume.projected).sources)];
    for (const source of sources) {
      const [map, secret] = [object(source.configMap), object(source.secret)];
      const keys = (items: unknown) => objects(items).map((item) => item.key);
      if ('configMap' in source)
        needKeys(set, workload, path, 'ConfigMap', text(map.name), keys(map.items), map.optional);
      if ('secret' in source)
        needKeys(
          set,
          workload,
          path,
          'Secret',
          text(secret.secretName ?? secret.name),
          keys(secret.items),
          secret.optional,
        );
    }
    const claim = object(volume.persistentVolumeClaim).claimName;
    if (claim !== undefined) set.need(from, path, 'PersistentVolumeClaim', text(claim));
  }
  for (const container of podContainers(pod)) {
    for (const variable of objects(container.env)) {
      const { configMapKeyRef: map, secretKeyRef: secret } = object(variable.valueFrom);
      const path = `container ${container.name} env ${variable.name}`;
      if (map !== undefined)
        needKeys(set, workload, path, 'ConfigMap', text(object(map).name), [object(map).key], object(map).optional);
      if (secret !== undefined)
        needKeys(
          set,
          workload,
          path,
          'Secret',
          text(object(secret).name),
          [object(secret).key],
          object(secret).optional,
        );
    }
    for (const { configMapRef: map, secretRef: secret } of objects(container.envFrom)) {
      if (map !== undefined)
        needKeys(
          set,
          workload,
          `container ${container.name} envFrom`,
          'ConfigMap',
          text(object(map).name),
          [],
          object(map).optional,
        );
      if (secret !== undefined)
        needKeys(
          set,
          workload,
          `container ${container.name} envFrom`,
          'Secret',
          text(object(secret).name),
          [],
          object(secret).optional,
        );
    }
  }
}

function checkRoutes(set: Together): void {
  for (const route of [...set.of('HTTPRoute'), ...set.of('GRPCRoute')]) {
    for (const [i, rule] of objects(object(route.spec).rules).entries()) {
      const mirrors = objects(rule.filters).map((filter) => object(object(filter.requestMirror).backendRef));
      for (const ref of [...objects(rule.backendRefs), ...mirrors]) {
        if (ref.name === undefined || (ref.kind ?? 'Service') !== 'Service' || text(ref.group) !== '') continue;
        const namespace = text(ref.namespace) || namespaceOf(route);
        const path = `spec.rules[${i}].backendRefs`;
        const service = set.need(route, path, 'Service', text(ref.name), namespace);
        if (service === undefined) continue;
        const ports = objects(object(service.spec).ports).map((port) => port.port);
        if (!ports.includes(ref.port)) set.add(route, path, `Service "${ref.name}" has no port ${ref.port}`);
        if (
          namespace !== namespaceOf(route) &&
          set.of('ReferenceGrant').every((grant) => namespaceOf(grant) !== namespace)
        ) {
          set.add(route, path, `no ReferenceGrant in namespace "${namespace}" allows the reference`);
        }
      }
    }
  }
  for (const policy of [...set.of('BackendTrafficPolicy'), ...set.of('HTTPRouteFilter')]) {
    const { targetRef, targetRefs } = object(policy.spec);
    for (const ref of [...objects(targetRefs), ...(targetRef === undefined ? [] : [object(targetRef)])]) {
      if (ref.kind !== 'Gateway') set.need(policy, 'spec.targetRefs', text(ref.kind), text(ref.name));
    }
  }
}

function checkSelectors(set: Together): void {
  for (const workload of set.workloads) {
    for (const other of set.selected(object(workload.object.spec).selector, workload.namespace)) {
      if (other.key !== workload.key) set.add(workload.object, 'spec.selector', `selects the pods of ${other.key} too`);
    }
  }
}

/** The findings for the objects of a set together, which can occur even if each object is valid. */
export function checkTogether(manifests: readonly unknown[], options: TogetherOptions = {}): string[] {
  const set = new Together(manifests.map(object), options);
  for (const key of duplicates(set.all.map(keyOf))) set.findings.push(`${key}: two objects`);
  checkServices(set);
  checkScalers(set);
  checkBudgets(set);
  for (const workload of set.workloads) checkPodReferences(set, workload);
  checkRoutes(set);
  checkSelectors(set);
  return set.findings;
}
