import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Line } from '../../../src/report/layout';
import { Printer, stderr, stdout, usesColor } from '../../../src/tools/command-line/output';

const TOOLS = join(__dirname, '../../../src/tools');
const PRINTER = 'command-line/output.ts';

function printed(print: (printer: Printer) => void): string {
  let text = '';
  print(new Printer({ write: (piece) => (text += piece) }));
  return text;
}

test('a line contains no credentials and no control sequences', () => {
  expect(printed((printer) => printer.line('a\u001b[2Jb https://user:hunter2@host\r\n\tc'))).toBe(
    'ab https://***@host\n\tc\n',
  );
});

const PATH = '/builds/acme/ghp_0123456789abcdefghij/.cache/receipts/0a.json';

test('JSON stays valid and keeps its value', () => {
  const value = { a: 'x\u202ey', model: PATH, c: 1 };
  const json = printed((printer) => printer.json(value, 2));
  expect(JSON.parse(json)).toEqual(value);
  expect(json).not.toContain('\u202e');
});

test('an exact value is not redacted, but contains no control sequences', () => {
  expect(printed((printer) => printer.exact(`${PATH}\u001b[2J\n`))).toBe(`${PATH}\n`);
});

test('results are exact, and other messages contain no credentials', () => {
  const written: Record<string, string[]> = {};
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    jest.spyOn(process[name], 'write').mockImplementation((text) => {
      written[name] = [...(written[name] ?? []), String(text)];
      return true;
    }),
  );
  try {
    stdout.line(PATH);
    stderr.line(PATH);
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  expect(written).toEqual({
    stdout: [`${PATH}\n`],
    stderr: ['/builds/acme/ghp_***/.cache/receipts/0a.json\n'],
  });
});

test('a progress bar is removed with a control sequence', () => {
  expect(printed((printer) => printer.clearLine())).toBe('\r\u001b[K');
});

describe('lines of a report', () => {
  const paint = (lines: Line[], isColored: boolean): string => printed((printer) => printer.lines(lines, isColored));

  test('have the color of their style, except around padding', () => {
    const line: Line = [{ text: 'bad', style: 'refused' }, { text: '  word  ', style: 'heading' }, { text: ' plain' }];
    expect(paint([line], true)).toBe('\u001b[31mbad\u001b[39m  \u001b[2mword\u001b[22m   plain\n');
    expect(paint([line], false)).toBe('bad  word   plain\n');
  });

  test('contain only the control sequences of styles, and no credentials', () => {
    const hostile: Line = [{ text: 'a\u001b[2Jb ', style: 'title' }, { text: 'https://user:hunter2@host' }];
    for (const isColored of [true, false]) expect(paint([hostile], isColored)).toBe('ab https://***@host\n');
  });
});

test.each([
  [{}, true, true],
  [{}, false, false],
  [{ NO_COLOR: '1' }, true, false],
  [{ NO_COLOR: '' }, true, true],
  [{ TERM: 'dumb' }, true, false],
  [{ TERM: 'xterm' }, true, true],
  [{ FORCE_COLOR: '1' }, false, true],
  [{ FORCE_COLOR: '' }, false, true],
  [{ FORCE_COLOR: '0' }, true, false],
  [{ FORCE_COLOR: 'false' }, true, false],
  [{ FORCE_COLOR: '1', NO_COLOR: '1', TERM: 'dumb' }, false, true],
] as const)('%j with a terminal (%s) uses colors: %s', (environment, isTerminal, isColored) => {
  expect(usesColor(isTerminal, environment)).toBe(isColored);
});

/** Ways to bypass the printer. */
const BYPASS =
  /process\s*\.\s*std(?:out|err)|process\s*\[|\bconsole\b|writeSync\(\s*[12]\b|\/dev\/(?:stdout|stderr|tty)/;

test('nothing in the tools bypasses the printer', () => {
  const files = readdirSync(TOOLS, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  expect(files.length).toBeGreaterThan(50);
  const lines = files
    .filter((file) => file !== PRINTER)
    .flatMap((file) =>
      readFileSync(join(TOOLS, file), 'utf8')
        .split('\n')
        .filter((line) => BYPASS.test(line))
        .map((line) => `${file}: ${line.trim()}`),
    );
  expect(lines).toEqual([]);
  expect(BYPASS.test(readFileSync(join(TOOLS, PRINTER), 'utf8'))).toBe(true);
});

test.each([
  'process.stdout.write(x)',
  'process . stderr',
  "process['stdout']",
  'console.log(x)',
  'writeSync(1, x)',
])('%s would bypass it', (code) => expect(BYPASS.test(code)).toBe(true));
