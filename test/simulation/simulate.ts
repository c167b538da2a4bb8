/** Simulates requests to one replica, including those that run when it stops, event by event. */
import { Events } from './events';
import { type Call, type Chain, type Chance, type Hop, LATENCY, type Leaving, MAX_SKEW, type Server } from './world';

const { POSITIVE_INFINITY: NEVER } = Number;

/** A request without a complete response. */
export interface Loss {
  readonly call: Call;
  readonly why: string;
}

/** A connection between two parties, as seen from each end. */
interface Connection {
  busy: boolean;
  /** The time since when the sender considers it idle. */
  idleSince: number;
  /** The time of the last packet. */
  lastPacket: number;
  /** Whether the receiver has closed it, and whether the sender has noticed. */
  closed: boolean;
  noticed: boolean;
  /** The number of requests that have reached the receiver, so that the timer of an earlier pause has no effect later. */
  requests: number;
}

/** A request in transit. */
interface Journey {
  readonly call: Call;
  readonly used: Connection[];
  done: boolean;
}

/** Runs the calls, and stops the replica if `leaving` is set. */
export function simulate(chain: Chain, calls: readonly Call[], chance: Chance, leaving?: Leaving): Loss[] {
  const run = new Run(chain, chance, leaving);
  for (const call of calls) run.plan(call);
  run.events.run();
  return run.losses;
}

class Run {
  public readonly events = new Events();
  public readonly losses: Loss[] = [];
  /** The parties with separate connections, starting at the client. */
  private readonly parties: readonly Hop[];
  /** For each party, after how long a hop that only forwards packets drops its silent connection. */
  private readonly forgotten: readonly number[];
  private readonly links: Connection[][];
  private readonly server: Server;
  /** The index of the party that selects the replica. */
  private readonly balancer: number;
  private readonly atServer = new Set<Journey>();
  private readonly signalAt: number;
  private readonly killAt: number;

  constructor(
    chain: Chain,
    private readonly chance: Chance,
    private readonly leaving: Leaving | undefined,
  ) {
    this.server = chain.server;
    this.parties = chain.hops.filter((hop) => !hop.passesThrough);
    this.forgotten = this.parties.map((party) => {
      const next = this.parties[this.parties.indexOf(party) + 1];
      const between = chain.hops.slice(chain.hops.indexOf(party) + 1, next && chain.hops.indexOf(next));
      return Math.min(NEVER, ...between.map(({ silence }) => silence));
    });
    this.links = this.parties.map(() => []);
    this.balancer = this.parties.filter(({ inReplica }) => !inReplica).length - 1;
    this.signalAt = leaving === undefined ? NEVER : leaving.at + leaving.signal;
    this.killAt = leaving === undefined ? NEVER : this.signalAt + leaving.kill;
    if (leaving?.deregistered !== undefined) this.events.at(leaving.at + leaving.deregistered, () => this.deregister());
    this.events.at(this.signalAt, () => this.signal());
    this.events.at(this.signalAt + this.server.drain, () => this.dropAll('not completed in the drain time'));
    this.events.at(this.killAt, () => this.dropAll('killed'));
    if (chance.preconnectAt !== undefined) this.events.at(chance.preconnectAt, (now) => this.preconnect(now));
  }

  public plan(call: Call): void {
    const journey: Journey = { call, used: [], done: false };
    this.events.at(call.at, (now) => (call.direct ? this.sendDirectly(journey, now) : this.send(journey, 0, now)));
  }

  /** A party sends a request to the next one. */
  private send(journey: Journey, from: number, now: number): void {
    const isLast = from === this.parties.length - 1;
    if (from === this.balancer && this.isRemoved(now + (this.parties.length - from) * LATENCY)) {
      journey.done = true; // The balancer selects another replica.
      return;
    }
    const connection = this.keptBy(from, now) ?? this.open(journey, from, isLast, now);
    if (connection === undefined) return;
    const dropped = now - connection.lastPacket >= this.droppedAfter(from);
    connection.busy = true;
    journey.used[from] = connection;
    this.events.at(now + LATENCY, (then) => {
      if (dropped) this.lose(journey, 'sent on a connection that was dropped in transit');
      else if (connection.closed) this.lose(journey, `sent on a connection that ${this.nameOf(from + 1)} had closed`);
      else this.arrive(journey, from + 1, connection, then);
    });
    this.watchSilence(journey, this.droppedAfter(from), 2, now, 'dropped in transit without traffic');
  }

  /** Whether the balancer has stopped sending requests to the replica by then. */
  private isRemoved(then: number): boolean {
    return this.leaving !== undefined && then >= this.leaving.at + this.leaving.lastSent;
  }

  private arrive(journey: Journey, at: number, connection: Connection, now: number): void {
    connection.requests++;
    if (at === this.parties.length) this.serve(journey, now);
    else this.forward(journey, at, now);
  }

  /** The connection that a party would use for the next request. */
  private keptBy(from: number, now: number): Connection | undefined {
    const { serverIdle } = this.parties[from] as Hop;
    const usable = ({ busy, noticed, idleSince }: Connection) => !busy && !noticed && now < idleSince + serverIdle;
    return this.links[from]?.filter(usable).at(-1);
  }

  private open(journey: Journey, from: number, toServer: boolean, now: number): Connection | undefined {
    if (toServer && now + LATENCY > this.signalAt && !this.admits(journey, this.parties[from] as Hop)) return undefined;
    const connection = newConnection(now);
    this.links[from]?.push(connection);
    return connection;
  }

