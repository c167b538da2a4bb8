import type { BackendOptions } from '../../src/constructs/backend-options';
import { Feature, SupportLevel } from '../../src/plan/target-profile';
import { ModelServer } from '../../src/servers/model-server';
import { backendOptions, endpointOn, testPlatform } from '../support/definitions';
import { ROUTER } from '../support/profiles';

const vllm = ModelServer.vllm({ model: 'm', version: '0.18.0' });
const asgi = ModelServer.asgi({ app: 'app' });
const capabilities = [
  ...(ROUTER.capabilities ?? []).filter(({ feature }) => feature !== Feature.CANCELLATION),
  { feature: Feature.CANCELLATION, level: SupportLevel.NATIVE, detail: 'its setting' },
];

function entryOf(options: Partial<BackendOptions>) {
  const platform = testPlatform({ target: { ...ROUTER, capabilities } });
  endpointOn(platform, 'endpoint').addBackend('backend', backendOptions(options));
  return platform.plan().ledger.find(({ feature }) => feature === Feature.CANCELLATION);
}

describe('the ledger has what happens to a request without a client', () => {
  test.each<[string, Partial<BackendOptions>, SupportLevel, string]>([
    ['of a server that stops it', { server: vllm }, SupportLevel.NATIVE, 'is stopped by vLLM (its setting)'],
    [
      'of such a server with a queue',
      { server: vllm, maxConcurrency: 2 },
      SupportLevel.NATIVE,
      'leaves the queue, or is stopped by vLLM (its setting)',
    ],
    [
      'of a server that must not stop it',
      { server: vllm, maxConcurrency: 2, cancelOnDisconnect: false },
      SupportLevel.NATIVE,
      'runs to its end, also one that waits in the queue',
    ],
    [
      'of an application that may exceed its limit',
      { server: asgi, maxConcurrency: 2 },
      SupportLevel.APPROXIMATED,
      "runs to its end, also one that waits in the queue, because uvicorn leaves it to the application to stop, and 'maxConcurrency' would be exceeded; set 'cancelOnDisconnect' if the application stops such requests",
    ],
    [
      'of a server that completes it',
      {},
      SupportLevel.APPROXIMATED,
      "runs to its end, because gunicorn does not stop it; set 'cancelOnDisconnect' if the application stops such requests",
    ],
  ])('%s', (_, options, level, outcome) => {
    const { detail, ...entry } = entryOf(options) ?? {};
    expect(entry).toMatchObject({ level });
    expect(detail?.replace(/^off: /, '')).toBe(`a request without a client ${outcome}`);
  });

  test.each<[string, Partial<BackendOptions>, string]>([
    ['of an application', { server: asgi }, ' (its setting)'],
    [
      'of an application with a limit',
      { server: asgi, maxConcurrency: 2, cancelOnDisconnect: true },
      ', otherwise a replica exceeds 2 requests (its setting)',
    ],
  ])('%s', (_, options, end) => {
    expect(entryOf(options)).toMatchObject({
      level: SupportLevel.APPLICATION,
      detail: `the connection of a request without a client is closed; the application behind uvicorn must stop it${end}`,
    });
  });
});
