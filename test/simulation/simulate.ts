/** What becomes of requests on their way to one replica and of those that run when it is taken away, event by event. */
import { Events } from './events';
import { type Call, type Chance, type Hop, LATENCY, type Leaving, type Server, type Way } from './world';

const { POSITIVE_INFINITY: NEVER } = Number;

/** A request that got no whole answer. */
export interface Loss {
  readonly call: Call;
  readonly why: string;
}

/** A connection between two parties, as each of its ends sees it. */
interface Connection {
  busy: boolean;
  /** Since when the sender believes that it is idle. */
  idleSince: number;
  /** When the last packet passed. */
  lastPacket: number;
  /** Whether the receiver has ended it, and whether the sender knows. */
  ended: boolean;
  known: boolean;
  /** The number of requests that have reached the receiver, so that a timer of an earlier pause does not end a later one. */
  requests: number;
}

/** A request under way. */
interface Journey {
  readonly call: Call;
  readonly used: Connection[];
  done: boolean;
}

/** Runs the calls and takes the replica away meanwhile. */
export function simulate(way: Way, calls: readonly Call[], chance: Chance, leaving?: Leaving): Loss[] {
  const run = new Run(way, chance, leaving);
  for (const call of calls) run.plan(call);
  run.events.run();
  return run.losses;
}

class Run {
  public readonly events = new Events();
  public readonly losses: Loss[] = [];
  /** Who has connections of its own, from the client on. */
  private readonly parties: readonly Hop[];
  /** After how long what hands packets on behind a party forgets a silent connection. */
  private readonly forgotten: readonly number[];
  private readonly links: Connection[][];
  private readonly server: Server;
  /** Who chooses between replicas. */
  private readonly balancer: number;
  private readonly atServer = new Set<Journey>();
  private readonly signalAt: number;
  private readonly killAt: number;

  constructor(
    way: Way,
    private readonly chance: Chance,
    private readonly leaving: Leaving | undefined,
  ) {
    this.server = way.server;
    this.parties = way.hops.filter((hop) => !hop.passesThrough);
    this.forgotten = this.parties.map((party) => {
      const next = this.parties[this.parties.indexOf(party) + 1];
      const between = way.hops.slice(way.hops.indexOf(party) + 1, next && way.hops.indexOf(next));
      return Math.min(NEVER, ...between.map(({ silence }) => silence));
    });
    this.links = this.parties.map(() => []);
    this.balancer = this.parties.filter(({ inReplica }) => !inReplica).length - 1;
    this.signalAt = leaving === undefined ? NEVER : leaving.at + leaving.signal;
    this.killAt = leaving === undefined ? NEVER : this.signalAt + leaving.kill;
    if (leaving?.letsGo !== undefined) this.events.at(leaving.at + leaving.letsGo, () => this.letGo());
    this.events.at(this.signalAt, () => this.signal());
    this.events.at(this.signalAt + this.server.drain, () => this.dropAll('not finished in the drain time'));
    this.events.at(this.killAt, () => this.dropAll('killed'));
    if (chance.opensAhead !== undefined) this.events.at(chance.opensAhead, (now) => this.openAhead(now));
  }

  public plan(call: Call): void {
    const journey: Journey = { call, used: [], done: false };
    this.events.at(call.at, (now) => (call.direct ? this.sendDirectly(journey, now) : this.send(journey, 0, now)));
  }

  /** A party sends a request to the next one. */
  private send(journey: Journey, from: number, now: number): void {
    const isLast = from === this.parties.length - 1;
    if (from === this.balancer && this.isTakenAway(now + (this.parties.length - from) * LATENCY)) {
      journey.done = true; // Another replica gets it.
      return;
    }
    const connection = this.keptBy(from, now) ?? this.open(journey, from, isLast, now);
    if (connection === undefined) return;
    const forgotten = now - connection.lastPacket >= this.forgottenAfter(from);
    connection.busy = true;
    journey.used[from] = connection;
    this.events.at(now + LATENCY, (then) => {
      if (forgotten) this.lose(journey, 'sent on a connection that was forgotten on the way');
      else if (connection.ended) this.lose(journey, `sent on a connection that ${this.nameOf(from + 1)} had ended`);
      else this.arrive(journey, from + 1, connection, then);
    });
    this.watchSilence(journey, this.forgottenAfter(from), 2, now, 'forgotten on the way while nothing came');
  }

  /** Whether the balancer knows by then that the replica leaves. */
  private isTakenAway(then: number): boolean {
    return this.leaving !== undefined && then >= this.leaving.at + this.leaving.lastSent;
  }

  private arrive(journey: Journey, at: number, connection: Connection, now: number): void {
    connection.requests++;
    if (at === this.parties.length) this.serve(journey, now);
    else this.passOn(journey, at, now);
  }

  /** The connection that a party would take for the next request. */
  private keptBy(from: number, now: number): Connection | undefined {
    const { serverIdle } = this.parties[from] as Hop;
    const usable = ({ busy, known, idleSince }: Connection) => !busy && !known && now < idleSince + serverIdle;
    return this.links[from]?.filter(usable).at(-1);
  }

