import { ModelServer } from '../../src';
import type { PlacedModel } from '../../src/servers/define-server';

const commandOf = (server: ModelServer, ...models: PlacedModel[]) => server._intent({ port: 9999, models }).command;
const A = { path: '/models/a' };
const B = { path: '/models/b' };

/** The servers that read models from the directory `/models` by default. */
const REPOSITORIES = [ModelServer.triton(), ModelServer.mlServer()];

describe('a server that serves one model', () => {
  const server = ModelServer.vllm();

  test('gets the only model of its backend', () => {
    expect(commandOf(server, A)).toContain('/models/a');
  });

  test('gets the model that the user sets, regardless of the models of the backend', () => {
    for (const models of [[], [A], [A, B]])
      expect(commandOf(ModelServer.vllm({ model: 'acme/llama' }), ...models)).toContain('acme/llama');
  });

  test('is not started with a guess', () => {
    expect(() => commandOf(server)).toThrow('[ModelNotNamed] the server requires a model, but the backend has none;');
    expect(() => commandOf(server, A, B)).toThrow(
      "[ModelNotNamed] 'model' of the server is required, because the backend has 2 models ('/models/a', '/models/b')",
    );
  });
});

test.each(REPOSITORIES)('a server of a model repository has a default path for it: %#', (server) => {
  expect(commandOf(server).join(' ')).toMatch(/ \/models( |$)/);
  expect(commandOf(server, A).join(' ')).toMatch(/ \/models\/a( |$)/);
  expect(() => commandOf(server, A, B)).toThrow('[ModelNotNamed]');
});

test.each([
  ModelServer.mlflow(),
  ModelServer.tensorflowServing({ modelName: 'm' }),
  ModelServer.triton(),
])('a server that requires a directory refuses a single file: %#', (server) => {
  expect(() => commandOf(server, { path: '/models/m.onnx', isFile: true })).toThrow(
    "[InvalidModel] the model at '/models/m.onnx' is a single file, but its server requires a directory; use a prefix",
  );
});

test('a NIM downloads its own model if none is set', () => {
  const variables = (...models: PlacedModel[]) => ModelServer.nim()._intent({ port: 9999, models }).environment;
  expect(variables()).not.toHaveProperty('NIM_MODEL_PATH');
  expect(variables(A)).toMatchObject({ NIM_MODEL_PATH: '/models/a' });
  expect(() => variables(A, B)).toThrow('[ModelNotNamed]');
});

describe('llama.cpp gets', () => {
  const modelOf = (model: PlacedModel) => commandOf(ModelServer.llamaCpp(), model)[2];

  test.each<[string, PlacedModel, string]>([
    ['the file that the model is', { path: '/models/llama.gguf' }, '/models/llama.gguf'],
    ['the only locked file', { ...A, files: ['README.md', 'q4/llama.gguf'] }, '/models/a/q4/llama.gguf'],
    [
      'the first part of a split file',
      { ...A, files: ['x-00002-of-00002.gguf', 'x-00001-of-00002.gguf'] },
      '/models/a/x-00001-of-00002.gguf',
    ],
  ])('%s', (_, model, path) => {
    expect(modelOf(model)).toBe(path);
  });

  test.each<[string, PlacedModel, string]>([
    ['there are two', { ...A, files: ['q4.gguf', 'q8.gguf'] }, "('q4.gguf', 'q8.gguf'), such as '/models/a/q4.gguf'"],
    ['there is none', { ...A, files: ['model.safetensors'] }, "(it has none), such as '/models/a/model.gguf'"],
    [
      'nothing is locked',
      A,
      "'model' of the server must be set to one GGUF file of the model at '/models/a' (its files are unknown)",
    ],
  ])('no file if %s', (_, model, message) => {
    expect(() => modelOf(model)).toThrow(message);
  });
});
