import { isUnresolved } from '../private/tokens';
import { cancellationEntry } from './cancellation';
import { capabilityOf } from './capabilities';
import {
  FEATURE_OF_ADDRESS,
  FEATURE_OF_BALANCING,
  FEATURE_OF_DELIVERY,
  FEATURE_OF_METRIC,
  FEATURE_OF_PROTOCOL,
  FEATURE_OF_SERVER_PROTOCOL,
} from './features';
import { describeGpus } from './gpus';
import { healthEntries } from './health';
import { imageEntries, userEntry } from './image-ledger';
import type {
  AttachmentIntent,
  BackendIntent,
  EndpointIntent,
  PlatformIntents,
  QueueIntent,
  SplitIntent,
} from './intents';
import { isBesideImage, isTransferred } from './models';
import { removedBy } from './path-prefix';
import { userOf } from './process';
import { supportsProtocol } from './protocols';
import { refuse } from './refuse';
import { MARGIN_SECONDS } from './rules';
import { DrainBehavior, KeepAliveKind } from './server/descriptor';
import { serverEntries } from './server-ledger';
import {
  type BackendPlan,
  type BackendTimes,
  type BalancerPlan,
  type LedgerEntry,
  LedgerTopic,
  type ModelPlan,
  type Refusal,
  type SharePlan,
} from './serving-plan';
import { replicaUse } from './sidecars';
import { streamEntries } from './stream-ledger';
import { BalancerAccess, Feature, SupportLevel } from './target-profile';

/** The default number of balancer nodes: one in each of two zones. */
const DEFAULT_NODES = 2;

/** The part of a backend's plan that the ledger reads. */
type BackendUse = Pick<BackendPlan, 'intent' | 'autoscaling' | 'models' | 'times' | 'health' | 'blockingRequests'>;

/** Records how the target supports every feature that the definitions use, and refuses unsupported features. */
export class Ledger {
  public readonly entries: LedgerEntry[] = [];

  constructor(
    private readonly intents: PlatformIntents,
    private readonly refusals: Refusal[],
  ) {}

  public addEndpoint(
    endpoint: EndpointIntent,
    attachments: AttachmentIntent[],
    split: SplitIntent | undefined,
    shares: SharePlan[],
  ): void {
    const stickySeconds = split?.stickySeconds;
    const among = stickySeconds === undefined ? '' : ', of new clients';
    const weights = shares.map((share) => share.weight).join(' : ');
    if (shares.length > 1) this.use(endpoint.path, Feature.WEIGHTS, `${weights}${among}`);
    if (stickySeconds !== undefined) this.use(endpoint.path, Feature.STICKY_BACKENDS, `${stickySeconds} s`);
    this.use(endpoint.path, Feature.REQUEST_TIMEOUT);
    const { pathTimes = [] } = endpoint;
    if (pathTimes.length > 0) {
      const times = pathTimes.map(({ path, requestTimeoutSeconds }) => `${path} ${requestTimeoutSeconds} s`);
      this.use(endpoint.path, Feature.PATH_TIMEOUT, times.join(', '));
    }
    if (endpoint.methods.length > 0) {
      this.use(endpoint.path, Feature.METHOD_MATCH);
      this.use(endpoint.path, Feature.METHOD_NOT_ALLOWED);
      this.use(endpoint.path, Feature.ALLOW_HEADER);
    }
    if (endpoint.cors !== undefined) this.use(endpoint.path, Feature.CORS, endpoint.cors.origins.join(', '));
    if (endpoint.headers.length > 0 || (split?.headerRules.length ?? 0) > 0)
      this.use(endpoint.path, Feature.HEADER_MATCH);
    if (split?.headerRules.some((rule) => rule.rewritePath !== undefined))
      this.use(endpoint.path, Feature.PATH_BY_HEADER);
    if (removedBy(endpoint) !== '') {
      this.use(endpoint.path, Feature.STRIP_PREFIX);
      this.addForwardedPrefix(endpoint.path);
    }
    const addresses = new Set(attachments.flatMap(({ address }) => FEATURE_OF_ADDRESS[address] ?? []));
    for (const feature of addresses) this.use(endpoint.path, feature);
    if (addresses.size > 0) this.addAccess(endpoint.path);
    if (attachments.length > 1) this.use(endpoint.path, Feature.FAILOVER);
    if (endpoint.priority !== undefined) this.addPriority(endpoint.path, endpoint.priority);
    this.addTokens(endpoint.path, { hosts: endpoint.hosts.join() });
    const stream = endpoint.protocol && FEATURE_OF_PROTOCOL[endpoint.protocol];
    if (stream !== undefined) this.use(endpoint.path, stream);
  }

