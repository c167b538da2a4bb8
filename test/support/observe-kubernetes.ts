import { GPU_MODELS } from '../../src/workload/private/gpu-models';
import { type Data, object, objects, strings, text } from './data';
import { Haproxy, type Section } from './haproxy';
import { matchHttpRoutes } from './http-routes';
import type { Answer, Observation, ObservedBackend, Question, Request } from './observation';
import { answerOf } from './observe-aws';
import { questionInScript, sampleIn } from './python-question';
import type { Outcome } from './request';

const meta = (manifest: Data) => object(manifest.metadata);
const named = (manifests: readonly Data[], kind: string, name: string) =>
  manifests.find((manifest) => manifest.kind === kind && meta(manifest).name === name);

const seconds = (duration: string | undefined): number =>
  duration === undefined
    ? Number.NaN
    : duration.endsWith('h')
      ? 3600 * Number(duration.slice(0, -1))
      : duration.endsWith('m')
        ? 60 * Number(duration.slice(0, -1))
        : Number(duration.replace(/s$/, ''));

/** Reads the behavior of manifests behind the built-in router, only from the manifests. */
export function observeRouter(rendered: readonly unknown[]): Observation {
  const manifests = rendered.map(object);
  const files = routerFiles(manifests);
  const titles = titlesOf(manifests);
  const haproxy = new Haproxy(files);
  const pools = haproxy.sections.filter((section) => section.kind === 'backend' && section.from === 'pool');
  return {
    ask: (request) => sharesOf(new Haproxy(files), request, titles),
    backends: observeDeployments(manifests, (slug) => {
      const pool = pools.find(({ name }) => name === slug);
      if (pool === undefined) return {};
      return {
        health: healthOf(haproxy, pool),
        keepsReplicaFor: cookieSeconds(haproxy, pool),
        limit: limitOf(haproxy, pool, routerReplicas(manifests)),
        cancels: haproxy.setting(pool, 'option', 'abortonclose') !== undefined,
      };
    }),
    balancerIdle: Math.max(
      0,
      ...pools.map((pool) => {
        const servers = serverDefaults(haproxy, pool);
        const purges = 3 + Math.ceil(Math.log2(Number(after(servers, 'pool-max-conn'))));
        return purges * seconds(after(servers, 'pool-purge-delay'));
      }),
    ),
    // `timeout server` and `timeout tunnel`, which any data starts anew.
    silenceOf: (request) => {
      const result = new Haproxy(files).route('_router', request);
      return 'timeout' in result ? result.timeout : undefined;
    },
  };
}

/** The files that the router reads: those of the ConfigMaps that its Pods name. */
export function routerFiles(rendered: readonly unknown[]): { readonly [name: string]: string } {
  const manifests = rendered.map(object);
  const names = manifests
    .flatMap(({ kind, spec }) => (kind === 'Deployment' ? configVolumes(object(spec)) : []))
    .flatMap(({ configMap, projected }) =>
      configMap === undefined
        ? objects(object(projected).sources).map((source) => object(source.configMap))
        : [object(configMap)],
    )
    .map(({ name }) => text(name));
  const maps = names.map((name) => named(manifests, 'ConfigMap', name));
  if (maps.length === 0) throw new Error('expected one router');
  return Object.assign({}, ...maps.map((map) => object(object(map).data)));
}

/** The volumes with the configuration of a router. */
function configVolumes(deployment: Data): readonly Data[] {
  return objects(object(object(deployment.template).spec).volumes).filter(({ name }) => name === 'config');
}

/** Reads the behavior of manifests behind a gateway, only from the manifests. */
export function observeGateway(rendered: readonly unknown[]): Observation {
  const manifests = rendered.map(object);
  const titles = titlesOf(manifests);
  return {
    ask: (request) => {
      const outcome = matchHttpRoutes(manifests, request);
      return ownAnswer(manifests, outcome) ?? answerOf(outcome, (target) => titles.get(target) ?? target);
    },
    backends: observeDeployments(manifests, (slug) => ({ keepsReplicaFor: hashedSeconds(manifests, slug) })),
    balancerIdle: envoyIdle(manifests),
    timeoutOf: (request) => {
      const outcome = matchHttpRoutes(manifests, request);
      const timeout = outcome.kind === 'forward' ? outcome.timeouts?.request : undefined;
      return timeout === undefined || seconds(timeout) === 0 ? undefined : seconds(timeout);
    },
    silenceOf: (request) => {
      const outcome = matchHttpRoutes(manifests, request);
      return outcome.kind === 'forward' ? envoySilence(manifests, outcome.rule) : undefined;
    },
  };
}

