import type { ServerDescriptor } from '../../../src/plan/server/descriptor';
import { commandOf, environmentOf } from '../../../src/plan/start-command';
import { singleBackend } from '../../support/definitions';
import { RunningContainer } from '../support/container';
import { type Connection, ProbeAgent, type ProbeRequest, type ProbeResponse } from './connection';
import { imageOf, versionOf } from './runtimes';
import type { Subject } from './subject';

/** How long a connection waits for a response before the server is ready, in seconds; shorter than a slow load. */
const ANSWER_SECONDS = 2.5;

/** The times of a start, in seconds. Times that are left out are not set, so the server uses its default. */
export interface ProbeTimes {
  readonly keepAlive?: number;
  readonly drain?: number;
  readonly watchdog?: number;
  readonly request?: number;
}

export interface StartChanges {
  readonly times?: ProbeTimes;
  readonly extraArgs?: string[];
  /** How long loading takes, in seconds. */
  readonly load?: number;
}

/** The command and environment of a subject as rendered from a plan, with short times instead of the computed ones. */
export function render(subject: Subject, { times = {}, extraArgs = [], load = 0 }: StartChanges = {}) {
  const { keepAlive: keepAliveSeconds, drain, request } = times;
  const server = subject.server({ version: versionOf(subject.runtime), extraArgs, keepAliveSeconds });
  const { platform, backend } = singleBackend({ ...subject.backend, server });
  const plan = platform.plan().backend(backend.node.path);
  const set = <T extends { readonly time: keyof ProbeTimes }>(settings: T[] = []) =>
    settings.filter(({ time }) => times[time] !== undefined);
  const started = {
    ...plan.intent.server,
    timeFlags: set(plan.intent.server.timeFlags),
    timeVariables: set(plan.intent.server.timeVariables),
  };
  const values = { ...plan.times, ...times };
  const variables = {
    PROBE_LOAD: load,
    PROBE_KEEP_ALIVE: keepAliveSeconds,
    PROBE_DRAIN: drain,
    PROBE_REQUEST: request,
  };
  const { command, args = [] } = commandOf(started, values);
  return {
    command: [...command, ...args],
    environment: {
      ...subject.environment,
      ...Object.fromEntries(
        Object.entries(variables).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
      ),
      ...environmentOf({ ...plan.intent, server: started }, values),
    },
    port: plan.intent.port,
    descriptor: plan.intent.server.descriptor,
    readyPath: plan.intent.server.healthPath ?? '/',
  };
}

/** A server that runs and does not become ready in time. */
export class NotReady extends Error {}

/** A subject that is ready and runs as the first process of a container. */
export class RunningSubject {
  public static async start(subject: Subject, changes: StartChanges = {}): Promise<RunningSubject> {
    const rendered = render(subject, changes);
    const container = new RunningContainer({
      image: imageOf(subject),
      argv: rendered.command,
      env: rendered.environment,
      port: rendered.port,
      mounts: [],
      readOnlyRootFilesystem: false,
    });
    let agent: ProbeAgent | undefined;
    try {
      const pid = await container.started();
      agent = await ProbeAgent.start(pid);
      const running = new RunningSubject(subject, container, agent, rendered);
      await running.waitUntilReady((subject.startSeconds ?? 120) * 1000);
      return running;
    } catch (error) {
      agent?.stop();
      await container.dispose();
      throw error;
    }
  }

  public readonly descriptor: ServerDescriptor;
  public readonly readyPath: string;
  /** Whether the first established connection got a successful response, before a slow load would have ended. */
  public listensWhenReady = true;
  private readonly port: number;

  private constructor(
    public readonly subject: Subject,
    public readonly container: RunningContainer,
    private readonly agent: ProbeAgent,
    { port, descriptor, readyPath }: ReturnType<typeof render>,
  ) {
    this.port = port;
    this.descriptor = descriptor;
    this.readyPath = readyPath;
  }

  public open(port = this.port): Connection {
    return this.agent.open(port);
  }

  /** Sends a request on a new connection, which is closed after the response. */
  public async ask(request: ProbeRequest, port?: number): Promise<ProbeResponse | undefined> {
    const connection = this.open(port);
    const response = await connection.ask(request);
    connection.destroy();
    return response;
  }

  public async dispose(): Promise<void> {
    this.agent.stop();
    await this.container.dispose();
  }

  private async waitUntilReady(limit: number): Promise<void> {
    const begin = Date.now();
    while (Date.now() < begin + limit) {
      this.container.failIfEnded();
      const connection = this.open();
      const response = await Promise.race([
        connection.ask({ path: this.subject.worksAt ?? this.readyPath }),
        sleep(ANSWER_SECONDS * 1000),
      ]);
      const accepted = connection.openedAt !== undefined;
      connection.destroy();
      if (response !== undefined && response.status < 400) return;
      if (accepted) this.listensWhenReady = false;
      await sleep(50);
    }
    throw new NotReady(`${this.subject.id} was not ready in ${limit / 1000} s:\n${this.container.log()}`);
  }
}

export function sleep(milliseconds: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), milliseconds));
}