  /** Records the hops that must be configured elsewhere. */
  public addHops({ path }: EndpointIntent, balancer: BalancerPlan): void {
    const { behind = [], target } = this.intents;
    const last = behind.filter((hop) => !hop.passesThrough).at(-1);
    if (last !== undefined && balancer.clientIdle === undefined) {
      const least =
        last.serverIdleSeconds === undefined
          ? 'indefinitely'
          : `for at least ${last.serverIdleSeconds + MARGIN_SECONDS} s`;
      this.note(
        path,
        LedgerTopic.OTHER_HOPS,
        SupportLevel.GATEWAY,
        `the gateway must keep idle connections of ${last.name} ${least}`,
      );
    } else if (behind.length > 0) {
      const names = behind.map(({ name }) => name).join(', then ');
      this.add(
        path,
        LedgerTopic.OTHER_HOPS,
        SupportLevel.APPLICATION,
        `${names} must be configured with the declared times`,
      );
    }
    if (last !== undefined && target.replacesForwarded === true) {
      const detail = `${target.name} replaces the forwarded headers of ${last.name}, such as the client address; add its networks to 'trustedProxies' to keep them`;
      this.add(path, LedgerTopic.OTHER_HOPS, SupportLevel.APPLICATION, detail);
    }
    if (target.sidecar !== undefined) {
      this.add(
        path,
        LedgerTopic.OTHER_HOPS,
        SupportLevel.APPLICATION,
        `${target.sidecar.name} must be configured with the declared times, and must not stop before the server has drained`,
      );
    }
  }

  /** Records how the server of a backend supports the streams of its endpoints. */
  public addStreams(backend: BackendIntent, endpoints: EndpointIntent[]): void {
    this.entries.push(...streamEntries(backend, endpoints, this.refusals));
  }

