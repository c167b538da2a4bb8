/**
 * Writes `docs/timeouts.md`: how timeouts are computed, with the rules and the times of known hops from the data that the
 * plan computes with. With `--check` it writes nothing and fails when the page differs.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ecsProfile, RULE_QUOTA } from '../src/aws/profile';
import { Intermediary } from '../src/constructs/intermediary';
import { Gateway, GatewayProfile } from '../src/kubernetes';
import { routerProfile } from '../src/kubernetes/private/router/profile';
import type { HopIntent } from '../src/plan/intents';
import { MARGIN_SECONDS, RuleKind, TIMEOUT_RULES, type TimeoutRule } from '../src/plan/rules';
import type { TargetProfile } from '../src/plan/target-profile';
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

const TARGETS: readonly TargetProfile[] = [
  ecsProfile(RULE_QUOTA),
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
  [RuleKind.GIVEN]: 'stands for itself',
  [RuleKind.RELATION]: 'checked',
  [RuleKind.CHOICE]: 'kept',
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
  if (idle.settable === false) return `${idle.defaultSeconds} s, cannot be told`;
  return `${idle.min} to ${idle.max} s, ${idle.defaultSeconds} s where nothing asks for more`;
}

/** The page. */
export function renderTimeoutsPage(): string {
  return [
    '# Timeouts',
    '',
    'A request passes hops: a client, perhaps a CDN and a load balancer, the balancer of the platform, perhaps a sidecar, the',
    'server. Each has timers of its own, and requests are lost where two of them stand in the wrong order. You write one',
    'number, `requestTimeout`, and `streaming` where answers come in parts; every timer that the library renders follows from',
    'it, and every chain is held against the rules below. `serving explain` prints the few that matter, `serving explain timeouts`',
    'all: per endpoint what a client and the hops in front must have, per backend every value with its rule and its slack: the',
    'seconds by which the value may still change before a rule breaks, 0 where it just holds. `serving explain hops` lists the',
    'times of each hop, `serving explain rules` the rules. It exits with 1 where something is refused; `--format json` prints the',
    'plan as the library has it (`ServingPlan` of the API).',
    '',
    'The page is written from `src/plan/rules.ts`, `src/constructs/intermediary.ts` and the profiles of the targets by',
    '`npx tsx scripts/timeouts-page.ts`.',
    '',
    '## What stands in front',
    '',
    'The library configures the balancer of its platform and the servers. What else requests pass is declared, with the times',
    'that it has; what is left out has the defaults of the product:',
    '',
    ...EXAMPLE,
    'From the client inwards, each neighbour is compared with the next (rules R6, E4, E1, R1). Where a declared time cannot',
    'hold, the error says what it must be; nothing is changed behind your back.',
    '',
    ...table(
      ['hop', 'idle, client side', 'idle, server side', 'gives up on silence', 'ends a request', 'source'],
      HOPS.map((hop) => [
        `${hop.name}${hop.name === 'HAProxy' ? ', with timeouts of 60 s' : ''}`,
        time(hop.clientIdleSeconds),
        hop.passesThrough ? 'hands bytes on' : time(hop.serverIdleSeconds),
        time(hop.silenceSeconds),
        time(hop.requestSeconds),
        link(hop.source ?? '-'),
      ]),
    ),
    'The balancers of the platforms:',
    '',
    ...table(
      ['balancer', 'idle time', 'cuts silence with it', 'idle, client side', 'can end each connection'],
      TARGETS.map((target) => [
        target.name,
        idleRange(target),
        target.idle.cutsSilence ? 'yes' : 'no',
        target.idle.cutsSilence
          ? 'the same'
          : target.clientIdleSeconds === undefined
            ? 'unknown'
            : time(target.clientIdleSeconds),
        target.idle.canCloseEach ? 'yes' : 'no',
      ]),
    ),
    '## Streams',
    '',
    '`streaming: { maxDuration, heartbeat }` says how long a stream may last and how long it may be silent. `protocol` says what',
    'it is made of: server-sent events, `StreamProtocol.WEB_SOCKET`, or `StreamProtocol.GRPC`, which no target renders yet. A',
    'server that does not speak WebSocket or gRPC is refused; one whose answers come whole is not, and the ledger says so. A',
    'replica that stops waits for its longest stream, unless `cutOnStop` says that streams may be cut.',
    '',
    '## Setting a time by hand',
    '',
    '`timeouts` of a backend sets `keepAlive`, `watchdog`, `deregistrationDelay`, `preStop`, `drain` or `stop`, `idleTimeout` of a',
    'platform its idle time. What is not set still follows from the rules. A time that breaks one is an error with the rule and',
    'both numbers, as is one that the server or the target cannot be told.',
    '',
    '`directCallers: true` says that others call the replicas around the balancer, with Service Connect or Cloud Map: then the',
    'drain after the signal must hold the longest request.',
    '',
    '## The rules',
    '',
    `Two timers that must not meet are ${MARGIN_SECONDS} s apart. A rule that is *checked* compares two times of every chain; one that is *kept* is a`,
    'choice of the library, held by a test.',
    '',
    ...table(['rule', 'what holds', 'how', 'source'], Object.entries(TIMEOUT_RULES).map(ruleRow)),
    '## What a rollout costs',
    '',
    'The plan has for each backend how long a rolling update takes: at best, with images in the cache, servers that load at once',
    'and no request in flight, and at worst, with every budget spent. A stop takes the deregistration delay or the wait before',
    'the signal, then what the server needs: a server that waits for its connections takes its whole drain time whenever',
    'a proxy keeps one, with or without requests. On ECS a stopping task still counts, so the next batch waits for it; on',
    'Kubernetes only the last one is waited for.',
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
