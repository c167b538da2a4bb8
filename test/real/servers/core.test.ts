import { GUNICORN_GTHREAD } from '../../../src/servers/catalog/gunicorn';
import { descriptorFor } from '../../../src/servers/versions';
import { differences } from './compare';
import { factsOf } from './facts';
import { connections, descriptorIn } from './probes';
import { LONGEST_MILLISECONDS, serverTests } from './server-tests';
import { render } from './start';
import type { Subject } from './subject';
import { CORE } from './subjects';

const measured = serverTests(CORE, 6);

describe('the comparison', () => {
  test(
    'fails for a server of another version',
    async () => {
      const other = descriptorFor(GUNICORN_GTHREAD, '27.0.1');
      const texts = differences(() => other, await measured('gunicorn-gthread-26')).map(({ text }) => text);
      expect(texts).toContain(
        'drain: the descriptor declares "completes requests", measured was "waits for the full drain time"',
      );
    },
    LONGEST_MILLISECONDS,
  );

  test('fails for a server that is started with other times', async () => {
    const uvicorn = CORE.find(({ id }) => id === 'uvicorn') as Subject;
    const { descriptor } = render(uvicorn);
    const seen = await connections(uvicorn, { times: { keepAlive: 8 } });
    const facts = factsOf({ server: 'uvicorn', version: 'any', connections: seen }, descriptor);
    const texts = differences(descriptorIn(uvicorn), facts).map(({ text }) => text);
    expect(texts).toEqual([expect.stringMatching(/^idle: the descriptor declares 3, measured was (8|9|10)/)]);
  });
});
