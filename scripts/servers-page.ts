/**
 * Writes `docs/servers.md`: what is known of every model server, from the descriptors that the plan computes with, and what
 * was measured, from its record. With `--check` it writes nothing and fails when the page differs.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { KeepAliveKind, type ServerDescriptor, type VersionedBehavior } from '../src/plan/server/descriptor';
import { keepAliveOf } from '../src/plan/server/knobs';
import { Evidence, KnobPlace, type ServerKnob, type SilentLimit, TimeUnit } from '../src/plan/server/parts';
import { longestRequest, TARGETS } from './longest-requests';
import { type Facts, type MeasuredSeconds, type MeasuredStatus, readRecord } from './measured-servers';
import { CATALOGUE } from './server-catalogue';

const PAGE = join(resolve(__dirname, '..'), 'docs/servers.md');

interface Column {
  readonly heading: string;
  readonly cell: (server: ServerDescriptor) => string;
}

const code = (text: string | undefined): string => (text === undefined ? '-' : `\`${text}\``);
const yes = (value: boolean | undefined): string => (value === undefined ? 'unknown' : value ? 'yes' : 'no');

function knob(setting: ServerKnob | undefined): string {
  if (setting === undefined) return '-';
  const { name, place, unit, defaultSeconds, maxSeconds } = setting;
  const facts = [
    place,
    ...(unit === TimeUnit.MILLISECONDS ? ['in ms'] : []),
    defaultSeconds === undefined ? 'unset' : `${defaultSeconds} s unset`,
    ...(maxSeconds === undefined ? [] : [`at most ${maxSeconds} s`]),
  ];
  return `${code(name)} (${facts.join(', ')})`;
}

/** Whether a fact that is only ever measured was not. */
function unseen({ evidence }: ServerDescriptor, fact: unknown): boolean {
  return fact === undefined && evidence !== Evidence.MEASURED;
}

function patience(limit: SilentLimit | undefined, { keepAlive }: ServerDescriptor): string {
  if (keepAlive === KeepAliveKind.UNKNOWN) return 'unknown';
  if (limit === undefined) return 'stays open';
  const { seconds, plus, lagSeconds } = limit;
  const names: Record<string, string> = { keepAlive: 'the keep-alive', watchdog: 'the watchdog' };
  const parts = [...(seconds > 0 ? [`${seconds} s`] : []), ...(plus === undefined ? [] : [names[plus]])];
  return `${parts.join(' and ')}${lagSeconds === undefined ? '' : `, up to ${lagSeconds} s later`}`;
}

function idle(server: ServerDescriptor): string {
  const { keepAlive, keepAliveKnob, keepAliveLagSeconds } = server;
  if (keepAlive === KeepAliveKind.FIXED && keepAliveKnob === undefined) return `fixed, ${keepAliveOf(server, 0)} s`;
  return keepAliveLagSeconds === undefined ? keepAlive : `${keepAlive}, up to ${keepAliveLagSeconds} s later`;
}

