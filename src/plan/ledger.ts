import { isUnresolved } from '../private/tokens';
import { capabilityOf } from './capabilities';
import {
  FEATURE_OF_ADDRESS,
  FEATURE_OF_BALANCING,
  FEATURE_OF_DELIVERY,
  FEATURE_OF_METRIC,
  FEATURE_OF_PROTOCOL,
} from './features';
import { imageEntries } from './image-ledger';
import type { AttachmentIntent, BackendIntent, EndpointIntent, PlatformIntents, SplitIntent } from './intents';
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
import { streamEntries } from './stream-ledger';
import { BalancerAccess, Feature, SupportLevel } from './target-profile';

/** The nodes of a balancer of which nobody says how many there are: one in each of two zones. */
const STANDARD_NODES = 2;

/** What the ledger reads of the plan of a backend. */
type BackendUse = Pick<BackendPlan, 'intent' | 'autoscaling' | 'models' | 'times'>;

/** Collects what became of every feature that the definitions use, and refuses what the target cannot do. */
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
    if (shares.length > 1) this.use(endpoint.path, Feature.WEIGHTS, shares.map((share) => share.weight).join(' : '));
    this.use(endpoint.path, Feature.REQUEST_TIMEOUT);
    if (endpoint.methods.length > 0) {
      this.use(endpoint.path, Feature.METHOD_MATCH);
      this.use(endpoint.path, Feature.METHOD_NOT_ALLOWED);
      this.use(endpoint.path, Feature.ALLOW_HEADER);
    }
    if (endpoint.headers.length > 0 || (split?.headerRules.length ?? 0) > 0)
      this.use(endpoint.path, Feature.HEADER_MATCH);
    if (split?.headerRules.some((rule) => rule.rewritePath !== undefined))
      this.use(endpoint.path, Feature.PATH_BY_HEADER);
    if (endpoint.stripPrefix && endpoint.prefix !== '/') this.use(endpoint.path, Feature.STRIP_PREFIX);
    const addresses = new Set(attachments.flatMap(({ address }) => FEATURE_OF_ADDRESS[address] ?? []));
    for (const feature of addresses) this.use(endpoint.path, feature);
    if (addresses.size > 0) this.addAccess(endpoint.path);
    if (attachments.length > 1) this.use(endpoint.path, Feature.FAILOVER);
    if (endpoint.priority !== undefined) this.addPriority(endpoint.path, endpoint.priority);
    this.addTokens(endpoint.path, { hosts: endpoint.hosts.join(), path: endpoint.prefix });
    const stream = endpoint.protocol && FEATURE_OF_PROTOCOL[endpoint.protocol];
    if (stream !== undefined) this.use(endpoint.path, stream);
  }

  /** Says who has to see to the hops that nothing here configures. */
  public addHops({ path }: EndpointIntent, balancer: BalancerPlan): void {
    const { behind = [], target } = this.intents;
    const last = behind.filter((hop) => !hop.passesThrough).at(-1);
    if (last !== undefined && balancer.clientIdle === undefined) {
      const least =
        last.serverIdleSeconds === undefined ? 'for ever' : `for at least ${last.serverIdleSeconds + MARGIN_SECONDS} s`;
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
        `${names} must have the times that were declared`,
      );
    }
    if (last !== undefined && target.replacesForwarded === true) {
      const detail = `${target.name} replaces the forwarded headers of ${last.name}, such as the address of the client; name its networks in 'trustedProxies' to keep them`;
      this.add(path, LedgerTopic.OTHER_HOPS, SupportLevel.APPLICATION, detail);
    }
    if (target.sidecar !== undefined) {
      this.add(
        path,
        LedgerTopic.OTHER_HOPS,
        SupportLevel.APPLICATION,
        `${target.sidecar.name} must have the times that were declared, and stay until the server has drained`,
      );
    }
  }

  /** Says what the server of a backend makes of the streams of its endpoints. */
  public addStreams(backend: BackendIntent, endpoints: EndpointIntent[]): void {
    this.entries.push(...streamEntries(backend, endpoints, this.refusals));
  }

  public addBackend(plan: BackendUse, balancer: BalancerPlan): void {
    const { intent: backend, autoscaling, models, times } = plan;
    this.use(backend.path, FEATURE_OF_BALANCING[backend.loadBalancing]);
    this.addTokens(backend.path, {
      ...Object.fromEntries(Object.entries(backend.environment).map(([name, text]) => [`environment.${name}`, text])),
      image: backend.image,
      command: backend.server.command.join(' '),
      models: backend.models.map(({ uri, image }) => uri ?? image?.reference).join(' '),
    });
    if (!backend.healthCheck.declared) this.use(backend.path, Feature.DEFAULT_READINESS);
    if (backend.maxConcurrency !== undefined)
      this.use(backend.path, Feature.MAX_CONCURRENCY, `at most ${backend.maxConcurrency}`);
    if (backend.gpu !== undefined)
      this.use(backend.path, Feature.GPU, `${backend.gpu.count} x ${backend.gpu.resourceName}`);
    this.addUser(backend);
    this.addModels(backend.path, models);
    if (autoscaling !== undefined) {
      for (const feature of [Feature.AUTOSCALING, Feature.REQUEST_SCALING]) {
        const targets = autoscaling.targets.filter((target) => FEATURE_OF_METRIC[target.metric] === feature);
        const what = targets.map((target) => `${target.metric} ${target.value}`).join(', ');
        if (targets.length > 0) this.use(autoscaling.path, feature, what);
      }
      this.use(autoscaling.path, Feature.SCALING_DELAY);
    }
    this.addKeepAlive(backend, times, balancer);
    this.addDrain(backend, times);
    this.entries.push(...serverEntries(backend, times, this.intents.target.nodes ?? STANDARD_NODES));
    const set = Object.entries(backend.timeouts ?? {}).filter(([, seconds]) => seconds !== undefined);
    if (set.length > 0) {
      const words = set.map(([time, seconds]) => `${time.replace(/Seconds$/, '')} ${seconds} s`);
      this.add(backend.path, LedgerTopic.TIMEOUT_OVERRIDE, SupportLevel.NATIVE, `set by hand: ${words.join(', ')}`);
    }
    if (backend.directCallers) {
      this.add(
        backend.path,
        LedgerTopic.DIRECT_CALLERS,
        SupportLevel.APPLICATION,
        `who calls a replica around the balancer must stop when it closes the connection, and send again what it refuses; the drain of ${times.drain} s is for what is running`,
      );
    }
  }

  /** Lists the images that the target brings for these models and for the endpoints. */
  public addImages(models: ModelPlan[]): void {
    this.entries.push(...imageEntries(this.intents.target, this.intents.endpoints, models));
  }

  /** Writes an entry with the target's own words, and refuses what it cannot do. */
  public use(path: string, feature: Feature, what?: string): void {
    const { level, detail } = capabilityOf(this.intents.target, feature);
    this.note(path, feature, level, what === undefined ? detail : `${what}: ${detail}`);
    if (level === SupportLevel.REFUSED) {
      refuse(
        this.refusals,
        'Unsupported',
        path,
        `'${feature}' is not possible on ${this.intents.target.name}: ${detail}`,
      );
    }
  }

  /** Writes an entry, and refuses what is left to a gateway where that is forbidden. */
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

  /** Says which user a container has where the definition names none. A target that lists the feature takes the image's. */
  private addUser({ path, user, image: reference, server: { descriptor } }: BackendIntent): void {
    const { image } = descriptor;
    if (user !== undefined) return;
    if (capabilityOf(this.intents.target, Feature.IMAGE_USER).level !== SupportLevel.REFUSED) {
      const isOwn = image !== undefined && isOf(image.repository, reference);
      this.use(path, Feature.IMAGE_USER, isOwn ? `${image.repository} runs as ${image.user}` : undefined);
    } else if (image?.user === 'root') {
      const detail = `${image.repository} runs as root; where the target wants another user, the image must let it read and write what the server needs`;
      this.add(path, Feature.IMAGE_USER, SupportLevel.APPLICATION, detail);
    }
  }

  private addModels(path: string, models: ModelPlan[]): void {
    for (const feature of new Set(models.map(({ delivery }) => FEATURE_OF_DELIVERY[delivery]))) {
      if (feature !== undefined) this.use(path, feature);
    }
    if (models.some(({ intent }) => intent.publish !== undefined)) this.use(path, Feature.MODEL_PUBLISH);
    for (const { intent } of models) {
      if (intent.drift === undefined) continue;
      const detail = `${intent.name}: what is locked is used; the directory differs in ${intent.drift.join(', ')}`;
      this.add(path, LedgerTopic.MODEL_DRIFT, SupportLevel.APPROXIMATED, detail);
    }
  }

  /** Texts that only CDK can fill in are news where it does not do so by itself. */
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
        `${priority}: routes have no numbers here; host, path and conditions decide`,
      );
    } else this.add(path, LedgerTopic.PRIORITY, SupportLevel.NATIVE, `${priority}: the number of the first rule`);
  }

  /** Says who can reach backends by their own addresses, those without a share too, where that is not the network's own. */
  private addAccess(path: string): void {
    const { behind = [], target } = this.intents;
    const reach = 'reaches a backend by its own address, also at weight 0';
    if (target.access === BalancerAccess.PUBLIC) {
      this.add(path, LedgerTopic.ACCESS, SupportLevel.NATIVE, `public: every client ${reach}`);
    } else if (target.access === BalancerAccess.UNKNOWN || behind.length > 0) {
      const detail = `the clients of ${target.name} are not known here, and each of them ${reach}; set 'ownAddress' to OwnAddress.NONE where it is public`;
      this.add(path, LedgerTopic.ACCESS, SupportLevel.GATEWAY, detail);
    }
  }

  private addDrain(backend: BackendIntent, times: BackendTimes): void {
    const { declared = true, drain, name, note } = backend.server.descriptor;
    const waits = 'so the signal waits until they have ended';
    const [level, detail] = !declared
      ? [
          SupportLevel.APPLICATION,
          `nobody declared what the server does when it is stopped; it is taken to drop its requests, ${waits}`,
        ]
      : drain === DrainBehavior.DROPS_REQUESTS
        ? [SupportLevel.EMULATED, `${name} drops requests when it is stopped, ${waits}`]
        : [SupportLevel.NATIVE, `${name} finishes running requests within ${times.drain} s`];
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
            ? `${descriptor.name} closes idle connections after ${times.keepAlive} s, so the balancer ends each after its response`
            : `${descriptor.name}: ${descriptor.keepAlive}`,
        );
    }
  }

  private add(path: string, feature: Feature | LedgerTopic, level: SupportLevel, detail: string): void {
    this.entries.push({ path, feature, level, detail });
  }
}

/** Whether an image is of this repository, whichever its tag or digest. */
function isOf(repository: string, image = ''): boolean {
  return image.replace(/^docker\.io\//, '').split(/[:@]/)[0] === repository;
}
