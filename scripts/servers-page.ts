/**
 * Writes `docs/servers.md`: the guide of `servers-guide.md`, the descriptors that timeouts are computed from, and the
 * recorded measurements. With `--check` it writes nothing and fails if the page differs.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { KeepAliveKind, type ServerDescriptor, type VersionedBehavior } from '../src/plan/server/descriptor';
import { keepAliveOf } from '../src/plan/server/knobs';
import { Evidence, KnobPlace, type ServerKnob, type SilentLimit, TimeUnit } from '../src/plan/server/parts';
import { OPTION_TYPES } from '../src/private/option-types';
import { longestRequest, TARGETS } from './longest-requests';
import { type Facts, type MeasuredSeconds, type MeasuredStatus, readRecord } from './measured-servers';
import { CATALOG } from './server-catalog';
import { readCatalog, type Server } from './server-factories';

const PAGE = join(resolve(__dirname, '..'), 'docs/servers.md');
const GUIDE = join(__dirname, 'servers-guide.md');

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
    defaultSeconds === undefined ? 'no default' : `default ${defaultSeconds} s`,
    ...(maxSeconds === undefined ? [] : [`at most ${maxSeconds} s`]),
  ];
  return `${code(name)} (${facts.join(', ')})`;
}

/** Whether a fact that only a measurement can establish is missing. */
function isUnmeasured({ evidence }: ServerDescriptor, fact: unknown): boolean {
  return fact === undefined && evidence !== Evidence.MEASURED;
}

function closingTime(limit: SilentLimit | undefined, { keepAlive }: ServerDescriptor): string {
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
    text: 'When the server closes a connection without traffic. Settings in a flag or a variable receive the computed time.',
    columns: [
      { heading: 'idle after a response', cell: idle },
      { heading: 'setting', cell: ({ keepAliveKnob }) => knob(keepAliveKnob) },
      { heading: 'connection without data', cell: (server) => closingTime(server.silentLimit, server) },
      {
        heading: 'incomplete header',
        cell: (server) =>
          isUnmeasured(server, server.headerLimit) ? 'unknown' : closingTime(server.headerLimit, server),
      },
      {
        heading: 'requests per connection',
        cell: ({ maxRequestsPerConnection }) => String(maxRequestsPerConnection ?? '-'),
      },
      {
        heading: 'connection limit',
        cell: ({ connectionLimit }) =>
          connectionLimit === undefined
            ? '-'
            : `${code(connectionLimit.knob)} (${connectionLimit.defaultLimit ?? 'no default'}): ${connectionLimit.beyond}`,
      },
    ],
  },
  {
    title: 'Stop',
    text: [
      'The effect of SIGTERM. A server that completes requests closes idle connections and exits after the last request. One that',
      'waits for the full drain time also waits for idle connections. "Unbounded" means that requests may take any time unless a',
      'drain time is set.',
    ].join('\n'),
    columns: [
      { heading: 'running requests', cell: ({ drain }) => drain },
      { heading: 'setting', cell: ({ drainKnob }) => knob(drainKnob) },
      { heading: 'new connections while it drains', cell: ({ newConnections }) => newConnections ?? 'unknown' },
      { heading: 'sends `Connection: close`', cell: ({ announcesClose }) => yes(announcesClose) },
      {
        heading: 'requests beyond the drain time',
        cell: ({ drainTimeoutBehavior }) => drainTimeoutBehavior ?? 'unknown',
      },
      { heading: 'exits after the last response within', cell: ({ lingerSeconds = 0 }) => `${lingerSeconds} s` },
      {
        heading: 'exit code',
        cell: (server) => (isUnmeasured(server, server.stopExitCode) ? 'unknown' : String(server.stopExitCode ?? 0)),
      },
    ],
  },
  {
    title: 'Requests',
    text: 'Limits of requests, and the status that the client receives beyond them.',
    columns: [
      {
        heading: 'time limit',
        cell: ({ requestLimit }) =>
          requestLimit === undefined
            ? '-'
            : `${knob(requestLimit.knob)}: ${requestLimit.status === 0 ? 'closed' : (requestLimit.status ?? 'unknown')}${requestLimit.waitingOnly ? ', only while they wait' : ''}`,
      },
      {
        heading: 'too many requests',
        cell: ({ overflow }) =>
          overflow === undefined ? 'unknown' : `${overflow.how}: ${overflow.status ?? 'queued'}`,
      },
      { heading: 'streams', cell: ({ streaming }) => yes(streaming) },
      { heading: 'WebSocket', cell: ({ webSocket }) => yes(webSocket) },
      { heading: 'gRPC', cell: ({ grpc }) => yes(grpc) },
      {
        heading: 'batching',
        cell: ({ batching }) =>
          batching?.place === undefined ? (batching?.how ?? '-') : `${batching.place}: ${batching.how}`,
      },
    ],
  },
  {
    title: 'Ports, health, metrics, model',
    text: [
      'A variable after the port is where the server reads it from; otherwise the command contains it. Ports in parentheses are',
      'used in addition. Without a path, the application answers health checks.',
    ].join('\n'),
    columns: [
      {
        heading: 'port',
        cell: ({ port = 8000, otherPorts = [], portVariable }) =>
          [
            port,
            ...(portVariable === undefined ? [] : [`in ${code(portVariable)}`]),
            ...otherPorts.map((other) => `(${other})`),
          ].join(' '),
      },
      { heading: 'liveness', cell: ({ livenessPath }) => code(livenessPath) },
      { heading: 'readiness', cell: ({ readinessPath }) => code(readinessPath) },
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
    ...(lingerSeconds === undefined ? [] : [`exits within ${lingerSeconds} s`]),
    ...(announcesClose === undefined ? [] : [`sends \`Connection: close\`: ${yes(announcesClose)}`]),
  ].join(', ');
}

