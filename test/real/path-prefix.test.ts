import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ModelServer } from '../../src/servers/model-server';
import { backendOptions, endpointOn } from '../support/definitions';
import type { Reply } from './support/client';
import { installed } from './support/images';
import { RouterLab } from './support/router-lab';
import type { RouterProcess } from './support/router-process';
import { routerPlatform } from './support/router-tests';
import { ServerProcess } from './support/server-process';

const API = `
from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse

part = FastAPI()

@part.get('/hello')
def hello():
    return 'hello'

app = FastAPI()
app.mount('/part', part)

@app.get('/')
def root():
    return 'ready'

@app.get('/items/')
def items(request: Request):
    return {'prefix': request.headers.getlist('x-forwarded-prefix'), 'url': str(request.url)}

@app.get('/jump')
def jump(request: Request):
    return RedirectResponse(request.url_for('items'))
`;

const PAGES = `
from flask import Flask, redirect, url_for

app = Flask(__name__)

@app.get('/')
def root():
    return 'ready'

@app.get('/items/')
def items():
    return url_for('items')

@app.get('/jump')
def jump():
    return redirect(url_for('items'))
`;

/** Applications with real servers behind a real router, with the commands of the plan. */
describe('an application behind a stripped prefix', () => {
  const folder = mkdtempSync(join(tmpdir(), 'path-prefix-'));
  const servers: ServerProcess[] = [];
  let lab: RouterLab;
  let router: RouterProcess;

  beforeAll(async () => {
    writeFileSync(join(folder, 'api.py'), API);
    writeFileSync(join(folder, 'pages.py'), PAGES);
    cpSync(join(installed('python', 'applications'), 'lib'), join(folder, 'lib'), {
      recursive: true,
      filter: (source) => !/site-packages\/(?!waitress)[^/]+$/.test(source),
    });
    lab = await RouterLab.start();
    const platform = routerPlatform();
    const at = (id: string, server: ModelServer, path = `/team/${id}`) =>
      endpointOn(platform, id, { path, stripPrefix: true }).addBackend('v1', backendOptions({ server, port: 8000 }));
    at('api', ModelServer.asgi({ app: 'api:app' }));
    at('site', ModelServer.waitress({ app: 'pages:app' }));
    at('spaced', ModelServer.asgi({ app: 'api:app' }), '/a%20b');
    const programs: Readonly<Record<string, string>> = { 'site-v1': 'svm' };
    for (const { slug, command, environment, intent } of platform.plan().backends) {
      const server = await ServerProcess.start(
        {
          command: slug === 'site-v1' ? ['python', '-m', 'waitress', ...command.slice(1)] : command,
          environment: { ...environment, PYTHONPATH: join(folder, 'lib/python3.11/site-packages') },
          port: intent.port,
          programs: join(installed('python', programs[slug] ?? 'resnet50'), 'bin'),
          folder,
        },
        lab.network.next(),
      );
      servers.push(server);
      lab.include(slug, [server]);
    }
    lab.announce();
    router = await lab.route(await lab.render(platform.plan()));
  });
  afterAll(async () => {
    for (const server of servers) await server.dispose();
    await lab?.dispose();
    rmSync(folder, { recursive: true });
  });

  const ask = (path: string, headers: Record<string, string> = {}): Promise<Reply> =>
    router.send({ path, headers, host: 'models.example.com' });

  test('gets the prefix in a header, whatever a client sends', async () => {
    const { body } = await ask('/team/api/items/', { 'X-Forwarded-Prefix': '/evil' });
    expect(JSON.parse(body)).toEqual({
      prefix: ['/team/api'],
      url: 'http://models.example.com/team/api/items/',
    });
  });

  test.each([
    ['/team/api/items', 307, 'http://models.example.com/team/api/items/'],
    ['/team/api/jump', 307, 'http://models.example.com/team/api/items/'],
    ['/team/site/items', 308, 'http://models.example.com/team/site/items/'],
    ['/team/site/jump', 302, '/team/site/items/'],
  ])('redirects %s to an address of the endpoint', async (path, status, location) => {
    const reply = await ask(path);
    expect([reply.status, reply.headers.location]).toEqual([status, location]);
  });

  test('has an OpenAPI page that finds its schema, also of a mounted application', async () => {
    expect((await ask('/team/api/docs')).body).toContain("url: '/team/api/openapi.json'");
    expect(JSON.parse((await ask('/team/api/openapi.json')).body).servers).toEqual([{ url: '/team/api' }]);
    expect((await ask('/team/api/part/hello')).status).toBe(200);
    expect((await ask('/team/api/part/docs')).body).toContain("url: '/team/api/part/openapi.json'");
  });

  test('gets the prefix as the endpoint spells it', async () => {
    for (const path of ['/a%20b/items/', '/%61%20b/items/'])
      expect(JSON.parse((await ask(path)).body).prefix).toEqual(['/a%20b']);
  });
});