  public addBackend(plan: BackendUse, balancer: BalancerPlan): void {
    const { intent: backend, autoscaling, models, times } = plan;
    this.use(backend.path, FEATURE_OF_BALANCING[backend.loadBalancing]);
    this.addStickiness(plan);
    this.addProtocol(backend);
    this.addTokens(backend.path, {
      ...Object.fromEntries(Object.entries(backend.environment).map(([name, text]) => [`environment.${name}`, text])),
      image: backend.image,
      command: [...backend.server.command, ...(backend.server.args ?? [])].join(' '),
      models: backend.models.map(({ uri, image }) => uri ?? image?.reference).join(' '),
    });
    if (!backend.healthCheck.declared) this.use(backend.path, Feature.DEFAULT_READINESS);
    this.addHealth(plan);
    if (backend.maxConcurrency !== undefined)
      this.use(backend.path, Feature.MAX_CONCURRENCY, `at most ${backend.maxConcurrency}`);
    if (backend.queue !== undefined) this.use(backend.path, Feature.QUEUE, describeQueue(backend.queue));
    this.addCancellation(backend);
    this.addLimits(backend);
    this.addComputeSize(backend);
    if (backend.gpu !== undefined) this.use(backend.path, Feature.GPU, describeGpus(backend.gpu));
    this.addSidecars(backend);
    this.addUser(backend);
    if (backend.cache !== undefined)
      this.use(backend.path, Feature.CACHE_VOLUME, `${backend.cache.volume} at ${backend.cache.path}`);
    const scratch = backend.scratch?.map(({ path, inMemory }) => (inMemory ? `${path} in memory` : path));
    if (scratch !== undefined) this.use(backend.path, Feature.SCRATCH_VOLUME, scratch.join(', '));
    this.addEnvironmentSources(backend);
    this.addModels(backend.path, models);
    if (autoscaling !== undefined) {
      for (const feature of new Set(Object.values(FEATURE_OF_METRIC))) {
        const targets = autoscaling.targets.filter((target) => FEATURE_OF_METRIC[target.metric] === feature);
        const what = targets.map(({ metric, name = metric, value }) => `${name} ${value}`).join(', ');
        if (targets.length > 0) this.use(autoscaling.path, feature, what);
      }
      const { schedules = [], minReplicas } = autoscaling;
      if (schedules.length > 0)
        this.use(autoscaling.path, Feature.SCHEDULES, `${schedules.length} in ${schedules[0]?.timeZone}`);
      if (minReplicas === 0) this.use(autoscaling.path, Feature.SCALE_TO_ZERO);
      this.use(autoscaling.path, Feature.SCALING_DELAY);
    }
    this.addKeepAlive(backend, times, balancer);
    this.addDrain(backend, times);
    this.entries.push(...serverEntries(backend, times, this.intents.target.nodes ?? DEFAULT_NODES));
    const overrides = Object.entries(backend.timeouts ?? {}).filter(([, seconds]) => seconds !== undefined);
    if (overrides.length > 0) {
      const times = overrides.map(([time, seconds]) => `${time.replace(/Seconds$/, '')} ${seconds} s`);
      this.add(
        backend.path,
        LedgerTopic.TIMEOUT_OVERRIDE,
        SupportLevel.NATIVE,
        `set in the definition: ${times.join(', ')}`,
      );
    }
    this.addSettings(backend);
    if (backend.directCallers) {
      this.add(
        backend.path,
        LedgerTopic.DIRECT_CALLERS,
        SupportLevel.APPLICATION,
        `callers that bypass the balancer must stop sending requests to a replica that closes its connection, and retry refused ones; only running requests have the drain of ${times.drain} s`,
      );
    }
  }

  /** Records the settings for single targets, applied or not. */
  private addSettings({ path, targetSettings = [], patches = [] }: BackendIntent): void {
    for (const { name, platform, options, applies, isDefault = false } of targetSettings) {
      if (options.length === 0) continue;
      const what = `${name}: ${options.join(', ')}`;
      if (!applies)
        this.add(
          path,
          LedgerTopic.TARGET_SETTINGS,
          SupportLevel.NOT_APPLIED,
          `${what}; only for platform '${platform}'`,
        );
      else {
        const detail = isDefault ? `${what}; defaults of the platform` : what;
        this.add(path, LedgerTopic.TARGET_SETTINGS, SupportLevel.NATIVE, detail);
      }
    }
    for (const { option, field, replaces, rules = [] } of patches) {
      const effect = replaces === undefined ? '' : `; replaces ${replaces}`;
      const broken = rules.length === 0 ? '' : `, without the rules ${rules.join(', ')}`;
      this.add(path, LedgerTopic.PATCH, SupportLevel.NATIVE, `${option}.${field}${effect}${broken}`);
    }
  }

  /** Records the images that the target provides for these models and for the endpoints. */
  public addImages(models: ModelPlan[]): void {
    this.entries.push(...imageEntries(this.intents.target, this.intents.endpoints, models));
  }

  /** Records the support of the target for a feature, and refuses it if it is not supported. */
  public use(path: string, feature: Feature, what?: string): void {
    const { level, detail } = capabilityOf(this.intents.target, feature);
    this.note(path, feature, level, what === undefined ? detail : `${what}: ${detail}`);
    if (level === SupportLevel.REFUSED) {
      refuse(
        this.refusals,
        'Unsupported',
        path,
        `'${feature}' is not supported by ${this.intents.target.name}: ${detail}`,
      );
    }
  }

