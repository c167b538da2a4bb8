// A registry that accepts and discards everything, over HTTP and the API of ECR, so that the benchmark does not measure a
// disk. Prints its port. With a digest and a folder in the OCI layout as arguments, it serves the contents of the folder.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

const [, , published, layout = ''] = process.argv;
/** The file of the folder with a digest. */
const fileOf = (digest: string): string => join(layout, 'blobs', ...digest.split(':'));
let uploads = 0;
/** The layers of the current image that were received. */
const arrived = new Set<string>();

const server = createServer((request, response) => {
  let body = '';
  const isCall = request.headers['x-amz-target'] !== undefined;
  const isPart = String(request.headers['x-amz-target']).endsWith('UploadLayerPart');
  request.on('data', (chunk) => {
    if (isCall && (!isPart || body.length < 4096)) body += chunk;
  });
  request.on('end', () => (isCall ? answerCall(request, body, response) : answer(request, response)));
});

function answer({ method, url = '' }: IncomingMessage, response: ServerResponse): unknown {
  const end = (status: number, headers = {}): unknown => response.writeHead(status, headers).end();
  if (method === 'GET' && url === '/v2/') return end(200);
  if (method === 'GET' || method === 'HEAD') {
    const [, kind, name = ''] = /\/(manifests|blobs)\/([^/]+)$/.exec(url) ?? [];
    const digest = name.includes(':') ? name : `sha256:${name}`;
    if (published === undefined || !existsSync(fileOf(digest))) return end(404);
    const { size } = statSync(fileOf(digest));
    response.writeHead(200, {
      'content-length': size,
      ...(kind === 'manifests' && { 'docker-content-digest': digest, 'content-type': typeOf(digest) }),
    });
    return method === 'HEAD' ? response.end() : response.end(readFileSync(fileOf(digest)));
  }
  if (method === 'POST') return end(202, { location: `${url}${++uploads}` });
  if (method === 'PATCH') return end(202, { location: url.split('?')[0] });
  return end(201);
}

function typeOf(digest: string): string {
  return JSON.parse(readFileSync(fileOf(digest), 'utf8')).mediaType;
}

function answerCall({ headers }: IncomingMessage, body: string, response: ServerResponse): void {
  const operation = String(headers['x-amz-target']).split('.')[1];
  const { layerDigests = [] } = operation === 'UploadLayerPart' ? {} : JSON.parse(body);
  if (operation === 'CompleteLayerUpload') for (const digest of layerDigests) arrived.add(digest);
  if (operation === 'PutImage' && JSON.parse(body).imageTag !== undefined) arrived.clear();
  const last = Number(/"partLastByte":(\d+)/.exec(body)?.[1]);
  const answers: Record<string, object> = {
    BatchCheckLayerAvailability: {
      layers: layerDigests.map((layerDigest: string) => ({
        layerDigest,
        layerAvailability: arrived.has(layerDigest) ? 'AVAILABLE' : 'UNAVAILABLE',
      })),
    },
    BatchGetImage: { images: [] },
    InitiateLayerUpload: { uploadId: String(++uploads), partSize: 10 * 2 ** 20 },
    UploadLayerPart: { lastByteReceived: last },
  };
  response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' });
  response.end(JSON.stringify(answers[operation as string] ?? {}));
}

server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