const TABLES: readonly { readonly title: string; readonly text: string; readonly columns: readonly Column[] }[] = [
  {
    title: 'Connections',
    text: 'What becomes of a connection on which nothing happens. What is set by a flag or a variable is set to the computed time.',
    columns: [
      { heading: 'idle after a response', cell: idle },
      { heading: 'setting', cell: ({ keepAliveKnob }) => knob(keepAliveKnob) },
      { heading: 'never sends', cell: (server) => patience(server.silentLimit, server) },
      {
        heading: 'half a header',
        cell: (server) => (unseen(server, server.headerLimit) ? 'unknown' : patience(server.headerLimit, server)),
      },
      {
        heading: 'closes after requests',
        cell: ({ maxRequestsPerConnection }) => String(maxRequestsPerConnection ?? '-'),
      },
      {
        heading: 'limit of connections',
        cell: ({ connectionLimit }) =>
          connectionLimit === undefined
            ? '-'
            : `${code(connectionLimit.knob)} (${connectionLimit.defaultLimit ?? 'unset'}): ${connectionLimit.beyond}`,
      },
    ],
  },
  {
    title: 'Stop',
    text: 'What SIGTERM does. A server that completes requests closes idle connections and exits after the last request; one that waits for the full drain time also waits for idle connections; unbounded means that requests may take any time unless a drain time is set.',
    columns: [
      { heading: 'running requests', cell: ({ drain }) => drain },
      { heading: 'setting', cell: ({ drainKnob }) => knob(drainKnob) },
      { heading: 'new connections meanwhile', cell: ({ newConnections }) => newConnections ?? 'unknown' },
      { heading: 'announces the close', cell: ({ announcesClose }) => yes(announcesClose) },
      {
        heading: 'past the bound',
        cell: ({ drainTimeoutBehavior }) => drainTimeoutBehavior ?? 'unknown',
      },
      { heading: 'stays after its last response', cell: ({ lingerSeconds = 0 }) => `${lingerSeconds} s` },
      {
        heading: 'exit code',
        cell: (server) => (unseen(server, server.stopExitCode) ? 'unknown' : String(server.stopExitCode ?? 0)),
      },
    ],
  },
  {
    title: 'Requests',
    text: 'What limits requests, and what the client gets.',
    columns: [
      {
        heading: 'time limit',
        cell: ({ requestLimit }) =>
          requestLimit === undefined
            ? '-'
            : `${knob(requestLimit.knob)}: ${requestLimit.status === 0 ? 'closed' : (requestLimit.status ?? 'unknown')}${requestLimit.waitingOnly ? ', only while they wait' : ''}`,
      },
      {
        heading: 'too many',
        cell: ({ overflow }) =>
          overflow === undefined ? 'unknown' : `${overflow.how}: ${overflow.status ?? 'they wait'}`,
      },
      { heading: 'streams', cell: ({ streaming }) => yes(streaming) },
      { heading: 'WebSocket', cell: ({ webSocket }) => yes(webSocket) },
      { heading: 'gRPC', cell: ({ grpc }) => yes(grpc) },
      {
        heading: 'batches',
        cell: ({ batching }) =>
          batching?.place === undefined ? (batching?.how ?? '-') : `${batching.place}: ${batching.how}`,
      },
    ],
  },
  {
    title: 'Ports, health, metrics, model',
    text: 'What is asked and where. Without a path the application has to answer.',
    columns: [
      {
        heading: 'port',
        cell: ({ port = 8000, otherPorts = [] }) => [port, ...otherPorts.map((other) => `(${other})`)].join(' '),
      },
      { heading: 'alive', cell: ({ livenessPath }) => code(livenessPath) },
      { heading: 'ready', cell: ({ readinessPath }) => code(readinessPath) },
      { heading: 'listens only when ready', cell: ({ listensWhenReady }) => yes(listensWhenReady) },
      {
        heading: 'metrics',
        cell: ({ metrics }) =>
          metrics === undefined
            ? '-'
            : [
                `${metrics.port === undefined ? '' : `:${metrics.port}`}${metrics.path}`,
                metrics.running,
                metrics.waiting,
                metrics.latency,
              ]
                .filter((one) => one !== undefined)
                .map(code)
                .join(' '),
      },
      { heading: 'model', cell: ({ modelLocation }) => `${modelLocation?.how}: ${modelLocation?.layout}` },
      {
        heading: 'image, user',
        cell: ({ image }) => (image === undefined ? '-' : `${code(image.repository)}, ${image.user}`),
      },
      { heading: '`/dev/shm` with GPUs', cell: ({ sharedMemoryMib = 1024 }) => `${sharedMemoryMib} MiB` },
    ],
  },
];

function change(version: VersionedBehavior): string {
  const { drain, drainKnob, keepAlive, keepAliveKnob, watchdogKnob, lingerSeconds, announcesClose } = version;
  return [
    ...(drain === undefined ? [] : [drain]),
    ...(drainKnob === undefined ? [] : [`drain ${knob(drainKnob)}`]),
    ...(keepAlive === undefined ? [] : [`keep-alive ${keepAlive}`]),
    ...(keepAliveKnob === undefined ? [] : [`keep-alive ${knob(keepAliveKnob)}`]),
    ...(watchdogKnob === undefined ? [] : [`watchdog ${knob(watchdogKnob)}`]),
    ...(lingerSeconds === undefined ? [] : [`stays ${lingerSeconds} s`]),
    ...(announcesClose === undefined ? [] : [`announces the close: ${yes(announcesClose)}`]),
  ].join(', ');
}

function table(headings: readonly string[], rows: readonly string[][]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(headings), line(headings.map(() => '---')), ...rows.map(line), ''];
}

const time = (value: MeasuredSeconds | undefined) => (value === undefined ? '-' : `${value} s`);
const word = (value: MeasuredStatus | string | boolean | undefined) => String(value ?? '-');

