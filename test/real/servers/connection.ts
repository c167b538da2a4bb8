/** Connections whose events are recorded with timestamps, to measure how a server handles them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { ADDRESS } from '../support/container-root';

/** A request, as an application answers it. */
export interface ProbeRequest {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A complete response. */
export interface ProbeResponse {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  /** When its first and its last byte arrived. */
  readonly firstAt: number;
  readonly at: number;
}

/** How a connection ended: refused or reset by an error, closed by the server. */
export interface Ending {
  readonly how: 'refused' | 'reset' | 'closed';
  readonly at: number;
}

interface AgentEvent {
  readonly id: number;
  readonly at: number;
  readonly event: 'open' | 'data' | 'end' | 'error' | 'close';
  readonly text?: string;
  readonly code?: string;
}

/** A process in the network namespace of a container that opens connections to it. */
export class ProbeAgent {
  /** Starts it in the network namespace of a process. */
  public static async start(pid: number): Promise<ProbeAgent> {
    const enter = ['--pdeathsig', 'KILL', 'nsenter', `--net=/proc/${pid}/ns/net`, '--'];
    const child = spawn('setpriv', [...enter, process.execPath, join(__dirname, 'probe-agent.cjs')], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    await once(child, 'message');
    return new ProbeAgent(child);
  }

  private readonly connections = new Map<number, Connection>();
  private count = 0;

  private constructor(private readonly child: ChildProcess) {
    child.on('message', (event) => {
      const { id } = event as AgentEvent;
      this.connections.get(id)?.receive(event as AgentEvent);
    });
  }

  /** Opens a connection. Success or failure is an event. */
  public open(port: number): Connection {
    const id = this.count++;
    const connection = new Connection((message) => this.send({ id, ...message }));
    this.connections.set(id, connection);
    this.send({ id, what: 'open', host: ADDRESS, port });
    return connection;
  }

  /** Stops the agent. Its connections get no more events. */
  public stop(): void {
    if (this.child.connected) this.child.disconnect();
    for (const [id, connection] of this.connections) connection.receive({ id, at: Date.now(), event: 'close' });
  }

  private send(message: object): void {
    // The agent exits with its container.
    if (this.child.connected) this.child.send(message, () => undefined);
  }
}

export class Connection {
  private readonly events: AgentEvent[] = [];
  private waiting: (() => void)[] = [];
  private taken = 0;

  constructor(private readonly send: (message: { what: string; text?: string }) => void) {}

  /** Sends a request and waits for its response; undefined when the connection ends before it. */
  public async ask(request: ProbeRequest): Promise<ProbeResponse | undefined> {
    this.write(requestText(request));
    return this.response();
  }

  public write(text: string): void {
    this.send({ what: 'write', text });
  }

  /** Closes it from this side. */
  public destroy(): void {
    this.send({ what: 'destroy' });
  }

  /** When the connection was established. */
  public get openedAt(): number | undefined {
    return this.events.find(({ event }) => event === 'open')?.at;
  }

  /** How the server ended it, if it did. */
  public get ending(): Ending | undefined {
    for (const { event, code, at } of this.events) {
      if (event === 'end') return { how: 'closed', at };
      if (event === 'error') return { how: code === 'ECONNREFUSED' ? 'refused' : 'reset', at };
    }
    return undefined;
  }

  /** Waits until the server ends the connection, or for the given time. */
  public async ended(milliseconds: number): Promise<Ending | undefined> {
    await this.until(() => this.over, milliseconds);
    return this.ending;
  }

  /** Whether either side has ended the connection. */
  private get over(): boolean {
    return this.ending !== undefined || this.events.some(({ event }) => event === 'close');
  }

  /** The next response, or undefined if the connection or the given time ends before it is complete. */
  public async response(milliseconds = 600_000): Promise<ProbeResponse | undefined> {
    let parsed: (ProbeResponse & { readonly length: number }) | undefined;
    await this.until(() => {
      parsed = this.parse();
      return parsed !== undefined || this.over;
    }, milliseconds);
    if (parsed === undefined) return undefined;
    this.taken += parsed.length;
    return parsed;
  }

  /** @internal */
  public receive(event: AgentEvent): void {
    this.events.push(event);
    for (const wake of this.waiting.splice(0)) wake();
  }

  private async until(condition: () => boolean, milliseconds: number): Promise<void> {
    const end = Date.now() + milliseconds;
    while (!condition() && Date.now() < end) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, end - Date.now());
        this.waiting.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  /** Parses the data after the last response. */
  private parse(): (ProbeResponse & { readonly length: number }) | undefined {
    const parts = this.events.filter(({ event }) => event === 'data');
    const text = parts
      .map((part) => part.text)
      .join('')
      .slice(this.taken);
    const head = text.indexOf('\r\n\r\n');
    if (head < 0) return undefined;
    const [first = '', ...lines] = text.slice(0, head).split('\r\n');
    const headers = new Map(
      lines.map((line) => [
        line.split(':')[0]?.trim().toLowerCase() as string,
        line.slice(line.indexOf(':') + 1).trim(),
      ]),
    );
    const body = bodyOf(text.slice(head + 4), headers, this.ending?.how === 'closed');
    if (body === undefined) return undefined;
    const length = head + 4 + body.length;
    let seen = 0;
    const timeOf = (position: number): number => {
      seen = 0;
      for (const { text: part = '', at } of parts) {
        seen += part.length;
        if (seen >= position) return at;
      }
      return Date.now();
    };
    const status = Number(first.split(' ')[1]);
    return {
      status,
      headers,
      body: body.text,
      firstAt: timeOf(this.taken + 1),
      at: timeOf(this.taken + length),
      length,
    };
  }
}

/** The body at the start of a text, once it is complete. */
function bodyOf(
  text: string,
  headers: ReadonlyMap<string, string>,
  ended: boolean,
): { readonly text: string; readonly length: number } | undefined {
  if (headers.get('transfer-encoding') === 'chunked') {
    let at = 0;
    let body = '';
    for (;;) {
      const line = text.indexOf('\r\n', at);
      if (line < 0) return undefined;
      const size = Number.parseInt(text.slice(at, line), 16);
      const next = line + 2 + size + 2;
      if (text.length < next) return undefined;
      if (size === 0) return { text: body, length: next };
      body += text.slice(line + 2, line + 2 + size);
      at = next;
    }
  }
  const length = headers.get('content-length');
  if (length === undefined) return ended ? { text, length: text.length } : undefined;
  return text.length < Number(length) ? undefined : { text: text.slice(0, Number(length)), length: Number(length) };
}

/** The bytes of a request on a keep-alive connection. */
export function requestText({ method = 'GET', path, headers = {}, body = '' }: ProbeRequest): string {
  const length = method === 'GET' ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const lines = Object.entries({ host: 'container', ...length, ...headers }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  return `${[`${method} ${path} HTTP/1.1`, ...lines].join('\r\n')}\r\n\r\n${body}`;
}
