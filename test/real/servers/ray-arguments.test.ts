import { ModelServer } from '../../../src';
import { RunningSubject } from './start';
import type { Subject } from './subject';
import { EXTENDED } from './subjects';

const ray = EXTENDED.find(({ id }) => id === 'ray-serve') as Subject;

/** The application that is bound in the module; the measured one is created by a builder. */
const bound = (...extraArgs: string[]): Subject => ({
  ...ray,
  server: ({ version }) => ModelServer.rayServe({ app: 'ray_app', version, extraArgs }),
});

test('an application that is already bound is served unchanged', async () => {
  const running = await RunningSubject.start(bound());
  try {
    expect(await running.ask({ path: '/slow?seconds=0' })).toMatchObject({ status: 200 });
  } finally {
    await running.dispose();
  }
});

test('arguments for an application that is already bound are an error', async () => {
  await expect(RunningSubject.start(bound('queued=2'))).rejects.toThrow(
    /arguments are for a builder, and the application is built already/,
  );
});
