import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';

const TYPE_A = 1;
const TYPE_SRV = 33;
const TYPE_OPT = 41;
const NO_ERROR = 0;
const NAME_ERROR = 3;
const REFUSED = 5;
/** The size of a UDP response to a query without EDNS. */
const PLAIN_PAYLOAD = 512;

/** An address of a name. */
export interface Target {
  readonly address: string;
  readonly port: number;
}

interface Question {
  readonly id: number;
  readonly name: string;
  readonly type: number;
  /** The raw question, for the response. */
  readonly section: Buffer;
  /** The maximum response size that the client supports, if it sent one. */
  readonly payload?: number;
}

/**
 * The part of a cluster's DNS that serves the ready replicas of headless Services: SRV records with their addresses as
 * additional records, NXDOMAIN without replicas, and truncated responses if they are too large.
 */
export class ClusterDns {
  /** The number of queries. */
  public questions = 0;
  /** The number of truncated responses. */
  public truncated = 0;
  /** Whether and how it responds. */
  public mode: 'answer' | 'silent' | 'refuse' = 'answer';

  private readonly names = new Map<string, Target[]>();
  private readonly addresses = new Map<string, string>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly socket: Socket = createSocket('udp4');

  /** Starts a server at port 53 of an address. It caches a response for `ttlSeconds`. */
  public static async start(address: string, ttlSeconds = 0): Promise<ClusterDns> {
    const dns = new ClusterDns(ttlSeconds);
    await new Promise<void>((resolve, reject) => {
      dns.socket.once('error', reject);
      dns.socket.bind(53, address, resolve);
    });
    return dns;
  }

  private constructor(private readonly ttlSeconds: number) {
    this.socket.on('message', (message, from) => this.answer(message, from));
  }

  /** Replaces the targets of a name. */
  public announce(name: string, targets: readonly Target[]): void {
    const known = [...targets];
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      this.names.set(name.toLowerCase(), known);
    }, this.ttlSeconds * 1000);
    this.timers.add(timer);
  }

  /** Sets the address of a Service. */
  public announceService(name: string, address: string): void {
    this.addresses.set(name.toLowerCase(), address);
  }

  public async close(): Promise<void> {
    for (const timer of this.timers) clearTimeout(timer);
    await new Promise<void>((resolve) => this.socket.close(resolve));
  }

  private answer(message: Buffer, from: RemoteInfo): void {
    this.questions++;
    const question = parse(message);
    if (this.mode === 'silent') return;
    const reply = this.mode === 'refuse' ? render(question, REFUSED, [], []) : this.lookUp(question);
    if (reply.readUInt16BE(2) & 0x0200) this.truncated++;
    this.socket.send(reply, from.port, from.address);
  }

  private lookUp(question: Question): Buffer {
    if (question.type === TYPE_A) {
      const address = this.addresses.get(question.name);
      if (address === undefined) return render(question, NAME_ERROR, [], []);
      return render(question, NO_ERROR, [record(question.name, TYPE_A, addressData(address))], []);
    }
    const targets = this.names.get(question.name) ?? [];
    if (targets.length === 0) return render(question, NAME_ERROR, [], []);
    if (question.type !== TYPE_SRV) return render(question, NO_ERROR, [], []);
    const service = question.name.split('.').slice(2).join('.');
    const hosts = targets.map((target) => {
      const host = `${target.address.replace(/\./g, '-')}.${service}`;
      this.addresses.set(host, target.address);
      return host;
    });
    return render(
      question,
      NO_ERROR,
      targets.map((target, index) => record(question.name, TYPE_SRV, serviceData(target.port, hosts[index] as string))),
      targets.map((target, index) => record(hosts[index] as string, TYPE_A, addressData(target.address))),
    );
  }
}

function parse(message: Buffer): Question {
  const labels: string[] = [];
  let at = 12;
  while (message.readUInt8(at) !== 0) {
    const length = message.readUInt8(at);
    labels.push(message.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  const end = at + 5;
  // The only additional record in a query is OPT, without a name, with the supported size.
  const extended = message.readUInt16BE(10) > 0 && message.readUInt16BE(end + 1) === TYPE_OPT;
  return {
    id: message.readUInt16BE(0),
    name: labels.join('.').toLowerCase(),
    type: message.readUInt16BE(at + 1),
    section: message.subarray(12, end),
    payload: extended ? message.readUInt16BE(end + 3) : undefined,
  };
}

function render(question: Question, code: number, answers: readonly Buffer[], additional: readonly Buffer[]): Buffer {
  const extension = question.payload === undefined ? [] : [Buffer.from([0, 0, TYPE_OPT, 0x10, 0, 0, 0, 0, 0, 0, 0])];
  const room = (question.payload ?? PLAIN_PAYLOAD) - 12 - question.section.length - sizeOf(extension);
  const kept = [...answers];
  const extra = [...additional];
  while (sizeOf(kept) + sizeOf(extra) > room && extra.length > 0) extra.pop();
  while (sizeOf(kept) > room) kept.pop();
  const header = Buffer.alloc(12);
  header.writeUInt16BE(question.id, 0);
  header.writeUInt16BE(0x8580 | (kept.length < answers.length ? 0x0200 : 0) | code, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(kept.length, 6);
  header.writeUInt16BE(extra.length + extension.length, 10);
  return Buffer.concat([header, question.section, ...kept, ...extra, ...extension]);
}

function sizeOf(buffers: readonly Buffer[]): number {
  return buffers.reduce((sum, buffer) => sum + buffer.length, 0);
}

function record(name: string, type: number, data: Buffer): Buffer {
  const fixed = Buffer.alloc(10);
  fixed.writeUInt16BE(type, 0);
  fixed.writeUInt16BE(1, 2);
  fixed.writeUInt32BE(5, 4);
  fixed.writeUInt16BE(data.length, 8);
  return Buffer.concat([nameData(name), fixed, data]);
}

function nameData(name: string): Buffer {
  const labels = name.split('.').map((label) => Buffer.from(`${String.fromCharCode(label.length)}${label}`, 'latin1'));
  return Buffer.concat([...labels, Buffer.alloc(1)]);
}

function addressData(address: string): Buffer {
  return Buffer.from(address.split('.').map(Number));
}

function serviceData(port: number, host: string): Buffer {
  const fixed = Buffer.alloc(6);
  fixed.writeUInt16BE(100, 2);
  fixed.writeUInt16BE(port, 4);
  return Buffer.concat([fixed, nameData(host)]);
}
