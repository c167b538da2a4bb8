import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A local package index. */
export interface PackageIndex {
  readonly url: string;
  /** The paths of all requests. */
  readonly requested: string[];
  /** Adds a file; its name starts with the package. */
  add(name: string, bytes: Buffer): void;
  stop(): Promise<void>;
}

export async function startPackageIndex(): Promise<PackageIndex> {
  const files = new Map<string, Buffer>();
  const requested: string[] = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '');
    requested.push(path);
    const [, name] = /^\/files\/([^/]+)$/.exec(path) ?? [];
    if (name !== undefined && files.has(name)) return response.end(files.get(name));
    const [, project] = /\/simple\/([^/]+)\/$/.exec(path) ?? [];
    const links = [...files.keys()].filter((file) => project !== undefined && file.startsWith(`${project}-`));
    response.statusCode = links.length === 0 ? 404 : 200;
    response.setHeader('content-type', 'text/html');
    return response.end(links.map((file) => `<a href="/files/${encodeURIComponent(file)}">${file}</a>\n`).join(''));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/simple/`,
    requested,
    add: (name, bytes) => files.set(name, bytes),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