  private open(journey: Journey, from: number, toServer: boolean, now: number): Connection | undefined {
    if (toServer && now + LATENCY > this.signalAt && !this.admits(journey, this.parties[from] as Hop)) return undefined;
    const connection = newConnection(now);
    this.links[from]?.push(connection);
    return connection;
  }

  /** What a connection meets that is opened after the signal. */
  private admits(journey: Journey, { triesAgain }: Pick<Hop, 'triesAgain'>): boolean {
    if (this.server.newcomer === 'served') return true;
    if (this.server.newcomer === 'refused' && triesAgain) journey.done = true;
    else if (this.server.newcomer === 'refused') this.lose(journey, 'refused after the signal');
    else
      this.lose(journey, this.server.newcomer === 'reset' ? 'reset after the signal' : 'not answered after the signal');
    return false;
  }

  /** A hop got a request: it passes it on, and does not wait for ever. */
  private passOn(journey: Journey, at: number, now: number): void {
    const { name, silence, request, cutsConnections } = this.parties[at] as Hop;
    this.watchSilence(
      journey,
      silence - this.chance.early,
      cutsConnections ? 2 : 1,
      now,
      `silent for longer than ${name} waits`,
    );
    this.watch(journey, now + request - this.chance.early, `ended by ${name}, which gives a request no longer`);
    this.send(journey, at, now);
  }

  private serve(journey: Journey, now: number): void {
    const { call } = journey;
    this.atServer.add(journey);
    if (now > this.signalAt && !this.server.servesLate) this.lose(journey, 'sent to a server that stops');
    this.watch(journey, now + this.server.request - this.chance.early, `ended by ${this.server.name}`);
    this.events.at(now + call.seconds, (then) => {
      if (!journey.done) this.answer(journey, this.parties.length, then);
    });
  }

  /** The end of the answer leaves a party for the one in front of it. */
  private answer(journey: Journey, from: number, now: number): void {
    if (from === this.parties.length) this.atServer.delete(journey);
    const connection = journey.used[from - 1];
    if (connection === undefined) {
      journey.done = true;
      return;
    }
    const isLastOfConnection = from === this.parties.length && this.server.keepAlive === 0;
    if (!isLastOfConnection) this.restsAt(connection, from, now);
    this.events.at(now + LATENCY, (then) => {
      connection.busy = isLastOfConnection;
      connection.idleSince = then;
      connection.lastPacket = then;
      if (from === 1) journey.done = true;
      else this.answer(journey, from - 1, then);
    });
  }

  /** The receiver of a connection has nothing to do on it: it ends it after a time, or at once where it stops. */
  private restsAt(connection: Connection, at: number, now: number, idle = this.idleOf(at)): void {
    const { requests } = connection;
    const stops = at === this.parties.length && now > this.signalAt && this.server.closesIdle;
    this.events.at(stops ? now : now + Math.max(0, idle - this.chance.early), (then) => {
      if (connection.requests === requests) this.end(connection, then);
    });
  }

  private end(connection: Connection, now: number): void {
    connection.ended = true;
    this.events.at(now + LATENCY, () => {
      connection.known = true;
    });
  }

  /** The last hop opens a connection before it has a request for it. */
  private openAhead(now: number): void {
    const connection = newConnection(now);
    connection.idleSince = now;
    this.links.at(-1)?.push(connection);
    this.restsAt(connection, this.parties.length, now, this.server.firstByte);
  }

  private sendDirectly(journey: Journey, now: number): void {
    if (this.leaving !== undefined && now >= this.leaving.at + this.leaving.lastDirect) journey.done = true;
    else if (now <= this.signalAt || this.admits(journey, { triesAgain: false })) this.serve(journey, now);
  }

  /** The server is told to stop. */
  private signal(): void {
    if (!this.server.drains) this.dropAll('dropped at the signal');
    if (!this.server.closesIdle) return;
    for (const connection of this.links.at(-1) ?? []) if (!connection.busy) this.end(connection, this.signalAt);
  }

  /** The balancer waits no longer for what it has sent to the replica. */
  private letGo(): void {
    this.dropAll('ended by the balancer, which waits no longer', ({ direct }) => !direct);
  }

  private dropAll(why: string, concerns: (call: Call) => boolean = () => true): void {
    for (const journey of [...this.atServer]) if (concerns(journey.call)) this.lose(journey, why, true);
  }

  /** Loses a request at a time, unless it has its answer by then. */
  private watch(journey: Journey, at: number, why: string): void {
    this.events.at(at, () => this.lose(journey, why));
  }

  /** Loses a request when nothing has come for a time. Gaps are alike, so that the first decides. */
  private watchSilence(journey: Journey, bears: number, missed: number, now: number, why: string): void {
    const { silence, seconds } = journey.call;
    // Where a connection is cut without an answer, one sign of life may have been missed.
    const gap = Math.min(seconds, silence < seconds ? missed * silence : silence);
    if (gap > bears) this.watch(journey, now + bears, why);
  }

  private lose(journey: Journey, why: string, byStop = false): void {
    if (journey.done) return;
    journey.done = true;
    this.atServer.delete(journey);
    if (!(byStop && journey.call.mayBeCut)) this.losses.push({ call: journey.call, why });
  }

  private forgottenAfter(from: number): number {
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
  return { busy: false, idleSince: Number.NEGATIVE_INFINITY, lastPacket: now, ended: false, known: false, requests: 0 };
}
