import { durationIn, isTimeName, secondsIn } from './names';

test.each([
  'idleTimeout',
  'HealthCheckGracePeriodSeconds',
  'idle_timeout.timeout_seconds',
  '--timeout-keep-alive',
  'VLLM_HTTP_TIMEOUT_KEEP_ALIVE',
  'batch_wait_timeout_s',
  'tcpKeepalive',
  'TTLSeconds',
  'BakeTimeInMinutes',
])('%s is the name of a time', (name) => {
  expect(isTimeName(name)).toBe(true);
});

test.each([
  'image',
  'runtimeClassName',
  'storage',
  '-m',
  '-s',
  'StageName',
  'keep',
  'alive',
])('%s is not the name of a time', (name) => {
  expect(isTimeName(name)).toBe(false);
});

test('durations are parsed in any unit', () => {
  expect(['90s', '1h30m', '1037ms', '24h', '0s'].map(durationIn)).toEqual([90, 5400, 1.037, 86_400, 0]);
  expect(['90', 's', '1x', '1 s', ''].map(durationIn)).toEqual(Array(5).fill(undefined));
});

test('numbers are seconds, as numbers or as text', () => {
  expect([7, '7', '7.5', '7s', 'seven', undefined].map(secondsIn)).toEqual([7, 7, 7.5, 7, undefined, undefined]);
});
