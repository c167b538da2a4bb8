/**
 * Writes `docs/timeouts.md`: how timeouts are computed, with the rules and the times of known hops from the data that the
 * plan computes with. With `--check` it writes nothing and fails when the page differs.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ecsProfile } from '../src/aws/profile';
import { QUOTAS } from '../src/aws/quotas';
import { Intermediary } from '../src/constructs/intermediary';
import { Gateway, GatewayProfile } from '../src/kubernetes';
import { routerProfile } from '../src/kubernetes/private/router/profile';
import type { HopIntent } from '../src/plan/intents';
import { MARGIN_SECONDS, RuleKind, TIMEOUT_RULES, type TimeoutRule } from '../src/plan/rules';
import type { TargetProfile } from '../src/plan/target-profile';
import { limitsSilence, limitsWholeRequests } from '../src/plan/timeouts/route-limits';
import { OPTION_TYPES } from '../src/private/option-types';
import { Duration } from '../src/units/duration';

const PAGE = join(resolve(__dirname, '..'), 'docs/timeouts.md');

const HOPS: readonly HopIntent[] = [
  Intermediary.cloudFront(),
  Intermediary.applicationLoadBalancer(),
  Intermediary.networkLoadBalancer(),
  Intermediary.nginx(),
  Intermediary.envoy(),
  Intermediary.istioSidecar(),
  Intermediary.haproxy({ clientTimeout: Duration.minutes(1), serverTimeout: Duration.minutes(1) }),
].map((hop) => hop._intent());

/** The factories of `Intermediary` that take times, each with the interface of them. */
const FACTORIES = {
  cloudFront: 'CloudFrontTimes',
  applicationLoadBalancer: 'ApplicationLoadBalancerTimes',
  networkLoadBalancer: 'NetworkLoadBalancerTimes',
  nginx: 'NginxTimes',
  envoy: 'EnvoyTimes',
  haproxy: 'HaproxyTimes',
  of: 'IntermediaryTimes',
};

const TARGETS: readonly TargetProfile[] = [
  ecsProfile(QUOTAS.rulesPerLoadBalancer.value),
  routerProfile(30),
  ...Object.values(GatewayProfile).map((profile) => Gateway.fromName('gateway', { profile })._target()),
];

/** A file that a test runs. */
const EXAMPLE = `\`\`\`ts
// behind.ts
import { App, Chart } from 'cdk8s';
import { Duration, Intermediary, kubernetes, ModelServer, ServerImage, ServingEndpoint } from 'serving-constructs';

const app = new App();
const chart = new Chart(app, 'serving');
new kubernetes.KubernetesPlatform(chart, 'Platform', {
  behind: [
    Intermediary.cloudFront({ responseTimeout: Duration.seconds(70) }),
    Intermediary.applicationLoadBalancer({ idleTimeout: Duration.seconds(70) }),
  ],
  router: { trustedProxies: ['10.0.0.0/16'] }, // the network of the load balancer, whose forwarded headers are kept
  sidecar: Intermediary.istioSidecar(),
});
new ServingEndpoint(chart, 'sentiment', { requestTimeout: Duration.seconds(60) }).addBackend('v1', {
  image: ServerImage.fromRegistry('acme/sentiment:1.4.2'),
  server: ModelServer.uvicorn({ app: 'app:app' }),
});
app.synth();
\`\`\`
`.split('\n');

const KINDS: { readonly [kind in RuleKind]: string } = {
  [RuleKind.GIVEN]: 'input',
  [RuleKind.RELATION]: 'checked',
  [RuleKind.CHOICE]: 'by design',
};

const time = (seconds: number | undefined): string => (seconds === undefined ? '-' : `${seconds} s`);

function table(headings: string[], rows: string[][]): string[] {
  const line = (cells: string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(headings), line(headings.map(() => '---')), ...rows.map(line), ''];
}

function link(source: string): string {
  return source.startsWith('https://') ? `<${source}>` : source;
}

function ruleRow([id, rule]: [string, TimeoutRule]): string[] {
  return [
    id,
    rule.sentence,
    `${KINDS[rule.kind]}${rule.choice === undefined ? '' : `: ${rule.choice}`}`,
    link(rule.source),
  ];
}

function idleRange({ idle }: TargetProfile): string {
  if (idle.settable === false) return `${idle.defaultSeconds} s, not configurable`;
  return `${idle.min} to ${idle.max} s, ${idle.defaultSeconds} s unless more is needed`;
}

