/**
 * Writes `docs/servers.md`: what is known of every model server, from the descriptors that the plan computes with. With
 * `--check` it writes nothing and fails when the page differs.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CATALOGUE } from '../src/servers/catalogue';
import { keepAliveOf } from '../src/servers/knobs';
import { KeepAliveKind, type ServerDescriptor, type VersionedBehavior } from '../src/servers/server-descriptor';
import { KnobPlace, type ServerKnob, TimeUnit } from '../src/servers/server-parts';

const PAGE = join(resolve(__dirname, '..'), 'docs/servers.md');

interface Column {
  readonly heading: string;
  readonly cell: (server: ServerDescriptor) => string;
}

const code = (text: string | undefined): string => (text === undefined ? '-' : `\`${text}\``);
const yes = (value: boolean | undefined): string => (value === undefined ? 'unknown' : value ? 'yes' : 'no');

function knob(setting: ServerKnob | undefined): string {
  if (setting === undefined) return '-';
  const { name, place, unit, standardSeconds, maxSeconds } = setting;
  const facts = [
    place,
    ...(unit === TimeUnit.MILLISECONDS ? ['in ms'] : []),
    standardSeconds === undefined ? 'unset' : `${standardSeconds} s unset`,
    ...(maxSeconds === undefined ? [] : [`at most ${maxSeconds} s`]),
  ];
  return `${code(name)} (${facts.join(', ')})`;
}

function silent({ silentLimit, keepAlive }: ServerDescriptor): string {
  if (keepAlive === KeepAliveKind.UNKNOWN) return 'unknown';
  if (silentLimit === undefined) return 'stays open';
  const { seconds, plus } = silentLimit;
  const names: Record<string, string> = { keepAlive: 'the keep-alive', watchdog: 'the watchdog' };
  return [...(seconds > 0 ? [`${seconds} s`] : []), ...(plus === undefined ? [] : [names[plus]])].join(' and ');
}

function idle(server: ServerDescriptor): string {
  const { keepAlive, keepAliveKnob } = server;
  if (keepAlive === KeepAliveKind.FIXED && keepAliveKnob === undefined) return `fixed, ${keepAliveOf(server, 0)} s`;
  return keepAlive;
}

const TABLES: readonly { readonly title: string; readonly text: string; readonly columns: readonly Column[] }[] = [
  {
    title: 'Connections',
    text: 'What becomes of a connection on which nothing happens. What is set by a flag or a variable is set to the computed time.',
    columns: [
      { heading: 'idle after a response', cell: idle },
      { heading: 'setting', cell: ({ keepAliveKnob }) => knob(keepAliveKnob) },
      { heading: 'never sends', cell: silent },
      { heading: 'closes after requests', cell: ({ closesAfterRequests }) => String(closesAfterRequests ?? '-') },
      {
        heading: 'limit of connections',
        cell: ({ connectionLimit }) =>
          connectionLimit === undefined
            ? '-'
            : `${code(connectionLimit.knob)} (${connectionLimit.standard ?? 'unset'}): ${connectionLimit.beyond}`,
      },
    ],
  },
  {
    title: 'Stop',
    text: 'What SIGTERM does. A: finishes requests, closes idle connections, exits early. B: drops requests. C: finishes requests, but uses its whole drain time when connections are kept. D: finishes requests without a bound unless one is set.',
    columns: [
      { heading: 'class', cell: ({ drain }) => drain },
      { heading: 'setting', cell: ({ drainKnob }) => knob(drainKnob) },
      { heading: 'new connections meanwhile', cell: ({ newConnections }) => newConnections ?? 'unknown' },
      { heading: 'announces the close', cell: ({ announcesClose }) => yes(announcesClose) },
      { heading: 'past the bound', cell: ({ pastBound }) => pastBound ?? 'unknown' },
      { heading: 'stays after its last response', cell: ({ lingerSeconds = 0 }) => `${lingerSeconds} s` },
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
            : `${knob(requestLimit.knob)}: ${requestLimit.status === 0 ? 'closed' : (requestLimit.status ?? 'unknown')}`,
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

function change({ drain, drainKnob, keepAlive, keepAliveKnob, lingerSeconds }: VersionedBehavior): string {
  return [
    ...(drain === undefined ? [] : [`class ${drain}`]),
    ...(drainKnob === undefined ? [] : [`drain ${knob(drainKnob)}`]),
    ...(keepAlive === undefined ? [] : [`keep-alive ${keepAlive}`]),
    ...(keepAliveKnob === undefined ? [] : [`keep-alive ${knob(keepAliveKnob)}`]),
    ...(lingerSeconds === undefined ? [] : [`stays ${lingerSeconds} s`]),
  ].join(', ');
}

function table(headings: readonly string[], rows: readonly string[][]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(headings), line(headings.map(() => '---')), ...rows.map(line), ''];
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