  /** Records an entry, and with 'strict' refuses what is left to the gateway. */
  private note(path: string, feature: Feature | LedgerTopic, level: SupportLevel, detail: string): void {
    this.add(path, feature, level, detail);
    if (level === SupportLevel.GATEWAY && this.intents.strict) {
      refuse(
        this.refusals,
        'LeftToGateway',
        path,
        `'${feature}' is left to the gateway, which 'strict' forbids: ${detail}`,
      );
    }
  }

  /** Records that clients keep their replica, and that new replicas get none of them. */
  private addStickiness({ intent: { path, stickySeconds }, autoscaling }: BackendUse): void {
    if (stickySeconds === undefined) return;
    const added = autoscaling === undefined ? '' : ', and added replicas get new clients only';
    this.use(path, Feature.STICKY_REPLICAS, `${stickySeconds} s${added}`);
  }

  /** Records whether requests end with the connection of their client, and why. Only a setting can be refused. */
  private addCancellation(backend: BackendIntent): void {
    const { path, cancelOnDisconnect } = backend;
    const { level, detail } = capabilityOf(this.intents.target, Feature.CANCELLATION);
    const entry = cancellationEntry(this.intents.target, backend);
    if (entry !== undefined) this.entries.push(entry);
    else if (cancelOnDisconnect !== undefined) this.use(path, Feature.CANCELLATION, String(cancelOnDisconnect));
    else
      this.add(path, Feature.CANCELLATION, level === SupportLevel.REFUSED ? SupportLevel.APPLICATION : level, detail);
  }

  /** Records a protocol other than HTTP/1.1, and that the application must support it if its server does not declare it. */
  private addProtocol(backend: BackendIntent): void {
    const feature = FEATURE_OF_SERVER_PROTOCOL[backend.protocol];
    if (feature === undefined) return;
    this.use(backend.path, feature);
    if (supportsProtocol(backend) !== undefined) return;
    const { name } = backend.server.descriptor;
    const detail = `${name} must accept ${backend.protocol} without TLS on port ${backend.port}; its descriptor does not specify whether it does`;
    this.add(backend.path, feature, SupportLevel.APPLICATION, detail);
  }

  private addHealth(plan: BackendUse): void {
    const { path, healthCheck } = plan.intent;
    const { host, initialDelaySeconds, startup, liveness } = healthCheck;
    if (host !== undefined) this.use(path, Feature.HEALTH_CHECK_HOST, host);
    if (initialDelaySeconds !== undefined) this.use(path, Feature.INITIAL_DELAY, `${initialDelaySeconds} s`);
    if (startup !== undefined) this.use(path, Feature.STARTUP_CHECK, startup.path);
    if (liveness !== undefined) this.use(path, Feature.LIVENESS_CHECK, liveness.path);
    const { smokeTest } = plan.intent;
    if (smokeTest !== undefined)
      this.use(path, Feature.SMOKE_TEST, `${smokeTest.method} ${smokeTest.path} within ${smokeTest.timeoutSeconds} s`);
    this.entries.push(...healthEntries(this.intents.target, plan));
  }

  /** Records how servers get the removed path. A target that cannot leaves it to the application, and refuses nothing. */
  private addForwardedPrefix(path: string): void {
    const { level, detail } = capabilityOf(this.intents.target, Feature.FORWARDED_PREFIX);
    const isLeft = level === SupportLevel.REFUSED;
    this.note(path, Feature.FORWARDED_PREFIX, isLeft ? SupportLevel.APPLICATION : level, detail);
  }

  /** Records the limits that exceed what is reserved. */
  private addLimits({ path, cpu, cpuLimit = cpu, memoryMib, memoryLimitMib }: BackendIntent): void {
    if (cpuLimit > cpu) this.use(path, Feature.CPU_LIMIT, `${cpu} to ${cpuLimit} vCPUs`);
    if (memoryLimitMib > memoryMib)
      this.use(path, Feature.MEMORY_LIMIT, `${Math.ceil(memoryMib)} to ${Math.ceil(memoryLimitMib)} MiB`);
  }

