import { ourFiles } from './definition';
import { handTuned } from './hand-tuned';
import { type Files, HaproxyProcess } from './measure';

type Side = 'ours' | 'hand-tuned' | 'without guards';

/** What a number of endpoints costs on one side. */
export interface RouterCost {
  readonly endpoints: number;
  readonly side: Side;
  /** The processor time of a request in microseconds, by round. */
  readonly requests: readonly number[];
  /** The milliseconds until a new process answers. */
  readonly start: number;
  /** The resident memory in MiB. */
  readonly memory: number;
  /** The size of all files in kB. */
  readonly size: number;
}

/** How often requests are sent. Processes differ by a few percent until they are started again. */
export interface Effort {
  readonly requests: number;
  readonly rounds: number;
  readonly starts: number;
}

const [SERVER_PORT, FIRST_PORT] = [18_100, 18_200];
const SERVER = `127.0.0.1:${SERVER_PORT}`;

/** One server for all pools, which answers immediately. */
const SERVERS: Files = {
  'haproxy.cfg': `global
  nbthread 1
defaults
  mode http
  timeout client 60s
  timeout http-keep-alive 60s
frontend servers
  bind ${SERVER}
  http-request return status 200 content-type text/plain string "ok"
`,
};

/** Compares the router with a hand-tuned configuration. All processes run at the same time and get requests in turn. */
export async function measureRouter(sizes: readonly number[], effort: Effort): Promise<RouterCost[]> {
  const starts: RouterCost[][] = [];
  for (let start = 0; start < effort.starts; start++) starts.push(await measureOnce(sizes, effort));
  return (starts[0] as RouterCost[]).map((cost, index) => {
    const all = starts.map((costs) => costs[index] as RouterCost);
    return {
      ...cost,
      requests: all.flatMap(({ requests }) => requests),
      start: median(all.map(({ start }) => start)),
      memory: median(all.map(({ memory }) => memory)),
    };
  });
}

async function measureOnce(sizes: readonly number[], { requests, rounds }: Effort): Promise<RouterCost[]> {
  const servers = await HaproxyProcess.start(SERVERS, SERVER_PORT);
  const subjects: Subject[] = [];
  for (const endpoints of sizes) {
    const ours = ourFiles(endpoints);
    const sides: { readonly [side in Side]: Files } = {
      ours,
      'hand-tuned': handTuned(endpoints, ours, SERVER),
      'without guards': handTuned(endpoints, ours, SERVER, false),
    };
    for (const [side, files] of Object.entries(sides) as [Side, Files][]) {
      const port = FIRST_PORT + 10 * subjects.length;
      const proxy = await HaproxyProcess.start(withFixedServers(files, port), port);
      const size = Buffer.byteLength(Object.values(files).join('')) / 1000;
      subjects.push({ endpoints, side, size, proxy, costs: [] });
    }
  }
  for (let round = 0; round < rounds; round++) {
    for (const { proxy, endpoints, costs } of subjects) costs.push(await proxy.costOf(requests, requestFor(endpoints)));
  }
  const results = subjects.map(({ endpoints, side, size, proxy, costs }) => ({
    ...{ endpoints, side, size, requests: costs },
    ...{ start: proxy.startMilliseconds, memory: proxy.memory() },
  }));
  for (const proxy of [servers, ...subjects.map((subject) => subject.proxy)]) await proxy.stop();
  return results;
}

interface Subject extends Pick<RouterCost, 'endpoints' | 'side' | 'size'> {
  readonly proxy: HaproxyProcess;
  readonly costs: number[];
}

/** The same files with one thread, fixed servers, and neither DNS nor health checks, which cost the same on both sides. */
function withFixedServers(files: Files, port: number): Files {
  const change = (text: string) =>
    text
      .replace('nbthread 2', 'nbthread 1')
      .replace(/"\$\{POD_IP\}:8404.*"/, `127.0.0.1:${port + 1}`)
      .replace(/"\$\{POD_IP\}:8080.*"/, `127.0.0.1:${port}`)
      .replace(/^ {2}default-server (init-addr|check|resolvers) .*\n/gm, '')
      .replace(/^ {2}server-template pod \d+ .*/gm, `  server pod ${SERVER}`);
  return Object.fromEntries(
    Object.entries(files).map(([name, text]) => [name, name.endsWith('.cfg') ? change(text) : text]),
  );
}

/** A request for the last endpoint with two backends. */
function requestFor(endpoints: number): string {
  const index = endpoints - 1 - ((endpoints - 1) % 2);
  const headers = [
    'Host: models.example.com',
    'User-Agent: bench/1.0',
    'Accept: */*',
    'Content-Type: application/json',
    'Content-Length: 14',
  ];
  return `POST /team-${index % 10}/model-${index}/predict HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n{"x":[1,2,3]}\n`;
}

/** The results as a table, with the medians of all rounds. */
export function renderRouterTable(costs: readonly RouterCost[]): string {
  const sizes = [...new Set(costs.map(({ endpoints }) => endpoints))];
  const of = (endpoints: number, side: Side) =>
    costs.find((cost) => cost.endpoints === endpoints && cost.side === side) as RouterCost;
  const first = of(sizes[0] as number, 'ours');
  const rows = sizes.map((endpoints) => {
    const [ours, theirs] = [of(endpoints, 'ours'), of(endpoints, 'hand-tuned')];
    const cells = [
      String(endpoints),
      ...[ours, theirs].map(({ requests }) => median(requests).toFixed(1)),
      ...[theirs, first].map((other) => ratioOf(ours, other).toFixed(2)),
      median(of(endpoints, 'without guards').requests).toFixed(1),
      ...[ours, theirs].map(({ start }) => start.toFixed(0)),
      ...[ours, theirs].map(({ memory }) => memory.toFixed(0)),
      ours.size.toFixed(0),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    '| endpoints | ours, µs | hand-tuned, µs | ratio | against our first row | hand-tuned without guards, µs | ready after, ms | hand-tuned | memory, MiB | hand-tuned | files, kB |',
    '| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...rows,
  ].join('\n');
}

/** The median of the ratios of each round, because both sides of a round have the same load on the machine. */
function ratioOf(one: RouterCost, other: RouterCost): number {
  return median(one.requests.map((cost, round) => cost / (other.requests[round] as number)));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] as number;
}
