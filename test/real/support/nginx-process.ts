import { sleep } from './load';
import { ProxyProcess, type Upstream } from './proxy-process';

/** The times of nginx in seconds, each from a hop of a ladder. */
export interface NginxTimes {
  /** How long an idle connection to a server is kept. @default - a new connection for every request */
  readonly upstreamIdle?: number;
  /** How long a server may be silent. */
  readonly read: number;
  /** How long an idle client connection is kept. @default - a connection is closed after each response */
  readonly clientIdle?: number;
}

/**
 * nginx in front of servers, which a reload can change. It sends each request to one server only, and keeps using a server
 * that does not respond, so that only the times and the order can prevent a loss.
 */
export class NginxProcess extends ProxyProcess {
  private started = false;

  constructor(
    address: string,
    port: number,
    private readonly times: NginxTimes,
  ) {
    super(address, port);
  }

  public async route(upstreams: readonly Upstream[]): Promise<void> {
    const file = this.write('nginx.conf', this.config(upstreams));
    if (this.started) {
      // The master handles the signal immediately, and the new worker accepts a moment later.
      this.signal('SIGHUP');
      await sleep(200);
      return;
    }
    this.started = true;
    await this.start('/usr/sbin/nginx', '-p', this.folder, '-c', file, '-e', 'stderr', '-g', 'daemon off;');
  }

  private config(upstreams: readonly Upstream[]): string {
    const { upstreamIdle, read, clientIdle = 0 } = this.times;
    const servers = upstreams.map(({ address, port }) => `    server ${address}:${port} max_fails=0;`);
    const pool = upstreamIdle === undefined ? [] : ['    keepalive 256;', `    keepalive_timeout ${upstreamIdle}s;`];
    return [
      'user root;',
      'worker_processes 1;',
      `pid ${this.folder}/nginx.pid;`,
      'events { worker_connections 2048; }',
      'http {',
      '  access_log off;',
      ...['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
        (name) => `  ${name}_temp_path ${this.folder}/${name};`,
      ),
      '  upstream servers {',
      ...servers,
      ...pool,
      '  }',
      '  server {',
      `    listen ${this.address}:${this.port};`,
      `    keepalive_timeout ${clientIdle}s;`,
      '    location / {',
      '      proxy_pass http://servers;',
      '      proxy_http_version 1.1;',
      `      proxy_set_header Connection "${upstreamIdle === undefined ? 'close' : ''}";`,
      '      proxy_next_upstream off;',
      `      proxy_read_timeout ${read}s;`,
      `      proxy_send_timeout ${read}s;`,
      '    }',
      '  }',
      '}',
      '',
    ].join('\n');
  }
}