  /** Records the sidecars. */
  private addSidecars({ path, sidecars = [] }: BackendIntent): void {
    if (sidecars.length > 0) this.use(path, Feature.SIDECARS, sidecars.map(({ name }) => name).join(', '));
    for (const { name, environment } of sidecars) {
      const texts = Object.entries(environment).map(([variable, text]) => [
        `sidecars.${name}.environment.${variable}`,
        text,
      ]);
      this.addTokens(path, Object.fromEntries(texts));
    }
  }

  /** Records a size of the compute that is larger than what the definition reserves. */
  private addComputeSize(backend: BackendIntent): void {
    const { path, compute = 'the compute' } = backend;
    const { cpu, cpuLimit = cpu, memoryLimitMib } = replicaUse(backend);
    const { computeCpu = cpuLimit, computeMemoryMib = memoryLimitMib } = backend;
    if (computeCpu <= cpuLimit && computeMemoryMib <= memoryLimitMib) return;
    const size = (cpus: number, mib: number): string => `${cpus} vCPUs and ${Math.ceil(mib)} MiB`;
    const detail = `${compute} runs and bills a replica with ${size(computeCpu, computeMemoryMib)}, the next size for ${size(cpuLimit, memoryLimitMib)}`;
    this.add(path, LedgerTopic.COMPUTE_SIZE, SupportLevel.APPROXIMATED, detail);
  }

  /** Records the user of a container: what is known of its image, or what an unknown image must hold. */
  private addUser(backend: BackendIntent): void {
    const { target } = this.intents;
    const { level, detail } = capabilityOf(target, Feature.IMAGE_USER);
    const entry = userEntry(backend, userOf(backend, target));
    if (backend.user !== undefined || level === SupportLevel.REFUSED) {
      this.add(backend.path, Feature.IMAGE_USER, entry.level, entry.detail);
    } else {
      this.add(backend.path, Feature.IMAGE_USER, level, `${entry.detail}: ${detail}`);
    }
  }

  /** Records sources of variables that are unknown here, and the variables that would change how the server is started. */
  private addEnvironmentSources({ path, environmentSources = [], environment, server }: BackendIntent): void {
    if (environmentSources.length === 0) return;
    const names = Object.keys(server.reservedVariables ?? {}).filter((name) => !Object.hasOwn(environment, name));
    const must = names.length === 0 ? '' : `; they must not contain ${names.join(', ')}`;
    const detail = `${environmentSources.join(', ')}: variables of the definition and of the server take precedence${must}`;
    this.add(path, LedgerTopic.ENVIRONMENT_SOURCES, SupportLevel.APPLICATION, detail);
  }

  private addModels(path: string, models: ModelPlan[]): void {
    for (const feature of new Set(models.map(({ delivery }) => FEATURE_OF_DELIVERY[delivery]))) {
      if (feature !== undefined) this.use(path, feature);
    }
    const files = models.filter(({ delivery, intent }) => isTransferred(delivery) && isBesideImage(intent));
    if (files.length > 0) this.use(path, Feature.MODEL_FILE, files.map(({ intent }) => intent.mountPath).join(', '));
    if (models.some(({ intent }) => intent.publish !== undefined)) this.use(path, Feature.MODEL_PUBLISH);
    for (const { intent } of models.filter(({ intent }) => intent.checked === false)) {
      const detail = `${intent.name}: fetched files are not compared with the digests of the lock file, because the directory has empty directories or too many files; remove the empty directories, or publish to a registry`;
      this.add(path, LedgerTopic.MODEL_CHECK, SupportLevel.APPROXIMATED, detail);
    }
    for (const { intent } of models) {
      if (intent.drift === undefined) continue;
      const detail = `${intent.name}: the locked files are used, but the directory differs: ${intent.drift.join(', ')}`;
      this.add(path, LedgerTopic.MODEL_DRIFT, SupportLevel.APPROXIMATED, detail);
    }
  }