  /** Whether the server accepts a connection that is opened after SIGTERM. */
  private admits(journey: Journey, { retries }: Pick<Hop, 'retries'>): boolean {
    const { lateConnection } = this.server;
    if (lateConnection === 'served') return true;
    if (lateConnection === 'refused' && retries) journey.done = true;
    else if (lateConnection === 'refused') this.lose(journey, 'refused after SIGTERM');
    else this.lose(journey, lateConnection === 'reset' ? 'reset after SIGTERM' : 'not answered after SIGTERM');
    return false;
  }

  /** A hop forwards a request and starts its timers. */
  private forward(journey: Journey, at: number, now: number): void {
    const { name, silence, request, cutsConnections, requestSkew = MAX_SKEW } = this.parties[at] as Hop;
    const { seconds, silence: pause } = journey.call;
    const early = pause < seconds ? this.chance.early : Math.min(this.chance.early, requestSkew);
    this.watchSilence(
      journey,
      silence - early,
      cutsConnections ? 2 : 1,
      now,
      `silent for longer than the timeout of ${name}`,
    );
    this.watch(journey, now + request - early, `ended by the request timeout of ${name}`);
    this.send(journey, at, now);
  }

  private serve(journey: Journey, now: number): void {
    const { call } = journey;
    this.atServer.add(journey);
    if (now > this.signalAt && !this.server.servesLate) this.lose(journey, 'sent to a stopping server');
    this.watch(journey, now + this.server.request - this.chance.early, `ended by ${this.server.name}`);
    this.events.at(now + call.seconds, (then) => {
      if (!journey.done) this.respond(journey, this.parties.length, then);
    });
  }

  /** A party forwards the end of the response to the one in front of it. */
  private respond(journey: Journey, from: number, now: number): void {
    if (from === this.parties.length) this.atServer.delete(journey);
    const connection = journey.used[from - 1];
    if (connection === undefined) {
      journey.done = true;
      return;
    }
    const isLastOfConnection = from === this.parties.length && this.server.keepAlive === 0;
    if (!isLastOfConnection) this.startIdleTimer(connection, from, now);
    this.events.at(now + LATENCY, (then) => {
      connection.busy = isLastOfConnection;
      connection.idleSince = then;
      connection.lastPacket = then;
      if (from === 1) journey.done = true;
      else this.respond(journey, from - 1, then);
    });
  }

  /** The receiver of an idle connection closes it after a time, or immediately if it stops. */
  private startIdleTimer(connection: Connection, at: number, now: number, idle = this.idleOf(at)): void {
    const { requests } = connection;
    const stops = at === this.parties.length && now > this.signalAt && this.server.closesIdle;
    this.events.at(stops ? now : now + Math.max(0, idle - this.chance.early), (then) => {
      if (connection.requests === requests) this.close(connection, then);
    });
  }

  private close(connection: Connection, now: number): void {
    connection.closed = true;
    this.events.at(now + LATENCY, () => {
      connection.noticed = true;
    });
  }

  /** The last hop opens a connection in advance, without a request. */
  private preconnect(now: number): void {
    const connection = newConnection(now);
    connection.idleSince = now;
    this.links.at(-1)?.push(connection);
    this.startIdleTimer(connection, this.parties.length, now, this.server.firstByte);
  }

  private sendDirectly(journey: Journey, now: number): void {
    if (this.leaving !== undefined && now >= this.leaving.at + this.leaving.lastDirect) journey.done = true;
    else if (now <= this.signalAt || this.admits(journey, { retries: false })) this.serve(journey, now);
  }

  /** The server gets SIGTERM. */
  private signal(): void {
    if (!this.server.drains) this.dropAll('dropped on SIGTERM');
    if (!this.server.closesIdle) return;
    for (const connection of this.links.at(-1) ?? []) if (!connection.busy) this.close(connection, this.signalAt);
  }

  /** The deregistration delay ends: the balancer closes its connections to the replica. */
  private deregister(): void {
    this.dropAll('ended by the deregistration delay of the balancer', ({ direct }) => !direct);
  }

  private dropAll(why: string, concerns: (call: Call) => boolean = () => true): void {
    for (const journey of [...this.atServer]) if (concerns(journey.call)) this.lose(journey, why, true);
  }

  /** Loses a request at a time, unless its response is complete by then. */
  private watch(journey: Journey, at: number, why: string): void {
    this.events.at(at, () => this.lose(journey, why));
  }

  /** Loses a request after a time without traffic. All gaps are the same, so only the first one matters. */
  private watchSilence(journey: Journey, limit: number, missed: number, now: number, why: string): void {
    const { silence, seconds } = journey.call;
    // On a connection that is closed without a response, one heartbeat may have been missed.
    const gap = Math.min(seconds, silence < seconds ? missed * silence : silence);
    if (gap > limit) this.watch(journey, now + limit, why);
  }

  private lose(journey: Journey, why: string, byStop = false): void {
    if (journey.done) return;
    journey.done = true;
    this.atServer.delete(journey);
    if (!(byStop && journey.call.mayBeCut)) this.losses.push({ call: journey.call, why });
  }

  private droppedAfter(from: number): number {
    return (this.forgotten[from] as number) - this.chance.early;
  }

  private idleOf(party: number): number {
    return this.parties[party]?.clientIdle ?? this.server.keepAlive;
  }

  private nameOf(party: number): string {
    return this.parties[party]?.name ?? this.server.name;
  }
}

function newConnection(now: number): Connection {
  return {
    busy: false,
    idleSince: Number.NEGATIVE_INFINITY,
    lastPacket: now,
    closed: false,
    noticed: false,
    requests: 0,
  };
}
