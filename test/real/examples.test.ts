/**
 * Every backend of every example, started with exactly the rendered container settings (command, environment, port, user,
 * mounts), and queried with a real input.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { type RequestOptions, type RunningContainer, startContainer } from './support/container';
import { workloadsOfTemplate } from './support/from-cloudformation';
import { workloadsOfManifests } from './support/from-kubernetes';
import { REPOSITORY } from './support/images';
import { lockedAddress, runFetch, Volumes, type Workload } from './support/workload';

interface Exchange {
  readonly request: RequestOptions;
  readonly status?: number;
  readonly body: object;
}

/** A backend with its expected responses. The requests are those that reach the server, after rewriting. */
interface Subject {
  readonly example: string;
  readonly name: string;
  readonly image: string;
  readonly port: number;
  readonly fetched: string[];
  readonly exchanges: Exchange[];
}

const sample = (example: string, file: string): Buffer => readFileSync(join(REPOSITORY, 'examples', example, file));
const expected = (example: string) => JSON.parse(sample(example, 'expected.json').toString());

function post(path: string, body: Buffer, type: string): RequestOptions {
  return { method: 'POST', path, body, headers: { 'content-type': type } };
}

function upload(path: string, field: string, file: string, content: Buffer): RequestOptions {
  const head = `--part\r\ncontent-disposition: form-data; name="${field}"; filename="${file}"\r\ncontent-type: text/plain\r\n\r\n`;
  return post(
    path,
    Buffer.concat([Buffer.from(head), content, Buffer.from('\r\n--part--\r\n')]),
    'multipart/form-data; boundary=part',
  );
}

function sentiment(version: 'v1' | 'v2'): Subject {
  const results = expected('sentiment');
  const bodyOf = (file: string) => ({ sentiment: results[file][version], version });
  return {
    example: 'sentiment',
    name: version,
    image: 'registry.example.com/sentiment:1',
    port: 8000,
    fetched: [lockedAddress('sentiment', `models/${version}`)],
    exchanges: [
      { request: post('/', sample('sentiment', 'sample.json'), 'application/json'), body: bodyOf('sample.json') },
      { request: upload('/', 'file', 'sample.txt', sample('sentiment', 'sample.txt')), body: bodyOf('sample.txt') },
      { request: post('/', Buffer.from('{}'), 'application/json'), status: 400, body: { error: expect.any(String) } },
    ],
  };
}

function digits(name: string, port: number, extra: object): Subject {
  const results = expected('digits');
  return {
    example: 'digits',
    name,
    image: 'registry.example.com/digits:v1',
    port,
    fetched: [lockedAddress('digits', 'models/digits')],
    exchanges: [
      {
        request: post('/', sample('digits', 'sample.json'), 'application/json'),
        body: { digit: results['sample.json'], ...extra },
      },
      {
        request: post('/', sample('digits', 'sample.pgm'), 'image/x-portable-graymap'),
        body: { digit: results['sample.pgm'], ...extra },
      },
      { request: post('/', Buffer.from('[]'), 'application/json'), status: 400, body: { error: expect.any(String) } },
    ],
  };
}

function imageClassifier(name: string, image: string, fetched: string[]): Subject {
  const results = expected('image-classifier');
  const exchange = (file: string, type: string): Exchange => ({
    request: post('/predict', sample('image-classifier', file), type),
    body: { label: results[file], backend: name },
  });
  return {
    example: 'image-classifier',
    name,
    image: `registry.example.com/${image}`,
    port: 8000,
    fetched,
    exchanges: [
      exchange('sample.png', 'image/png'),
      exchange('sample.json', 'application/json'),
      {
        request: post('/predict', Buffer.from('not a picture'), 'image/png'),
        status: 400,
        body: { error: expect.any(String) },
      },
    ],
  };
}

const SUBJECTS: Subject[] = [
  sentiment('v1'),
  sentiment('v2'),
  digits('predict', 1453, { probability: expect.any(Number) }),
  digits('explain', 8000, { influence: expect.any(Array) }),
  imageClassifier('SVM:v1', 'svm:v1', []),
  imageClassifier('ResNet50:v2', 'resnet50:v2', [lockedAddress('image-classifier', 'models/resnet50')]),
];

const TARGETS = {
  aws: {
    program: ['cdk', 'synth', '--quiet', '--output'],
    read: (output: string, volumes: Volumes): Workload[] =>
      namesIn(output, '.template.json').flatMap((file) =>
        workloadsOfTemplate(JSON.parse(readFileSync(file, 'utf8')), volumes),
      ),
  },
  kubernetes: {
    program: ['cdk8s', 'synth', '--check-upgrade=false', '--output'],
    read: (output: string, volumes: Volumes): Workload[] =>
      namesIn(output, '.yaml').flatMap((file) =>
        workloadsOfManifests(
          parseAllDocuments(readFileSync(file, 'utf8')).map((document) => document.toJS()),
          volumes,
        ),
      ),
  },
};

/** What distinguishes the backends of an example. */
const identityOf = ({ image, server, fetches }: Workload): string =>
  [image, server.port, ...fetches.map(({ uri }) => uri)].join(' ');
