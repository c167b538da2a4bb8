import { aws, kubernetes, Model, ModelServer, ServerImage } from '../../src';
import { singleBackend } from '../support/definitions';
import { modelProject } from '../support/model-project';

const BASE = 'python:3.12-slim';
const LOCK_FILE = 'test\\known.lock.json';

/** The server of a backend, which reads its options when the backend is created. */
const served = (server: ModelServer) => () => singleBackend({ server });

/** Every path that a definition contains, written as on Windows. */
const PATHS: [name: string, prop: string, path: string, define: () => unknown][] = [
  ['Model.fromDirectory', 'directory', 'models\\net', () => Model.fromDirectory('models\\net')],
  ['its lock file', 'lockFile', LOCK_FILE, () => Model.fromDirectory('net', { lockFile: LOCK_FILE })],
  ['ServerImage.fromDirectory', 'directory', 'src\\app', () => ServerImage.fromDirectory('src\\app', { base: BASE })],
  [
    'its requirements',
    'requirements',
    'deps\\all.txt',
    () => ServerImage.fromDirectory('app', { base: BASE, requirements: 'deps\\all.txt' }),
  ],
  ['the lock file of an image', 'lockFile', LOCK_FILE, () => ServerImage.fromRegistry(BASE, { lockFile: LOCK_FILE })],
  ['DockerfileImage', 'directory', 'src\\app', () => aws.DockerfileImage.fromDirectory('src\\app')],
  ['Model.fromS3', 'uri', 's3://acme/net\\v1/', () => Model.fromS3('s3://acme/net\\v1/')],
  ['the path of a model', 'path', 'net\\v1', () => Model.fromS3('s3://acme/net/', { path: 'net\\v1' })],
  ['Model.inImage', 'location', 'models\\net', () => Model.inImage('models\\net')],
  [
    'the directory of an image',
    'directory',
    '\\models\\net',
    () => Model.fromOci(`acme/net@sha256:${'a'.repeat(64)}`, { directory: '\\models\\net' }),
  ],
  [
    'the directory of a volume',
    'directory',
    'net\\v1',
    () => Model.fromVolume(kubernetes.ClaimVolume.fromName('models'), { directory: 'net\\v1' }),
  ],
  ['vLLM', 'model', '\\models\\net', served(ModelServer.vllm({ model: '\\models\\net', version: '0.11.0' }))],
  ['llama.cpp', 'model', '\\models\\net', served(ModelServer.llamaCpp({ model: '\\models\\net' }))],
  ['NIM', 'model', '\\models\\net', served(ModelServer.nim({ model: '\\models\\net' }))],
  ['SGLang', 'model', '\\models\\net', served(ModelServer.sglang({ model: '\\models\\net' }))],
  ['MLServer', 'modelsPath', '\\models\\net', served(ModelServer.mlServer({ modelsPath: '\\models\\net' }))],
  ['Triton', 'modelRepository', '\\models\\net', served(ModelServer.triton({ modelRepository: '\\models\\net' }))],
];

test.each(PATHS)('a path of Windows is refused in %s, with the path to write', (_, prop, path, define) => {
  expect(define).toThrow(
    `[InvalidText] '${prop}' ('${path}') contains a backslash; write '${path.replace(/\\/g, '/')}'`,
  );
});

describe('on the command line', () => {
  const { serving } = modelProject();

  test.each([
    ['lock', "'models\\net'", ['models\\net']],
    ['lock', '--app (src\\app)', ['--app', 'src\\app', '--base', BASE]],
    ['lock', '--requirements (deps\\all.txt)', ['--app', 'app', '--base', BASE, '--requirements', 'deps\\all.txt']],
    ['lock', '--allow-file (keys\\a.pem)', ['models/net', '--allow-file', 'keys\\a.pem']],
    ['lock', '--remove (models\\net)', ['--remove', 'models\\net']],
    ['lock', '--lock-file (a\\b.json)', ['models/net', '--lock-file', 'a\\b.json']],
    ['pack', "'models\\net'", ['models\\net', '--output', 'out']],
    ['pack', '--output (out\\oci)', ['--output', 'out\\oci']],
    ['publish', "'models\\net'", ['models\\net']],
    ['status', '--lock-file (a\\b.json)', ['--lock-file', 'a\\b.json']],
    ['verify', "'models\\net'", ['models\\net']],
    ['verify', '--key (keys\\a.pub)', ['--key', 'keys\\a.pub']],
  ])('serving %s refuses %s', (command, shown, args) => {
    const path = (/[\w.]+\\[\w.]+/.exec(shown) as RegExpExecArray)[0].replace('\\', '/');
    expect(serving(command, ...args)).toMatchObject({
      status: 2,
      stdout: '',
      stderr: `[InvalidOption] ${shown} contains a backslash; write '${path}'\n`,
    });
  });
});