/** The timeout without data of the policy for the route of a rule. */
function envoySilence(manifests: readonly Data[], rule: string): number | undefined {
  const [route = ''] = rule.split('#');
  const policy = manifests.find(
    ({ kind, spec }) =>
      kind === 'BackendTrafficPolicy' &&
      objects(object(spec).targetRefs).some(({ name }) => `/${text(name)}` === route),
  );
  if (policy === undefined) return undefined;
  return seconds(text(object(object(object(policy.spec).timeout).http).streamIdleTimeout));
}

/** The direct response of Envoy, from the filter that a rule without backends references. */
function ownAnswer(manifests: readonly Data[], outcome: Outcome): Answer | undefined {
  if (outcome.kind !== 'fixed') return undefined;
  const [route = '', index] = outcome.rule.split('#');
  const manifest = manifests.find(
    ({ kind, metadata }) => kind === 'HTTPRoute' && `/${text(object(metadata).name)}` === route,
  );
  const rule = objects(object(manifest?.spec).rules)[Number(index)];
  const reference = objects(rule?.filters).find((filter) => filter.type === 'ExtensionRef');
  const { kind, name } = object(reference?.extensionRef);
  const response = object(object(named(manifests, text(kind), text(name))?.spec).directResponse);
  if (response.statusCode !== 405) return undefined;
  const allow = objects(object(response.header).set).find((header) => header.name === 'Allow');
  return { status: 405, allow: text(allow?.value).split(', ') };
}

/** The longest idle timeout of the policies. */
function envoyIdle(manifests: readonly Data[]): number | undefined {
  const times = manifests
    .filter((manifest) => manifest.kind === 'BackendTrafficPolicy')
    .map((policy) => object(object(object(policy.spec).timeout).http).connectionIdleTimeout);
  return times.length === 0 ? undefined : Math.max(...times.map((time) => seconds(text(time))));
}

/** The display names of backends, by the names of their Services. */
function titlesOf(manifests: readonly Data[]): Map<string, string> {
  return new Map(
    manifests
      .filter((manifest) => manifest.kind === 'Deployment')
      .map((manifest) => [
        text(meta(manifest).name),
        text(object(meta(manifest).annotations)['serving-constructs/name']),
      ]),
  );
}

