import { App, Chart } from 'cdk8s';
import { ecsProfile } from '../../../src/aws/profile';
import type { ServingEndpointProps } from '../../../src/constructs/endpoint-options';
import { Intermediary } from '../../../src/constructs/intermediary';
import { ServingEndpoint } from '../../../src/constructs/serving-endpoint';
import type { ServingPlatformProps } from '../../../src/constructs/serving-platform';
import { KubernetesPlatform, type KubernetesPlatformProps } from '../../../src/kubernetes';
import type { ServingPlan } from '../../../src/plan/plan';
import { MARGIN_SECONDS } from '../../../src/plan/rules';
import type { BackendPlan } from '../../../src/plan/serving-plan';
import { DrainOrder, Feature, SupportLevel, type TargetProfile } from '../../../src/plan/target-profile';
import { Duration } from '../../../src/units/duration';
import { HealthCheck } from '../../../src/workload/health-check';
import { backendOptions, testPlatform } from '../../support/definitions';
import { EVERYTHING } from '../../support/test-platform';
import type { ServerStart } from '../support/server-process';
import { APPS, type ChainServer, programsOf } from './servers';

/** The times that an endpoint and a proxy are configured with, in seconds. */
export interface Asked {
  /** The longest request. */
  readonly longest: number;
  /** How long an idle connection to a server is kept, if that can be configured. */
  readonly idle: number;
  /** How long an idle connection of a client is kept, if that can be configured. */
  readonly clientIdle?: number;
  /** How long an nginx in front of the proxy keeps an idle connection to it. @default - no nginx in front */
  readonly frontIdle?: number;
}

/** The port of every server. */
export const PORT = 8000;

/** How a replica is stopped, in seconds. */
export interface Ending {
  /** From the removal to the signal. */
  readonly wait: number;
  /** From the signal to the kill. */
  readonly kill: number;
}

/** One server behind one proxy, from a plan and its rendered output. */
export interface Ladder {
  readonly server: ChainServer;
  readonly plan: ServingPlan;
  readonly backend: BackendPlan;
  readonly start: ServerStart;
  readonly ending: Ending;
  readonly order: DrainOrder;
  /** The rendered manifests, if the target is Kubernetes. */
  readonly manifests: readonly Manifest[];
}

export interface Manifest {
  readonly kind: string;
  // biome-ignore lint/suspicious/noExplicitAny: manifests are read like parsed YAML
  readonly spec: any;
}

function propsOf({ longest }: Asked): ServingEndpointProps {
  return { requestTimeout: Duration.seconds(longest) };
}

/** nginx in front, which waits for silent servers exactly as long as the rules require. */
function behind({ frontIdle, longest }: Asked): Pick<ServingPlatformProps, 'behind'> {
  if (frontIdle === undefined) return {};
  const [upstreamKeepaliveTimeout, readTimeout] = [frontIdle, longest + MARGIN_SECONDS].map(Duration.seconds);
  return { behind: [Intermediary.nginx({ upstreamKeepaliveTimeout, readTimeout })] };
}

/** nginx as a target: every time can be configured, its read timeout limits silence only, and it is reloaded when replicas change. */
export function nginxProfile({ idle, clientIdle }: Asked, propagationSeconds: number): TargetProfile {
  return {
    name: 'nginx',
    maxWeight: 1000,
    idle: { min: 1, max: 3600, defaultSeconds: idle, cutsSilence: false, canCloseEach: true },
    clientIdleSeconds: clientIdle,
    drainOrder: DrainOrder.TOGETHER,
    propagationSeconds,
    requestTimeout: true,
    capabilities: EVERYTHING.map((one) =>
      one.feature === Feature.REQUEST_TIMEOUT ? { ...one, level: SupportLevel.APPROXIMATED } : one,
    ),
  };
}

/** The ladder that is rendered for Kubernetes. */
export function kubernetesLadder(server: ChainServer, asked: Asked, props: KubernetesPlatformProps): Ladder {
  const chart = new Chart(new App(), 'chain');
  const platform = new KubernetesPlatform(chart, 'Platform', { ...props, ...behind(asked) });
  const endpoint = new ServingEndpoint(chart, 'chain', propsOf(asked));
  const { node } = endpoint.addBackend('v1', optionsOf(server));
  const manifests: Manifest[] = chart.toJson();
  const pods = manifests.flatMap(({ kind, spec }) => (kind === 'Deployment' ? [spec.template.spec] : []));
  const pod = pods.find(({ containers }) => containers[0].name === 'server');
  const [container] = pod.containers;
  const wait = container.lifecycle.preStop.sleep.seconds;
  const environment = (container.env as { name: string; value: string }[]).map(({ name, value }) => [name, value]);
  return {
    ...laddered(server, platform.plan(), node.path),
    start: startOf(server, container.command, Object.fromEntries(environment)),
    ending: { wait, kill: pod.terminationGracePeriodSeconds - wait },
    order: DrainOrder.TOGETHER,
    manifests,
  };
}

/** The ladder for a target profile: in the order of Kubernetes or, with a deregistration, of ECS. */
export function profileLadder(server: ChainServer, asked: Asked, target: TargetProfile): Ladder {
  const platform = testPlatform({ target, ...behind(asked) });
  const endpoint = new ServingEndpoint(platform, 'chain', propsOf(asked));
  const { node } = endpoint.addBackend('v1', optionsOf(server));
  platform.synthesize();
  const { command, environment, times } = platform.plan().backend(node.path);
  const together = target.drainOrder === DrainOrder.TOGETHER;
  return {
    ...laddered(server, platform.plan(), node.path),
    start: startOf(server, command, environment),
    ending: { wait: together ? times.preStop : times.deregistration, kill: times.stop },
    order: target.drainOrder,
    manifests: [],
  };
}

/** The ladder for ECS. */
export function ecsLadder(server: ChainServer, asked: Asked): Ladder {
  return profileLadder(server, asked, ecsProfile(100));
}

/** The same without a ladder: the defaults of the server, and a stop without a wait. */
export function withoutLadder(ladder: Ladder): Ladder {
  const { command, commandTail = [] } = ladder.backend.intent.server;
  return {
    ...ladder,
    start: { ...ladder.start, command: [...command, ...commandTail] },
    ending: { wait: 0, kill: 30 },
  };
}

/** The same with another keep-alive of the server, set with the same flag. */
export function withKeepAlive(ladder: Ladder, seconds: number): Ladder {
  const { command } = ladder.start;
  const at = command.indexOf(ladder.server.keepAliveFlag);
  if (at < 0) throw new Error(`'${command.join(' ')}' has no ${ladder.server.keepAliveFlag}`);
  const changed = [...command.slice(0, at + 1), String(seconds), ...command.slice(at + 2)];
  return { ...ladder, start: { ...ladder.start, command: changed } };
}

function optionsOf({ server }: ChainServer) {
  return backendOptions({ server, port: PORT, replicas: 2, healthCheck: HealthCheck.http('/') });
}

function laddered(server: ChainServer, plan: ServingPlan, path: string): Pick<Ladder, 'server' | 'plan' | 'backend'> {
  if (plan.refusals.length > 0) throw new Error(plan.refusals.map(({ message }) => message).join('\n'));
  return { server, plan, backend: plan.backend(path) };
}

function startOf(server: ChainServer, command: string[], environment: Record<string, string>): ServerStart {
  return { command, environment, port: PORT, programs: programsOf(server), folder: APPS, init: server.init };
}
