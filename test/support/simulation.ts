/**
 * What becomes of requests on their way through a balancer to one replica, event by event. It knows nothing of the rules
 * that gave the times: it is the judge of them.
 */

/** Two timers closer than this may end in either order: granularity, latency, and starts at different ends of a wire. */
const APART = 10;

/** The balancer and the platform around one replica. */
export interface World {
  /** How long the balancer keeps an idle connection to the replica. */
  readonly idle: number;
  /** Whether it cuts off a request whose server is silent for that long. */
  readonly cutsSilence: boolean;
  /** Whether it ends the connection after each response. */
  readonly closesEach: boolean;
  /** Whether the signal waits for the balancer; else both learn of the end at once. */
  readonly balancerFirst: boolean;
  /** How long the balancer goes on sending to a replica that leaves. */
  readonly propagation: number;
  /** How long the balancer waits for running requests before the signal. */
  readonly deregistration: number;
  /** How long the replica waits before the signal. */
  readonly preStop: number;
  /** The time from the signal to the kill. */
  readonly stop: number;
}

/** The server in the replica. */
export interface Server {
  /** How long it keeps an idle connection. */
  readonly keepAlive: number;
  /** Whether it finishes running requests after the signal. */
  readonly drains: boolean;
  /** How long after the signal it goes on with them. */
  readonly drain: number;
}

/** A request. */
export interface Call {
  readonly at: number;
  readonly seconds: number;
  /** The longest time in which it sends nothing. */
  readonly silence: number;
  /** When the balancer ends it; 0 for never. */
  readonly timeout: number;
}

interface Connection {
  closedByServer: boolean;
  idleEnds: number;
  busy: boolean;
}

/** Runs the calls and takes the replica away meanwhile; returns why requests were lost. */
export function simulate(
  world: World,
  server: Server,
  calls: readonly Call[],
  removedAt = Number.POSITIVE_INFINITY,
): string[] {
  const signalAt = removedAt + (world.balancerFirst ? world.deregistration : world.preStop);
  const killAt = signalAt + world.stop;
  const lastSentAt = removedAt + (world.balancerFirst ? 0 : world.propagation);
  const events = new Events();
  const lost: string[] = [];
  const connections: Connection[] = [];

  const connect = (now: number): Connection | undefined => {
    const kept = connections.find((one) => !one.busy && now <= one.idleEnds);
    if (kept !== undefined) return kept;
    if (now > signalAt) return undefined;
    const made = { closedByServer: false, idleEnds: 0, busy: false };
    connections.push(made);
    return made;
  };
  const endOf = (call: Call): { at: number; why?: string } => {
    const ends = [
      { at: call.at + call.seconds },
      ...(world.cutsSilence && call.silence > world.idle - APART
        ? [{ at: call.at + world.idle - APART, why: 'silent for longer than the balancer waits' }]
        : []),
      ...(call.timeout > 0 && call.seconds > call.timeout - APART
        ? [{ at: call.at + call.timeout - APART, why: 'ended by its route' }]
        : []),
      ...(server.drains ? [] : [{ at: signalAt, why: 'dropped at the signal' }]),
      { at: signalAt + server.drain, why: 'not finished in the drain time' },
      { at: killAt, why: 'killed' },
    ];
    return ends.reduce((first, end) => (end.at < first.at ? end : first));
  };
  const whyLost = (connection: Connection | undefined, call: Call): string | undefined => {
    if (connection?.closedByServer) return 'sent on a connection that the server had closed';
    return connection !== undefined && call.at > signalAt ? 'sent to a server that stops' : undefined;
  };
  const serve = (call: Call) => {
    if (call.at > lastSentAt) return;
    const connection = connect(call.at);
    const reason = whyLost(connection, call);
    if (connection === undefined || reason !== undefined) {
      lost.push(reason ?? 'refused after the signal');
      return;
    }
    connection.busy = true;
    const end = endOf(call);
    if (end.why !== undefined) lost.push(end.why);
    events.add(end.at, () => {
      connection.busy = false;
      connection.idleEnds = world.closesEach ? Number.NEGATIVE_INFINITY : end.at + world.idle;
      const idleSince = end.at;
      // The server's timer may be early by as much as the two can be apart.
      events.add(
        idleSince + server.keepAlive - APART,
        () => {
          if (!connection.busy && connection.idleEnds === idleSince + world.idle) connection.closedByServer = true;
        },
        'after',
      );
    });
  };
  for (const call of calls) events.add(call.at, () => serve(call));
  events.run();
  return lost;
}

/** What happens, in the order of time. At one time what was planned `after` comes last. */
class Events {
  private readonly list: { at: number; late: number; order: number; run: () => void }[] = [];
  private count = 0;

  public add(at: number, run: () => void, when: 'now' | 'after' = 'now'): void {
    if (Number.isFinite(at)) this.list.push({ at, late: when === 'after' ? 1 : 0, order: this.count++, run });
  }

  public run(): void {
    for (;;) {
      this.list.sort((a, b) => a.at - b.at || a.late - b.late || a.order - b.order);
      const next = this.list.shift();
      if (next === undefined) return;
      next.run();
    }
  }
}