/** The page. */
export function renderTimeoutsPage(): string {
  return [
    '# Timeouts',
    '',
    'A request passes several hops: the client, optionally a CDN and a load balancer, the balancer of the platform, optionally a',
    'sidecar, and the server. Each hop has its own timers, and requests are lost if two of them fire in the wrong order. You set',
    'one number, `requestTimeout`, and `streaming` for responses in parts. Every timer that the library renders follows from them,',
    'and every chain is validated against the rules below.',
    '',
    '- `serving explain` prints the most important times.',
    '- `serving explain timeouts` prints all: for each endpoint, what clients and the hops in front need; for each backend, every',
    '  value with its rule and its slack. The slack is the number of seconds by which the value can change before the rule breaks.',
    '- `serving explain hops` lists the times of each hop, `serving explain rules` the rules.',
    '',
    'The command exits with 1 if something is refused. `--format json` prints the plan (`ServingPlan` in the API).',
    '',
    'This page is generated from `src/plan/rules.ts`, `src/constructs/intermediary.ts` and the profiles of the targets by',
    '`npx tsx scripts/timeouts-page.ts`.',
    '',
    '## Hops in front of the balancer',
    '',
    'The library configures the servers and the balancer of its platform. Declare every other hop with its times; a time that is',
    'left out has the default of the product:',
    '',
    ...EXAMPLE,
    'From the client to the server, each hop is compared with the next (rules R6, E4, E1, R1). If a declared time breaks a rule,',
    'the error states the value that it needs; the library never changes a declared time.',
    '',
    ...table(
      ['hop', 'idle timeout, client side', 'idle timeout, server side', 'silence timeout', 'request timeout', 'source'],
      HOPS.map((hop) => [
        `${hop.name}${hop.name === 'HAProxy' ? ', with timeouts of 60 s' : ''}`,
        time(hop.clientIdleSeconds),
        hop.passesThrough ? 'forwards bytes' : time(hop.serverIdleSeconds),
        time(hop.silenceSeconds),
        time(hop.requestSeconds),
        link(hop.source ?? '-'),
      ]),
    ),
    'The times of each factory; `of` declares any other proxy:',
    '',
    ...table(
      ['factory', 'options'],
      Object.entries(FACTORIES).map(([name, times]) => [
        `\`Intermediary.${name}\``,
        Object.keys(OPTION_TYPES[times] ?? {})
          .map((option) => `\`${option}\``)
          .join(', '),
      ]),
    ),
    'The balancers of the platforms:',
    '',
    ...table(
      [
        'balancer',
        'idle timeout',
        'ends silent requests',
        'ends requests with data',
        'idle timeout, client side',
        'can close each connection',
      ],
      TARGETS.map((target) => [
        target.name,
        idleRange(target),
        target.idle.cutsSilence
          ? 'after the idle timeout'
          : limitsSilence(target)
            ? 'after `route silence`'
            : 'unknown',
        limitsWholeRequests(target)
          ? 'after `route timeout`'
          : target.requestTimeout || target.idle.cutsSilence
            ? 'no'
            : 'unknown',
        target.idle.cutsSilence
          ? 'the same'
          : target.clientIdleSeconds === undefined
            ? 'unknown'
            : time(target.clientIdleSeconds),
        target.idle.canCloseEach ? 'yes' : 'no',
      ]),
    ),
    '`route silence` and `route timeout` are rows of the ladder. A limit of silence starts anew with every byte, so a response that keeps',
    'sending data may take longer; a limit of the whole request does not. `unknown` depends on the configuration of the gateway.',
    '',
    '## Streams',
    '',
    '`streaming: { maxDuration, heartbeat }` specifies how long a stream may last and how long it may be silent. `protocol` is',
    'server-sent events, `StreamProtocol.WEB_SOCKET`, or `StreamProtocol.GRPC` with backends whose `protocol` is',
    '`ServerProtocol.GRPC`. A server that does not support WebSocket or gRPC is refused. A server that does not stream its responses',
    'is reported in the ledger. A stopping replica waits for its longest stream, unless `cutOnStop` allows streams to be cut off.',
    '',
    '## Overriding a computed time',
    '',
    '`timeouts` of a backend overrides `keepAlive`, `watchdog`, `deregistrationDelay`, `preStop`, `drain` or `stop`; `idleTimeout`',
    'of a platform overrides its idle timeout. All other times still follow from the rules. A time that breaks a rule is an error',
    'with the rule and both numbers. A time that the server or the target does not support is also an error.',
    '',
    'With `directCallers: true`, other services call the replicas directly, through Service Connect or Cloud Map. The drain after',
    'SIGTERM must then cover the longest request.',
    '',
    '## The rules',
    '',
    `The margin between two timers that must not fire together is ${MARGIN_SECONDS} s. The built-in router enforces \`requestTimeout\` itself, and ends requests 1 s after it. A rule that is *checked* compares two times in every chain. A rule`,
    '*by design* is a choice of the library that a test enforces.',
    '',
    ...table(['rule', 'requirement', 'how', 'source'], Object.entries(TIMEOUT_RULES).map(ruleRow)),
    '## What a rollout costs',
    '',
    'The plan states how long a rolling update of each backend takes. The best case has cached images, servers that load instantly',
    'and no requests in flight; the worst case uses every timeout in full. A stop takes the deregistration delay or the wait before',
    'SIGTERM, plus the time that the server needs. A server that waits for idle connections takes its full drain time whenever a',
    'proxy keeps one open, with or without requests. On ECS a stopping task still counts, so the next batch waits for it; on',
    'Kubernetes only the last batch does.',
    '',
  ].join('\n');
}

if (require.main === module) {
  const page = renderTimeoutsPage();
  if (process.argv.includes('--check')) {
    if (readFileSync(PAGE, 'utf8') !== page)
      throw new Error('docs/timeouts.md is not what scripts/timeouts-page.ts writes');
  } else writeFileSync(PAGE, page);
}
