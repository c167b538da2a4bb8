import type { Lead } from '../../src/tools/net/origins';
import { holdConversations } from './conversations';

/** `npm run test:fuzz` runs many more. */
const RUNS = 1000;
const SEED = 1;

const ORIGINS = '../../src/tools/net/origins';
const VERIFIED = '../../src/tools/net/verified';

test('no response of a hostile registry leaks credentials or data', async () => {
  const { runs, ends, failure } = await holdConversations({ runs: RUNS, seed: SEED });
  expect({ runs, failure }).toEqual({ runs: RUNS, failure: undefined });
  // If all registries were rejected immediately, or none, the test would prove little.
  expect(Object.keys(ends).length).toBeGreaterThan(25);
}, 60_000);

describe('the conversations detect', () => {
  afterEach(() => {
    jest.dontMock(ORIGINS).dontMock(VERIFIED).resetModules();
  });

  /** The failure with a module in which some members are replaced. */
  async function failureWith(module: string, change: (actual: never) => object): Promise<string | undefined> {
    jest.resetModules();
    jest.doMock(module, () => ({ ...jest.requireActual(module), ...change(jest.requireActual(module)) }));
    const { holdConversations: hold } = require('./conversations') as typeof import('./conversations');
    return (await hold({ runs: RUNS, seed: SEED })).failure;
  }

  test('hosts that are compared without their scheme', async () => {
    const failure = await failureWith(ORIGINS, () => ({
      permitOf: ({ from, to }: Lead) => (from.host === to.host ? 'credentials' : 'bytes'),
    }));
    expect(failure).toMatch(/: (plain text|credentials|\d+ bytes|a user in the address|a nearer network): /);
  }, 60_000);

  test.each<[string, (lead: Lead) => boolean, RegExp]>([
    ['a downgrade from https to http', ({ from, to }) => from.host === to.host, /: plain text: /],
    ['any token service', ({ step, to }) => step === 'token' && to.protocol === 'https:', /: credentials: /],
    ['uploads to any host', ({ step, to }) => step === 'upload' && to.protocol === 'https:', / bytes: |nearer network/],
    ['redirects to any address', ({ step, to }) => step === 'redirect' && to.protocol === 'https:', /nearer network/],
  ])(
    'that %s is permitted',
    async (_, isPermitted, expected) => {
      const failure = await failureWith(ORIGINS, ({ permitOf }: { permitOf: (lead: Lead) => string }) => ({
        permitOf: (lead: Lead) => {
          if (!isPermitted(lead)) return permitOf(lead);
          return lead.step === 'token' || lead.from.host === lead.to.host ? 'credentials' : 'bytes';
        },
      }));
      expect(failure).toMatch(expected);
    },
    60_000,
  );

  test('layers whose bytes are not hashed', async () => {
    const failure = await failureWith(VERIFIED, () => ({
      VerifiedBytes: class {
        constructor(
          _: unknown,
          readonly open: (from: number) => AsyncIterable<Buffer>,
        ) {}
        read(from = 0) {
          return this.open(from);
        }
      },
    }));
    expect(failure).toMatch(/other bytes as sha256:|a body of another length/);
  }, 60_000);
});
