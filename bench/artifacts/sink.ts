// A registry that takes everything and keeps nothing, over HTTP and the API of ECR, so that a publisher is measured and
// not a disk. Prints its port. An image counts as published when its tag is the digest that the argument names.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const published = process.argv[2];
let uploads = 0;

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
  if (method === 'GET') return end(url === '/v2/' ? 200 : 404);
  if (method === 'HEAD') {
    const isThere = published !== undefined && url.endsWith(`/manifests/${published.slice(7)}`);
    return isThere ? end(200, { 'docker-content-digest': published }) : end(404);
  }
  if (method === 'POST') return end(202, { location: `${url}${++uploads}` });
  if (method === 'PATCH') return end(202, { location: url.split('?')[0] });
  return end(201);
}

function answerCall({ headers }: IncomingMessage, body: string, response: ServerResponse): void {
  const operation = String(headers['x-amz-target']).split('.')[1];
  const { layerDigests = [] } = operation === 'UploadLayerPart' ? {} : JSON.parse(body);
  const last = Number(/"partLastByte":(\d+)/.exec(body)?.[1]);
  const answers: Record<string, object> = {
    BatchCheckLayerAvailability: {
      layers: layerDigests.map((layerDigest: string) => ({
        layerDigest,
        layerAvailability: uploads > 0 ? 'AVAILABLE' : 'UNAVAILABLE',
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