  /** Records unresolved tokens, unless the target resolves them natively. */
  private addTokens(path: string, props: { readonly [prop: string]: string | undefined }): void {
    if (capabilityOf(this.intents.target, Feature.TOKENS).level === SupportLevel.NATIVE) return;
    const unresolved = Object.keys(props).filter((prop) => isUnresolved(props[prop] ?? ''));
    if (unresolved.length > 0) this.use(path, Feature.TOKENS, unresolved.join(', '));
  }

  private addPriority(path: string, priority: number): void {
    if (this.intents.target.rules === undefined) {
      this.add(
        path,
        LedgerTopic.PRIORITY,
        SupportLevel.APPROXIMATED,
        `${priority}: ignored, because routes have no priorities on this target; the most specific host, path and conditions match first`,
      );
    } else this.add(path, LedgerTopic.PRIORITY, SupportLevel.NATIVE, `${priority}: the priority of the first rule`);
  }

  /** Records who can reach the own addresses of backends, including those without a share, unless the balancer is internal. */
  private addAccess(path: string): void {
    const { behind = [], target } = this.intents;
    const reach = 'can reach every backend by its own address, even at weight 0';
    if (target.access === BalancerAccess.PUBLIC) {
      this.add(path, LedgerTopic.ACCESS, SupportLevel.NATIVE, `public: any client ${reach}`);
    } else if (target.access === BalancerAccess.UNKNOWN || behind.length > 0) {
      const detail = `any client of ${target.name} ${reach}; set 'ownAddress' to OwnAddress.NONE if it is public`;
      this.add(path, LedgerTopic.ACCESS, SupportLevel.GATEWAY, detail);
    }
  }

  private addDrain(backend: BackendIntent, times: BackendTimes): void {
    const { declared = true, drain, name, note } = backend.server.descriptor;
    const [level, detail] = !declared
      ? [
          SupportLevel.APPLICATION,
          `the behavior of the server on SIGTERM is not declared; the plan assumes that it drops its requests and delays SIGTERM until they have ended`,
        ]
      : drain === DrainBehavior.DROPS_REQUESTS
        ? [SupportLevel.EMULATED, `${name} drops requests on SIGTERM, which is therefore delayed until they have ended`]
        : [SupportLevel.NATIVE, `${name} completes running requests within ${times.drain} s`];
    this.add(backend.path, Feature.DRAIN, level, note === undefined ? detail : `${detail}; ${note}`);
  }

  private addKeepAlive(backend: BackendIntent, times: BackendTimes, balancer: BalancerPlan): void {
    const { descriptor } = backend.server;
    switch (times.closeEach ? KeepAliveKind.FIXED : descriptor.keepAlive) {
      case KeepAliveKind.SETTABLE:
      case KeepAliveKind.CAPPED:
        this.add(
          backend.path,
          Feature.KEEP_ALIVE,
          SupportLevel.NATIVE,
          times.keepAlive === 0
            ? `${descriptor.name} keeps idle connections`
            : `${descriptor.name} keeps idle connections for ${times.keepAlive} s`,
        );
        break;
      case KeepAliveKind.UNKNOWN:
        this.add(
          backend.path,
          Feature.KEEP_ALIVE,
          SupportLevel.APPLICATION,
          `the server must keep idle connections for at least ${balancer.idle + MARGIN_SECONDS} s`,
        );
        break;
      default:
        this.add(
          backend.path,
          Feature.KEEP_ALIVE,
          times.closeEach ? SupportLevel.EMULATED : SupportLevel.NATIVE,
          times.closeEach
            ? `${descriptor.name} closes idle connections after ${times.keepAlive} s, so the balancer closes each one after its response`
            : `${descriptor.name}: ${descriptor.keepAlive}`,
        );
    }
  }

  private add(path: string, feature: Feature | LedgerTopic, level: SupportLevel, detail: string): void {
    this.entries.push({ path, feature, level, detail });
  }
}

function describeQueue({ maxRequests, timeoutSeconds }: QueueIntent): string {
  const waiting = maxRequests === undefined ? 'any number waiting' : `at most ${maxRequests} waiting`;
  return timeoutSeconds === undefined ? waiting : `${waiting}, for at most ${timeoutSeconds} s`;
}
