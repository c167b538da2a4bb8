import type { Ask, Reply, Sender } from './client';

/** A client that keeps cookies, as browsers do, without their paths and attributes. */
export class Visitor implements Sender {
  /** Its cookies by name. */
  public readonly cookies = new Map<string, string>();
  /** The lines of all `Set-Cookie` headers that it received. */
  public readonly received: string[] = [];

  constructor(public router: Sender) {}

  public async send(ask: Ask = {}): Promise<Reply> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const reply = await this.router.send({ ...ask, headers: { ...ask.headers, ...(cookie !== '' && { cookie }) } });
    for (const line of reply.headers['set-cookie'] ?? []) {
      this.received.push(line);
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      this.cookies.set(name, value);
    }
    return reply;
  }
}