const expectedIdentity = ({ image, port, fetched }: Subject): string => [image, port, ...fetched].join(' ');

function namesIn(folder: string, ending: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name));
}

/** The folder that the framework's own command writes for an example. */
function synthesize(example: string, folder: string, [program, ...args]: string[]): string {
  const output = mkdtempSync(join(tmpdir(), 'serving-synth-'));
  const bin = join(REPOSITORY, 'node_modules/.bin');
  const result = spawnSync(join(bin, program as string), [...args, output], {
    cwd: join(REPOSITORY, 'examples', example, folder),
    encoding: 'utf8',
    // Apps start with tsx, which npx puts on the path.
    env: { ...process.env, PATH: [bin, process.env.PATH].join(delimiter) },
  });
  if (result.status === 0) return output;
  rmSync(output, { recursive: true, force: true });
  throw new Error(`${program} synth failed:\n${result.stdout}${result.stderr}`);
}

describe.each(['sentiment', 'digits', 'image-classifier'])('%s', (example) => {
  describe.each(Object.entries(TARGETS))('rendered for %s', (folder, target) => {
    const volumes = new Volumes();
    const subjects = SUBJECTS.filter((subject) => subject.example === example);
    let output = '';
    let workloads: Workload[] = [];

    beforeAll(() => {
      output = synthesize(example, folder, target.program);
      workloads = target.read(output, volumes);
    });
    afterAll(() => {
      rmSync(output, { recursive: true, force: true });
      volumes.remove();
    });

    test('has exactly these backends', () => {
      expect(workloads.map(identityOf).sort()).toEqual(subjects.map(expectedIdentity).sort());
    });

    test.each(subjects)('$name returns the expected responses and stops in time', async (subject) => {
      const workload = workloads.find((one) => identityOf(one) === expectedIdentity(subject));
      if (workload === undefined) throw new Error(`nothing was rendered for '${subject.name}'`);
      for (const fetch of workload.fetches) runFetch(fetch, example);

      const container = await startContainer(workload.server, workload.readiness);
      try {
        for (const exchange of subject.exchanges) {
          const response = await container.request(exchange.request);
          expect({ status: response.status, body: parse(response.body) }).toEqual({
            status: exchange.status ?? 200,
            body: expect.objectContaining(exchange.body),
          });
        }
        for (const probe of workload.probes) expect(container.exec(probe)).toEqual({ code: 0, output: '' });
        await expectCleanStop(container, workload.graceSeconds);
      } finally {
        await container.dispose();
      }
    });
  });
});

/** The image of a server that is not installed here: its arguments are compared, and nothing is started. */
describe('embeddings', () => {
  const args = [
    ...['--model-id', 'BAAI/bge-small-en-v1.5', '--hostname', '0.0.0.0', '--port', '3000'],
    ...['--revision', '5c38ec7c405ec4b44b94cc5a9bb96e735b38267a'],
  ];
  const image = /^ghcr\.io\/huggingface\/text-embeddings-inference:cpu-1\.9\.3@sha256:[0-9a-f]{64}$/;

  test.each(
    Object.entries(TARGETS),
  )('rendered for %s has the entry point of the image, and the arguments of its server', (folder, target) => {
    const output = synthesize('embeddings', folder, target.program);
    try {
      const containers = namesIn(output, folder === 'aws' ? '.template.json' : '.yaml').flatMap((file) =>
        folder === 'aws' ? templateServers(file) : manifestServers(file),
      );
      expect(containers).toEqual([{ image: expect.stringMatching(image), program: undefined, args }]);
    } finally {
      rmSync(output, { recursive: true, force: true });
    }
  });
});

interface Server {
  readonly image: string;
  /** What replaces the ENTRYPOINT of the image. */
  readonly program: string[] | undefined;
  readonly args: string[] | undefined;
}

interface Task {
  readonly Type: string;
  readonly Properties: { ContainerDefinitions: { Image: string; EntryPoint?: string[]; Command?: string[] }[] };
}

function templateServers(file: string): Server[] {
  const { Resources } = JSON.parse(readFileSync(file, 'utf8')) as { Resources: Record<string, Task> };
  return Object.values(Resources)
    .filter(({ Type }) => Type === 'AWS::ECS::TaskDefinition')
    .flatMap(({ Properties }) => Properties.ContainerDefinitions)
    .map(({ Image, EntryPoint, Command }) => ({ image: Image, program: EntryPoint, args: Command }));
}

function manifestServers(file: string): Server[] {
  return parseAllDocuments(readFileSync(file, 'utf8'))
    .map((document) => document.toJS())
    .filter(({ kind }) => kind === 'Deployment')
    .flatMap(({ spec }) => spec.template.spec.containers)
    .filter(({ name }) => name === 'server')
    .map(({ image, command, args }) => ({ image, program: command, args }));
}

async function expectCleanStop(container: RunningContainer, graceSeconds: number): Promise<void> {
  const { code, seconds } = await container.stop(graceSeconds);
  expect({ code, log: container.log() }).toEqual({ code: 0, log: expect.not.stringMatching(/error|traceback/i) });
  expect(seconds).toBeLessThan(graceSeconds);
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return body.toString();
  }
}
