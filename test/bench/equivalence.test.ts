/** The benchmarks compare programs with the same output: every property of every resource is equal. */
import { App as KubernetesApp } from 'cdk8s';
import type { FleetPlatform } from '../../bench/fleet';
import { fleetOf } from '../../bench/fleet';
import { build as awsByHand } from '../../bench/handwritten/aws';
import { build as kubernetesByHand } from '../../bench/handwritten/kubernetes';
import { build as kubernetesPlus } from '../../bench/handwritten/kubernetes-plus';
import { build as awsByUs } from '../../bench/ours/aws';
import { build as kubernetesByUs } from '../../bench/ours/kubernetes';
import { newApp, templatesOf } from '../support/aws';

/** Untyped data. */
// biome-ignore lint/suspicious/noExplicitAny: templates and manifests have no types.
type Free = any;

/** One endpoint, and two groups of endpoints with and without a second version. */
const SIZES = [1, 21];

describe.each(SIZES)('on AWS, %d endpoints', (size) => {
  let ours: Free;
  let theirs: Free;
  beforeAll(() => {
    [ours, theirs] = [awsByUs, awsByHand].map((build) => {
      const app = newApp();
      build(app, fleetOf(size));
      return templatesOf(app);
    });
  });

  test('have the same stacks with the same resources, down to the logical ids', () => {
    expect(Object.keys(ours)).toEqual(Object.keys(theirs));
    for (const [stack, template] of Object.entries(ours) as Free) {
      expect(withoutNumbers(template.Resources)).toEqual(withoutNumbers(theirs[stack].Resources));
      expect(template.Outputs).toEqual(theirs[stack].Outputs);
    }
  });

  // Our priorities come from construct paths and theirs from a counter, so only the order of rules per request can be equal.
  test('order the rules of each endpoint in the same way', () => {
    expect(rulesOf(ours)).toEqual(rulesOf(theirs));
    expect(rulesOf(ours).length).toBeGreaterThanOrEqual(3 * size);
  });
});

/** The resources without priorities and ids of policies, and with sorted attributes, whose order has no meaning. */
function withoutNumbers(resources: Free): Free {
  const names = Object.entries(resources as Free)
    .filter(([, { Type: type }]: Free) => type === 'AWS::IAM::Policy')
    .map(([id, { Properties: properties }]: Free) => {
      const role = JSON.stringify(properties.Roles);
      return [id, `${role} ${JSON.stringify(properties.PolicyDocument.Statement)}`] as const;
    });
  const nameOf = (id: string) => new Map<string, string>(names).get(id) ?? id;
  const copy: Free = Object.fromEntries(
    Object.entries(structuredClone(resources) as Free).map(([id, resource]) => [nameOf(id), resource]),
  );
  for (const resource of Object.values(copy) as Free[]) {
    if (resource.Type === 'AWS::IAM::Policy') delete resource.Properties.PolicyName;
    if (Array.isArray(resource.DependsOn)) resource.DependsOn = resource.DependsOn.map(nameOf).sort();
    else if (resource.DependsOn !== undefined) resource.DependsOn = nameOf(resource.DependsOn);
  }
  for (const { Properties: properties } of Object.values(copy) as Free[]) {
    delete properties?.Priority;
    for (const list of [properties?.TargetGroupAttributes, properties?.LoadBalancerAttributes])
      list?.sort((a: Free, b: Free) => a.Key.localeCompare(b.Key));
  }
  return copy;
}

/** The rules of each path by priority, as path and kind. Anchors, which match no request, must come last. */
function rulesOf(templates: Free): string[] {
  const rules = Object.values(templates)
    .flatMap((template: Free) => Object.entries(template.Resources as Free))
    .filter(([, resource]: Free) => resource.Type === 'AWS::ElasticLoadBalancingV2::ListenerRule')
    .map(([id, { Properties: properties }]: Free) => ({
      priority: properties.Priority as number,
      path: properties.Conditions[0].PathPatternConfig?.Values[0] as string | undefined,
      kind: /Own|Shares|MethodNotAllowed|Anchor/.exec(id)?.[0],
    }));
  const anchors = rules.filter(({ kind }) => kind === 'Anchor');
  const routes = rules.filter(({ kind }) => kind !== 'Anchor');
  const last = Math.max(...routes.map(({ priority }) => priority));
  expect(anchors.filter(({ priority }) => priority <= last)).toEqual([]);
  expect(new Set(rules.map(({ priority }) => priority)).size).toBe(rules.length);
  return routes
    .sort((a, b) => (a.path ?? '').localeCompare(b.path ?? '') || a.priority - b.priority)
    .map(({ path, kind }) => `${path} ${kind}`);
}

