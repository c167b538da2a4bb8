import {
  createProgress,
  duration,
  type ProgressEvent,
  renderBar,
  size,
} from '../../../src/tools/command-line/progress';

/** A stream that records what is written, and a clock that the test sets. */
function listener(isTTY: boolean, columns = 100) {
  const written: string[] = [];
  let time = 0;
  const progress = createProgress({ isTTY, columns, write: (text) => written.push(text) }, () => time);
  return {
    progress,
    written,
    at(milliseconds: number, event: ProgressEvent) {
      time = milliseconds;
      progress.report(event);
    },
  };
}

const start: ProgressEvent = { event: 'start', artifact: 'models/net', digest: 'sha256:1', bytes: 2_000_000 };
const part = 'sha256:aaaa';
const sent = (bytes: number): ProgressEvent => ({ event: 'sent', part, bytes });

describe('without a terminal', () => {
  test('writes each event as a line of JSON', () => {
    const { written, at } = listener(false);
    at(0, start);
    at(1, { event: 'present', part, bytes: 5 });
    expect(written).toEqual([`${JSON.stringify(start)}\n`, '{"event":"present","part":"sha256:aaaa","bytes":5}\n']);
  });

  test('writes names and destinations unchanged, and reasons from other programs without credentials', () => {
    const { written, at } = listener(false);
    const named = 'models/ghp_0123456789abcdefghij';
    at(0, { event: 'destination', artifact: named, to: `r.example/${named}` });
    at(1, { event: 'retry', part, reason: 'https://me:hunter2@r.example failed', waitSeconds: 1 });
    expect(written.map((line) => JSON.parse(line))).toEqual([
      { event: 'destination', artifact: named, to: `r.example/${named}` },
      { event: 'retry', part, reason: 'https://***@r.example failed', waitSeconds: 1 },
    ]);
  });

  test('adds up the bytes of a part and writes them at most once a second', () => {
    const { written, at } = listener(false);
    for (let time = 0; time <= 2500; time += 100) at(time, sent(10));
    at(2600, { event: 'done', part, bytes: 260 });
    const lines = written.map((line) => JSON.parse(line));
    expect(lines.map(({ event }) => event)).toEqual(['sent', 'sent', 'sent', 'done']);
    expect(lines.slice(0, 3).reduce((sum, { bytes }) => sum + bytes, 0)).toBe(260);
  });

  test('writes pending events at the end', () => {
    const { written, at, progress } = listener(false);
    at(0, sent(7));
    progress.end();
    progress.end();
    expect(written).toEqual(['{"event":"sent","part":"sha256:aaaa","bytes":7}\n']);
  });
});

describe('on a terminal', () => {
  test('draws a bar with bytes, rate and time left', () => {
    const { written, at } = listener(true);
    at(0, start);
    at(1000, sent(500_000));
    expect(written.at(-1)).toBe(
      'publishing models/net  [#######-----------------------]  500.0 kB of 2.0 MB  500.0 kB/s  3 s left',
    );
  });

  test('shows destinations unchanged, and reasons from other programs without credentials', () => {
    const { written, at } = listener(true);
    at(0, { event: 'destination', artifact: 'net', to: 'r.example/ghp_0123456789abcdefghij' });
    at(1, { event: 'retry', part, reason: 'https://me:hunter2@r.example failed', waitSeconds: 1 });
    expect(written).toEqual([
      'net: publishing to r.example/ghp_0123456789abcdefghij\n',
      'sha256:aaaa: https://***@r.example failed; retrying in 1 s\n',
    ]);
  });

  test('draws at most ten times a second', () => {
    const { written, at } = listener(true);
    at(0, start);
    for (let time = 1; time < 1000; time++) at(time, sent(1));
    expect(written.filter((text) => text.startsWith('publishing')).length).toBeLessThanOrEqual(11);
  });

  test('resets to the bytes that are kept when a part is sent again', () => {
    const { written, at } = listener(true);
    at(0, start);
    at(1000, sent(1_000_000));
    at(1100, { event: 'retry', part, reason: 'connection reset', waitSeconds: 2, kept: 400_000 });
    expect(written.at(-1)).toBe('sha256:aaaa: connection reset; retrying in 2 s\n');
    at(3000, sent(100_000));
    expect(written.at(-1)).toContain('500.0 kB of 2.0 MB');
  });

  test('counts a finished part once, regardless of how much of it was sent', () => {
    const { written, at } = listener(true);
    at(0, start);
    at(500, sent(900_000));
    at(1000, { event: 'done', part, bytes: 1_000_000 });
    expect(written.at(-1)).toContain('1.0 MB of 2.0 MB');
  });

  test('removes the bar at the end', () => {
    const { written, at, progress } = listener(true);
    at(0, start);
    progress.end();
    expect(written.at(-1)).toBe('\r\u001b[K');
  });
});

test.each([10, 40, 60, 80, 200])('a bar fits into %d columns', (columns) => {
  const bar = renderBar('publishing models/a-long-name', { done: 1e9, total: 4e9, rate: 3e8 }, columns);
  expect(bar.length).toBeLessThanOrEqual(columns);
});

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [2_147_483_648, '2.1 GB'],
  [5e15, '5000.0 TB'],
])('%d bytes are %s', (bytes, text) => {
  expect(size(bytes)).toBe(text);
});

test.each([
  [0.2, '1 s'],
  [59.5, '1 min 0 s'],
  [3725, '1 h 2 min'],
])('%d seconds are %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});
