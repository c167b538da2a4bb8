import { userVariables } from '../../src/plan/process';
import { ModelServer } from '../../src/servers/model-server';
import { ServerImage } from '../../src/workload/server-image';
import { type backendOptions, singleBackend } from '../support/definitions';

type Options = Partial<ReturnType<typeof backendOptions>>;

function variables(options: Options, user: number | undefined, secrets: string[] = []) {
  const { platform, backend } = singleBackend(options);
  return userVariables(platform.plan().backend(backend.node.path).intent, user, secrets);
}

const image = (reference: string) => ({ image: ServerImage.fromRegistry(reference) });
const RAY = image('rayproject/ray:2.58.0');
const MLSERVER = image('seldonio/mlserver:1.7.1');
const writable = { readOnlyRootFilesystem: false };
const bentoml = { server: ModelServer.bentoml() };

const TMP = { HOME: '/tmp' };
const named = (name: string) => ({ USER: name, LOGNAME: name });
const CACHES = { NUMBA_CACHE_DIR: '/tmp/numba', TRANSFORMERS_CACHE: '/tmp/hub' };

test.each<[string, Options, number | undefined, Record<string, string>]>([
  ['of an unknown image, as its user', {}, undefined, TMP],
  ['of an unknown image with a writable root, as its user', writable, undefined, {}],
  ['as a user that is set', {}, 1000, { ...TMP, ...named('serving') }],
  ['as a user that is set, with a writable root', writable, 1000, { ...TMP, ...named('serving') }],
  ['as root', writable, 0, { ...TMP, ...named('root') }],
  ['of Ray, as its user', RAY, undefined, TMP],
  ['of Ray, as the same user by number', RAY, 1000, { ...TMP, ...named('ray') }],
  ['of Ray with a writable root', { ...RAY, ...writable }, 1000, { HOME: '/home/ray', ...named('ray') }],
  ['of Ray with a writable root, as another user', { ...RAY, ...writable }, 7, { ...TMP, ...named('serving') }],
  ['of MLServer', MLSERVER, undefined, { ...TMP, ...CACHES }],
  ['of MLServer with a writable root', { ...MLSERVER, ...writable }, undefined, {}],
  ['of MLServer, as another user', { ...MLSERVER, ...writable }, 7, { ...TMP, ...named('serving'), ...CACHES }],
  ['of BentoML', bentoml, undefined, { ...TMP, BENTOML_HOME: '/tmp/bentoml' }],
  ['of BentoML with a writable root', { ...bentoml, ...writable }, undefined, {}],
])('the variables of a container %s', (_what, options, user, expected) => {
  expect(variables(options, user)).toEqual(expected);
});

test('the definition and its secrets replace the variables', () => {
  const environment = { HOME: '/home/app', NUMBA_CACHE_DIR: '/cache' };
  expect(variables({ ...MLSERVER, environment }, 1000, ['TRANSFORMERS_CACHE'])).toEqual(named('mlserver'));
  expect(variables({ environment: { USER: 'me' } }, 1000)).toEqual({ ...TMP, LOGNAME: 'me' });
  expect(variables({}, 1000, ['USER'])).toEqual(TMP);
  expect(variables({}, 1000, ['HOME', 'LOGNAME'])).toEqual({ USER: 'serving' });
});