describe.each(SIZES)('on Kubernetes, %d endpoints', (size) => {
  let ours: Free;
  beforeAll(() => {
    ours = manifestsOf(kubernetesByUs, size);
  });

  test('have the same objects with the same content', () => {
    expect(ours).toEqual(manifestsOf(kubernetesByHand, size));
  });

  test('have the same objects as with cdk8s-plus, after the defaults of Kubernetes are applied', () => {
    expect(withDefaults(ours)).toEqual(withDefaults(manifestsOf(kubernetesPlus, size)));
  });
});

/** The objects of each chart by kind and name. */
function manifestsOf(build: (app: KubernetesApp, fleet: FleetPlatform[]) => void, size: number): Free {
  const app = new KubernetesApp();
  build(app, fleetOf(size));
  return Object.fromEntries(
    app.charts.map((chart) => [
      chart.node.id,
      Object.fromEntries(
        chart
          .toJson()
          .map(content)
          .map((object) => [`${object.kind} ${object.metadata.name}`, object]),
      ),
    ]),
  );
}

/** An object without the comments of the router's files, and with a placeholder for its digest. */
function content(object: Free): Free {
  const copy = structuredClone(object);
  if (copy.kind === 'ConfigMap') {
    for (const [file, text] of Object.entries(copy.data as Record<string, string>))
      copy.data[file] = text.split('\n').filter((line) => line.trim() !== '' && !line.trim().startsWith('#'));
  }
  const named = copy.kind === 'ConfigMap' ? copy.metadata : copy.spec?.template?.spec?.volumes?.[0]?.configMap;
  if (typeof named?.name === 'string') named.name = named.name.replace(/-[0-9a-f]{16}$/, '-digest');
  return copy;
}

/** Adds the defaults that cdk8s-plus writes and others leave to the API server, and converts ports to numbers. */
function withDefaults(manifests: Free): Free {
  const copy = structuredClone(manifests);
  for (const object of Object.values(copy).flatMap((chart: Free) => Object.values(chart)) as Free[]) {
    const { kind, spec } = object;
    if (kind === 'Deployment') addPodDefaults(spec.template.spec);
    if (kind === 'Service') {
      spec.externalIPs ??= [];
      for (const port of spec.ports) port.targetPort = numberOf(port.targetPort);
    }
    if (kind === 'HorizontalPodAutoscaler') {
      const percent = { type: 'Percent', value: 100, periodSeconds: 15 };
      const { scaleUp, scaleDown } = spec.behavior;
      scaleUp.policies ??= [{ type: 'Pods', value: 4, periodSeconds: 15 }, percent];
      scaleDown.policies ??= [percent];
      scaleUp.selectPolicy ??= 'Max';
      scaleDown.selectPolicy ??= 'Max';
    }
  }
  return copy;
}

function addPodDefaults(pod: Free): void {
  pod.restartPolicy ??= 'Always';
  pod.dnsPolicy ??= 'ClusterFirst';
  pod.hostNetwork ??= false;
  pod.setHostnameAsFQDN ??= false;
  for (const container of [...pod.containers, ...(pod.initContainers ?? [])]) {
    container.securityContext.privileged ??= false;
    for (const probe of [container.startupProbe, container.readinessProbe, container.livenessProbe]) {
      if (probe?.httpGet !== undefined) probe.httpGet.scheme ??= 'HTTP';
      for (const handler of [probe?.httpGet, probe?.tcpSocket])
        if (handler !== undefined) handler.port = numberOf(handler.port);
    }
  }
}

function numberOf(port: string | number): string | number {
  return port === 'http' ? 8000 : port;
}