function table(headings: readonly string[], rows: readonly string[][]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(headings), line(headings.map(() => '---')), ...rows.map(line), ''];
}

/** The options of a factory: those that it requires, and the others. */
function optionsRow({ name, options = '' }: Server): string[] {
  const members = Object.entries(OPTION_TYPES[options] ?? {});
  const listed = (isOptional: boolean): string => {
    const names = members.filter(([, type]) => type.endsWith('?') === isOptional).map(([member]) => code(member));
    return names.length === 0 ? '-' : names.join(', ');
  };
  return [code(name), listed(false), listed(true)];
}

const time = (value: MeasuredSeconds | undefined) => (value === undefined ? '-' : `${value} s`);
const word = (value: MeasuredStatus | string | boolean | undefined) => String(value ?? '-');

const MEASURED: readonly { readonly heading: string; readonly cell: (facts: Facts) => string }[] = [
  { heading: 'version', cell: ({ version }) => version },
  { heading: 'idle', cell: ({ idle: value }) => time(value) },
  { heading: 'connection without data', cell: ({ silent }) => time(silent) },
  { heading: 'incomplete header', cell: ({ halfHeader }) => time(halfHeader) },
  { heading: 'idle by default', cell: ({ defaultIdle }) => time(defaultIdle) },
  { heading: 'request beyond the limit', cell: ({ late }) => word(late) },
  { heading: 'running requests', cell: ({ drain }) => word(drain) },
  { heading: 'status of a request at the signal', cell: ({ running }) => word(running) },
  { heading: 'sends `Connection: close`', cell: ({ announcesClose }) => yes(announcesClose) },
  { heading: 'stream', cell: ({ stream }) => word(stream) },
  { heading: 'idle connection at the signal', cell: ({ idleAtStop }) => time(idleAtStop) },
  { heading: 'new connections', cell: ({ newConnections }) => word(newConnections) },
  { heading: 'exit after the last response', cell: ({ exitAfterResponse }) => time(exitAfterResponse) },
  { heading: 'exit when idle', cell: ({ exitIdle }) => time(exitIdle) },
  { heading: 'exit code', cell: ({ exitCode }) => word(exitCode === undefined ? undefined : String(exitCode)) },
  { heading: 'requests beyond the drain time', cell: ({ pastBound }) => word(pastBound) },
  { heading: 'too many', cell: ({ overflow }) => word(overflow) },
  { heading: 'listens only when ready', cell: ({ listensWhenReady }) => yes(listensWhenReady) },
];

