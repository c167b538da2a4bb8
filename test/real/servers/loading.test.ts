import { writeSync } from 'node:fs';
import { RunningSubject } from './start';
import type { Subject } from './subject';
import { CORE } from './subjects';

/** Longer than uvicorn by default waits for two processes that do not answer, one after the other. */
const HOLD_SECONDS = 14;

const workers = CORE.find(({ id }) => id === 'uvicorn-workers') as Subject;
const loading: Subject = { ...workers, environment: { PROBE_HOLD: String(HOLD_SECONDS) } };

test('uvicorn waits for a load that blocks for seconds, because its watchdog is configured', async () => {
  const start = Date.now();
  const running = await RunningSubject.start(loading, { times: { watchdog: 310 } });
  writeSync(1, `\nmeasured: ready after ${Math.round((Date.now() - start) / 1000)} s\n`);
  const log = running.container.log();
  await running.dispose();
  expect(log).not.toContain('died');
});

test('without that setting uvicorn kills such processes again and again', async () => {
  await expect(RunningSubject.start({ ...loading, startSeconds: 40 })).rejects.toThrow(
    /was not ready in 40 s:[\s\S]*died[\s\S]*died/,
  );
});