const MEASURED: readonly { readonly heading: string; readonly cell: (facts: Facts) => string }[] = [
  { heading: 'version', cell: ({ version }) => version },
  { heading: 'idle', cell: ({ idle: value }) => time(value) },
  { heading: 'never sends', cell: ({ silent }) => time(silent) },
  { heading: 'half a header', cell: ({ halfHeader }) => time(halfHeader) },
  { heading: 'idle, unset', cell: ({ defaultIdle }) => time(defaultIdle) },
  { heading: 'a late request', cell: ({ late }) => word(late) },
  { heading: 'running requests', cell: ({ drain }) => word(drain) },
  { heading: 'status of a running request', cell: ({ running }) => word(running) },
  { heading: 'announces', cell: ({ announcesClose }) => yes(announcesClose) },
  { heading: 'stream', cell: ({ stream }) => word(stream) },
  { heading: 'idle at the signal', cell: ({ idleAtStop }) => time(idleAtStop) },
  { heading: 'new connections', cell: ({ newConnections }) => word(newConnections) },
  { heading: 'exit after the response', cell: ({ exitAfterResponse }) => time(exitAfterResponse) },
  { heading: 'exit when idle', cell: ({ exitIdle }) => time(exitIdle) },
  { heading: 'exit code', cell: ({ exitCode }) => word(exitCode === undefined ? undefined : String(exitCode)) },
  { heading: 'past the bound', cell: ({ pastBound }) => word(pastBound) },
  { heading: 'too many', cell: ({ overflow }) => word(overflow) },
  { heading: 'listens only when ready', cell: ({ listensWhenReady }) => yes(listensWhenReady) },
];

/** What was measured, and what was not. */
function measured(): string[] {
  const record = Object.entries(readRecord());
  const reasons = record.flatMap(([id, { without = {} }]) =>
    Object.entries(without).map(([probe, reason]) => `- **${id}**, ${probe}: ${reason}.`),
  );
  const unread = CATALOGUE.filter(({ evidence }) => evidence === Evidence.READ).map(({ name }) => name);
  return [
    '## Measured',
    '',
    'Each server ran as the first process of a container with the command that is rendered for it, with small times:',
    'keep-alive 3 s, watchdog 8 s, request limit 5 s; at the signal keep-alive 22 s and drain 20 s, or 2 s for what outlasts',
    'it. "> 14 s" was still so after that time. At the signal a request had 6 s to go; times are counted from the signal or,',
    'for the exit, from the last response, on a machine of two busy cores, which adds seconds to exits. 137 had to be killed.',
    'Tests repeat this and fail where a server, its description above or this record differ.',
    '',
    ...table(
      ['', 'server', ...MEASURED.map(({ heading }) => heading)],
      record.map(([id, facts]) => [code(id), facts.server, ...MEASURED.map(({ cell }) => cell(facts))]),
    ),
    `Read, not run: ${unread.join(', ')}.`,
    '',
    ...(reasons.length === 0 ? [] : ['Not measured of servers that ran:', '', ...reasons, '']),
  ];
}

/** The whole page. */
export function renderServersPage(): string {
  const changes = CATALOGUE.flatMap((server) => (server.versions ?? []).map((version) => ({ server, version })));
  return [
    '# Model servers',
    '',
    'What is known of every server, and what timeouts are computed with. "measured" was seen on a running server of that',
    'version; "read, not run" comes from its source or documentation. The page is written from `src/servers` by',
    '`npx tsx scripts/servers-page.ts`.',
    '',
    ...table(
      ['server', 'version', 'how it is known', 'source'],
      CATALOGUE.map(({ name, verifiedVersion, evidence, source }) => [
        name,
        verifiedVersion ?? '-',
        evidence ?? '-',
        `<${source}>`,
      ]),
    ),
    '## Longest request',
    '',
    'The longest `requestTimeout` of an endpoint with this server: its keep-alive has to outlast the balancer, whose idle time',
    'has to outlast the request, and an Application Load Balancer waits an hour at most for requests to a replica that goes.',
    'What is longer is refused, with the ways out.',
    '',
    ...table(
      ['server', ...TARGETS.map(({ name }) => `behind the ${name}`)],
      CATALOGUE.map((server) => [server.name, ...TARGETS.map((target) => longestRequest(server, target))]),
    ),
    ...TABLES.flatMap(({ title, text, columns }) => [
      `## ${title}`,
      '',
      text,
      '',
      ...table(
        ['server', ...columns.map(({ heading }) => heading)],
        CATALOGUE.map((server) => [server.name, ...columns.map(({ cell }) => cell(server))]),
      ),
    ]),
    '## Versions',
    '',
    'The tables show the oldest behaviour. From these versions on it differs. Where the version is neither an option of the',
    "server nor the tag of the server's own image, the most cautious of all is assumed, and the plan says so.",
    '',
    ...table(
      ['server', 'from', 'change'],
      changes.map(({ server, version }) => [server.name, version.from, change(version)]),
    ),
    ...measured(),
    '## What the user should know',
    '',
    ...CATALOGUE.flatMap(({ name, note }) => (note === undefined ? [] : [`- **${name}**: ${note}.`])),
    `- Times in ${KnobPlace.CODE} or in a ${KnobPlace.FILE} cannot be set from outside: declare what the code does with \`keepAlive\`.`,
    '',
  ].join('\n');
}

if (require.main === module) {
  const page = renderServersPage();
  if (process.argv.includes('--check')) {
    if (readFileSync(PAGE, 'utf8') !== page)
      throw new Error('docs/servers.md is not what scripts/servers-page.ts writes');
  } else writeFileSync(PAGE, page);
}