/** The measurements, and what could not be measured. */
function measured(): string[] {
  const record = Object.entries(readRecord());
  const reasons = record.flatMap(([id, { without = {} }]) =>
    Object.entries(without).map(([probe, reason]) => `- **${id}**, ${probe}: ${reason}.`),
  );
  const unread = CATALOG.filter(({ evidence }) => evidence === Evidence.READ).map(({ name }) => name);
  return [
    '## Measured',
    '',
    'Each server ran as the first process of a container, with the command that is rendered for it and short times: keep-alive',
    '3 s, watchdog 8 s, request limit 5 s; at the signal keep-alive 22 s and drain 20 s, or 2 s for requests beyond the drain',
    'time. "> 14 s" means that nothing had changed after that time. At the signal a request had 6 s left. Times are counted from',
    'the signal or, for the exit, from the last response. The machine had two busy cores, which adds seconds to exits. Exit code',
    '137 means that the process had to be killed. Tests repeat this, and fail if a server, its description or this record differ.',
    '',
    ...table(
      ['', 'server', ...MEASURED.map(({ heading }) => heading)],
      record.map(([id, facts]) => [code(id), facts.server, ...MEASURED.map(({ cell }) => cell(facts))]),
    ),
    `Known from source or documentation, not run: ${unread.join(', ')}.`,
    '',
    ...(reasons.length === 0 ? [] : ['Not measured for servers that ran:', '', ...reasons, '']),
  ];
}

/** The whole page. */
export function renderServersPage(): string {
  const changes = CATALOG.flatMap((server) => (server.versions ?? []).map((version) => ({ server, version })));
  return [
    readFileSync(GUIDE, 'utf8').trimEnd(),
    '',
    '## Reference',
    '',
    'The tables below contain what is known about each server, which is what timeouts are computed from. "measured" was observed on',
    'a running server of that version; "read, not run" comes from its source or documentation. They are generated from',
    '`src/servers` by `npx tsx scripts/servers-page.ts`.',
    '',
    ...table(
      ['server', 'version', 'evidence', 'source'],
      CATALOG.map(({ name, verifiedVersion, evidence, source }) => [
        name,
        verifiedVersion ?? '-',
        evidence ?? '-',
        `<${source}>`,
      ]),
    ),
    '## Options',
    '',
    'The options of each factory of `ModelServer`. The [API reference](api/definitions.md#serving-constructs.ModelServer) describes',
    'them.',
    '',
    ...table(
      ['factory', 'required', 'optional'],
      readCatalog()
        .files.flatMap(({ servers }) => servers)
        .filter(({ options }) => options !== undefined)
        .map(optionsRow),
    ),
    '## Longest request',
    '',
    'The longest `requestTimeout` of an endpoint with this server. The keep-alive of the server must exceed the idle timeout of the',
    'load balancer, which must exceed the longest request, and an Application Load Balancer waits at most an hour for requests to a',
    'replica that is being stopped. A longer timeout is an error that lists the alternatives.',
    '',
    ...table(
      ['server', ...TARGETS.map(({ name }) => `behind the ${name}`)],
      CATALOG.map((server) => [server.name, ...TARGETS.map((target) => longestRequest(server, target))]),
    ),
    ...TABLES.flatMap(({ title, text, columns }) => [
      `## ${title}`,
      '',
      text,
      '',
      ...table(
        ['server', ...columns.map(({ heading }) => heading)],
        CATALOG.map((server) => [server.name, ...columns.map(({ cell }) => cell(server))]),
      ),
    ]),
    '## Versions',
    '',
    'The tables show the behavior of the oldest supported version, this one what changed since. If the version is neither an option',
    "of the server nor the tag of the server's own image, the most cautious behavior of all versions is assumed, and",
    '`serving explain capabilities` reports it.',
    '',
    ...table(
      ['server', 'from', 'change'],
      changes.map(({ server, version }) => [server.name, version.from, change(version)]),
    ),
    ...measured(),
    '## Notes on single servers',
    '',
    ...CATALOG.flatMap(({ name, note }) => (note === undefined ? [] : [`- **${name}**: ${note}.`])),
    `- Times in ${KnobPlace.CODE} or in a ${KnobPlace.FILE} cannot be set from outside: declare the keep-alive of the code with \`keepAlive\`.`,
    '',
  ].join('\n');
}

if (require.main === module) {
  const page = renderServersPage();
  if (process.argv.includes('--check')) {
    if (readFileSync(PAGE, 'utf8') !== page)
      throw new Error('docs/servers.md is out of date; run: npx tsx scripts/servers-page.ts');
  } else writeFileSync(PAGE, page);
}