/** The share of each backend, counted over enough requests for the sequence of backends to repeat. */
function sharesOf(haproxy: Haproxy, request: Request, titles: Map<string, string>): Answer {
  const chosen: string[] = [];
  let [path, forwardedPrefix]: [string, string | undefined] = ['', undefined];
  let cookies: readonly string[] = [];
  for (let count = 0; count < 240; count++) {
    const result = haproxy.route('_router', request);
    if ('status' in result) {
      if (result.status === 404 || result.status === 204) return { status: result.status };
      if (result.status !== 405) throw new Error(`answered with ${result.status}`);
      return { status: 405, allow: result.headers.allow?.split(', ') };
    }
    chosen.push(result.backend);
    path = result.path;
    cookies = result.cookies;
    forwardedPrefix = result.headers['x-forwarded-prefix'];
  }
  const counts = new Map<string, number>();
  for (const backend of chosen) counts.set(backend, (counts.get(backend) ?? 0) + 1);
  const divisor = [...counts.values()].reduce(greatestCommonDivisor, 0);
  return {
    path,
    ...(forwardedPrefix !== undefined && { forwardedPrefix }),
    ...(cookies.length > 0 && { keptFor: Number(/; Max-Age=(\d+);/.exec(cookies.join())?.[1]) }),
    shares: Object.fromEntries([...counts].map(([slug, count]) => [titles.get(slug) ?? slug, count / divisor])),
  };
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

const after = (line: readonly string[], keyword: string): string | undefined => line[line.indexOf(keyword) + 1];

/** All words of the `default-server` lines, those of the section itself first. */
function serverDefaults(haproxy: Haproxy, pool: Section): readonly string[] {
  const of = (section: Section) => section.lines.filter(([keyword]) => keyword === 'default-server').flat();
  return [...of(pool), ...(pool.from === undefined ? [] : of(haproxy.section('defaults', pool.from)))];
}

/** The limit of the servers of a pool over all replicas of the router. */
function limitOf(haproxy: Haproxy, pool: Section, replicas: number): ObservedBackend['limit'] {
  const servers = serverDefaults(haproxy, pool);
  if (!servers.includes('maxconn')) return undefined;
  const full = pool.lines.find((line) => line.join(' ').includes('if { be_conn_free le 0 } { queue ge '));
  return {
    requests: replicas * Number(after(servers, 'maxconn')),
    waitSeconds: seconds(haproxy.setting(pool, 'timeout', 'queue')?.[0]),
    ...(full !== undefined && {
      waiting: replicas * Number(after(full, 'ge')),
      fullStatus: Number(after(full, 'status')),
    }),
  };
}

function routerReplicas(manifests: readonly Data[]): number {
  const [router] = manifests.filter(
    ({ kind, spec }) => kind === 'Deployment' && configVolumes(object(spec)).length > 0,
  );
  return Number(object(router?.spec).replicas);
}

/** How long the cookie of a pool keeps a client, counted from its last request. */
function cookieSeconds(haproxy: Haproxy, pool: Section): number | undefined {
  const cookie = haproxy.setting(pool, 'cookie');
  if (cookie === undefined) return undefined;
  if (!['insert', 'indirect', 'nocache', 'httponly', 'dynamic'].every((word) => cookie.includes(word)))
    throw new Error(`the cookie of ${pool.name} is ${cookie.join(' ')}`);
  return seconds(after(cookie, 'maxidle'));
}

/** How long the cookie is valid whose hash selects the replica, for a Service that no other shares a route with. */
function hashedSeconds(manifests: readonly Data[], slug: string): number | undefined {
  const policies = manifests.filter(({ kind, spec }) => {
    const routes = objects(object(spec).targetRefs).map(({ kind, name }) => named(manifests, text(kind), text(name)));
    const services = routes.flatMap((route) =>
      objects(object(route?.spec).rules).flatMap(({ backendRefs }) => objects(backendRefs).map(({ name }) => name)),
    );
    return kind === 'BackendTrafficPolicy' && services.includes(slug) && new Set(services).size === 1;
  });
  const [hash] = policies.map(({ spec }) => object(object(object(spec).loadBalancer).consistentHash));
  return hash?.type === 'Cookie' ? seconds(text(object(hash.cookie).ttl)) : undefined;
}

/** What the balancer of a platform decides for a backend. */
interface Balanced {
  readonly health?: RouterHealth;
  readonly keepsReplicaFor?: number;
  readonly limit?: ObservedBackend['limit'];
  readonly cancels?: boolean;
}

type RouterHealth = ObservedBackend['health'] & { readonly host?: string };

/** The health check of the servers of a pool. */
function healthOf(haproxy: Haproxy, pool: Section | undefined): RouterHealth | undefined {
  if (pool === undefined) return undefined;
  const servers = serverDefaults(haproxy, pool);
  const send = haproxy.setting(pool, 'http-check', 'send') ?? [];
  const host = after(send, 'Host');
  return {
    path: after(send, 'uri'),
    host: host?.startsWith('%[bc_dst,') ? undefined : host,
    statuses: haproxy.setting(pool, 'http-check', 'expect', 'status')?.[0],
    interval: seconds(after(servers, 'inter')),
    timeout: seconds(haproxy.setting(pool, 'timeout', 'check')?.[0]),
    healthyThreshold: Number(after(servers, 'rise')),
    unhealthyThreshold: Number(after(servers, 'fall')),
  };
}

function observeDeployments(manifests: readonly Data[], balanced: (slug: string) => Balanced): Observation['backends'] {
  const titles = titlesOf(manifests);
  return Object.fromEntries(
    manifests
      .filter((manifest) => manifest.kind === 'Deployment' && titles.get(text(meta(manifest).name)) !== '')
      .map((deployment) => {
        const slug = text(meta(deployment).name);
        return [titles.get(slug), observeDeployment(manifests, deployment, balanced(slug))];
      }),
  );
}

function observeDeployment(
  manifests: readonly Data[],
  deployment: Data,
  { health: routerHealth, ...balanced }: Balanced,
): ObservedBackend {
  const slug = text(meta(deployment).name);
  const spec = object(deployment.spec);
  const pod = object(object(spec.template).spec);
  const server = objects(pod.containers).find((container) => container.name === 'server') ?? {};
  const env = objects(server.env);
  const limits = object(object(server.resources).limits);
  const requests = object(object(server.resources).requests);
  const preStop = Number(object(object(object(server.lifecycle).preStop).sleep).seconds ?? 0);
  const startup = object(server.startupProbe);
  const security = { ...object(pod.securityContext), ...object(server.securityContext) };
  return {
    image: text(server.image),
    command: [...strings(server.command), ...strings(server.args)],
    replacesEntryPoint: server.command !== undefined,
    workingDirectory: server.workingDir === undefined ? undefined : text(server.workingDir),
    environment: Object.fromEntries(
      env.flatMap(({ name, value }) => (value === undefined ? [] : [[text(name), text(value)]])),
    ),
    secrets: env.flatMap(({ name, valueFrom }) => (object(valueFrom).secretKeyRef === undefined ? [] : [text(name)])),
    port: Number(objects(server.ports).find((port) => port.name === portOf(manifests, slug))?.containerPort),
    additionalPorts: otherPorts(manifests, slug, server),
    sidecars: objects(pod.initContainers)
      .filter(({ restartPolicy }) => restartPolicy === 'Always')
      .map((sidecar) => sidecarOf(sidecar, server)),
    replicas: spec.replicas === undefined ? undefined : Number(spec.replicas),
    scaling: scalingOf(manifests, slug),
    ...balanced,
    health: healthOnly(routerHealth) ?? probed(object(server.readinessProbe)),
    liveness: livenessOf(object(server.livenessProbe)),
    smokeTest: sampleIn(strings(object(startup.exec).command)),
    questions: [
      ...(routerHealth === undefined ? [] : [questionOf('balancer', routerHealth)]),
      ...kubeletQuestions(object(server.readinessProbe)),
    ],
    gpus: Number(limits['nvidia.com/gpu'] ?? 0),
    gpuModels: gpuModelsOf(pod),
    reserved: { cpu: cpusIn(requests.cpu), memoryMib: mebibytesIn(requests.memory) },
    cpuLimit: limits.cpu === undefined ? undefined : cpusIn(limits.cpu),
    memoryMib: mebibytesIn(limits.memory),
    readOnlyRootFilesystem: security.readOnlyRootFilesystem === true,
    user: security.runAsUser === undefined ? undefined : String(security.runAsUser),
    writable: objects(server.volumeMounts)
      .filter(({ readOnly, mountPath }) => readOnly !== true && mountPath !== '/dev/shm')
      .map(({ name, mountPath }) => {
        const volume = objects(pod.volumes).find((candidate) => candidate.name === name) ?? {};
        return { path: text(mountPath), inMemory: object(volume.emptyDir).medium === 'Memory' };
      }),
    models: [
      ...objects(pod.initContainers).flatMap((fetch) => modelOf(fetch, server)),
      ...objects(pod.volumes).flatMap((volume) => imageOf(volume, server, objects(pod.initContainers))),
    ],
    balancerDrain: 0,
    preStop,
    stop: Number(pod.terminationGracePeriodSeconds) - preStop,
    startup:
      Number(startup.initialDelaySeconds ?? 0) + Number(startup.failureThreshold) * Number(startup.periodSeconds),
  };
}

function sidecarOf(container: Data, server: Data): ObservedBackend['sidecars'][number] {
  const mounts = objects(server.volumeMounts);
  const env = objects(container.env);
  const requests = object(object(container.resources).requests);
  const startup = object(container.startupProbe);
  return {
    name: text(container.name),
    image: text(container.image),
    command: [...strings(container.command), ...strings(container.args)],
    environment: Object.fromEntries(
      env.flatMap(({ name, value }) => (value === undefined ? [] : [[text(name), text(value)]])),
    ),
    secrets: env.flatMap(({ name, valueFrom }) => (valueFrom === undefined ? [] : [text(name)])),
    ports: objects(container.ports).map(({ name, containerPort }) => ({
      name: text(name),
      port: Number(containerPort),
    })),
    cpu: cpusIn(requests.cpu),
    memoryMib: mebibytesIn(requests.memory),
    readOnlyRootFilesystem: object(container.securityContext).readOnlyRootFilesystem === true,
    sharedDirectories: objects(container.volumeMounts).flatMap(({ name, mountPath }) =>
      mounts.some((mount) => mount.name === name && mount.mountPath === mountPath) ? [text(mountPath)] : [],
    ),
    check: container.startupProbe === undefined ? undefined : strings(object(startup.exec).command),
  };
}

function mebibytesIn(quantity: unknown): number {
  return Number(text(quantity).replace(/Mi$/, ''));
}

function cpusIn(quantity: unknown): number {
  const amount = text(quantity);
  return amount.endsWith('m') ? Number(amount.slice(0, -1)) / 1000 : Number(amount);
}

/** The name of the container port that the Service of a backend targets. */
function portOf(manifests: readonly Data[], slug: string): unknown {
  return objects(object(named(manifests, 'Service', slug)?.spec).ports)[0]?.targetPort;
}

function healthOnly(found: RouterHealth | undefined): ObservedBackend['health'] | undefined {
  if (found === undefined) return undefined;
  const { host: _, ...health } = found;
  return health;
}

function questionOf(by: Question['by'], { path, statuses, host, timeout }: RouterHealth): Question {
  return { by, path: path as string, statuses: statuses as string, host, timeout: timeout as number };
}

/** The question of a readiness probe: an HTTP probe, or a script of the interpreter; none for an open port. */
function kubeletQuestions(probe: Data): readonly Question[] {
  const get = object(probe.httpGet);
  const timeout = Number(probe.timeoutSeconds);
  if (get.path !== undefined) {
    const host = objects(get.httpHeaders).find(({ name }) => name === 'Host')?.value as string | undefined;
    return [{ by: 'kubelet', path: text(get.path), statuses: '200-399', host, timeout }];
  }
  const question = questionInScript(strings(object(probe.exec).command).at(-1));
  return question === undefined ? [] : [{ by: 'kubelet', ...question }];
}

/** A liveness probe that sends a request. */
function livenessOf(probe: Data): ObservedBackend['liveness'] {
  const [question] = kubeletQuestions(probe);
  if (question === undefined) return undefined;
  const { by: _, ...asked } = question;
  return { ...asked, interval: Number(probe.periodSeconds), unhealthyThreshold: Number(probe.failureThreshold) };
}

/** The other ports of the server that the Service targets. */
function otherPorts(manifests: readonly Data[], slug: string, server: Data): ObservedBackend['additionalPorts'] {
  const ports = objects(object(named(manifests, 'Service', slug)?.spec).ports).slice(1);
  return ports.flatMap(({ name, targetPort }) => {
    const port = objects(server.ports).find((one) => one.name === targetPort);
    return port === undefined ? [] : [{ name: text(name), port: Number(port.containerPort) }];
  });
}

function probed(probe: Data): ObservedBackend['health'] {
  const get = object(probe.httpGet);
  // The time for the request, without that for the interpreter.
  const [question] = kubeletQuestions(probe);
  return {
    path: get.path === undefined ? undefined : text(get.path),
    statuses: get.path === undefined ? undefined : '200-399',
    interval: Number(probe.periodSeconds),
    timeout: question?.timeout ?? Number(probe.timeoutSeconds),
    healthyThreshold: Number(probe.successThreshold ?? 1),
    unhealthyThreshold: Number(probe.failureThreshold),
  };
}

const AUTOSCALERS: ReadonlySet<string> = new Set(['HorizontalPodAutoscaler', 'ScaledObject']);

function scalingOf(manifests: readonly Data[], slug: string): ObservedBackend['scaling'] {
  const scaler = manifests.find(
    ({ kind, spec }) => AUTOSCALERS.has(text(kind)) && object(object(spec).scaleTargetRef).name === slug,
  );
  if (scaler === undefined) return undefined;
  const spec = object(scaler.spec);
  if (scaler.kind === 'ScaledObject') {
    const triggers = objects(spec.triggers).map(({ type, name = type, metadata }) => {
      const { value, threshold, desiredReplicas } = object(metadata);
      return [text(name), Number(value ?? threshold ?? desiredReplicas)];
    });
    const [min, max] = [spec.minReplicaCount, spec.maxReplicaCount].map(Number) as [number, number];
    return { min, max, targets: Object.fromEntries(triggers) };
  }
  return {
    min: Number(spec.minReplicas),
    max: Number(spec.maxReplicas),
    targets: Object.fromEntries(
      objects(spec.metrics).map((metric) => {
        const resource = object(metric.resource);
        return [text(resource.name), Number(object(resource.target).averageUtilization)];
      }),
    ),
  };
}

/** A model in an image volume: the image's directory for models, or links to the files in it. */
function imageOf(volume: Data, server: Data, initContainers: readonly Data[]): ObservedBackend['models'] {
  const mounts = objects(server.volumeMounts);
  const mount = mounts.find((one) => one.name === volume.name);
  if (volume.image === undefined || mount?.readOnly !== true) return [];
  const uri = text(object(volume.image).reference);
  if (mount.subPath === 'models') return [{ path: text(mount.mountPath), uri }];
  const link = initContainers.find(({ args }) => strings(args).includes(`${text(mount.mountPath)}/models/.`));
  const filled = objects(link?.volumeMounts).find(
    ({ mountPath }) => `${text(mountPath)}/` === strings(link?.args).at(-1),
  );
  const linked = mounts.find(({ name }) => filled !== undefined && name === filled.name);
  return linked === undefined ? [] : [{ path: text(linked.mountPath), uri }];
}

/** A model, by the container that fetches it and the volume that both this container and the server mount. */
function modelOf(fetch: Data, server: Data): ObservedBackend['models'] {
  const words = [...strings(fetch.command), ...strings(fetch.args)];
  const uri =
    words[0] === 'cp' && words[1] === '-R' ? text(fetch.image) : words.find((word) => /^(?:s3|hf|https):/.test(word));
  if (uri === undefined) return [];
  const target = words.at(-1) as string;
  const from = objects(fetch.volumeMounts).find((mount) => target.startsWith(`${text(mount.mountPath)}/`));
  const below = target.slice(text(from?.mountPath).length + 1);
  const seen = objects(server.volumeMounts).find(
    (mount) => mount.name === from?.name && (mount.subPath === undefined || mount.subPath === below),
  );
  if (seen === undefined) return [];
  const path = seen.subPath === undefined ? `${text(seen.mountPath)}/${below}` : text(seen.mountPath);
  return [{ path: path.replace(/(.)\/$/, '$1'), uri }];
}

/** The models whose nodes the Pod tolerates, by the labels that GPU Feature Discovery gives them. */
function gpuModelsOf(pod: Data): string[] | undefined {
  const node = object(object(object(pod.affinity).nodeAffinity).requiredDuringSchedulingIgnoredDuringExecution);
  const requirements = objects(node.nodeSelectorTerms).flatMap((term) => objects(term.matchExpressions));
  const product = requirements.find(({ key }) => key === 'nvidia.com/gpu.product');
  if (product === undefined) return undefined;
  const labels = strings(product.values);
  return GPU_MODELS.filter(({ driverNames }) =>
    driverNames.every((name) => labels.includes(name.replaceAll(' ', '-'))),
  ).map(({ name }) => name);
}
