import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { renderCommandsPage } from '../../../scripts/commands-page';
import { DirectoryError } from '../../../src/models/lock/walk';
import { COMMAND_CODES, type CommandCode } from '../../../src/tools/command-line/command-codes';
import { CommandError } from '../../../src/tools/command-line/command-error';
import { EXIT_CODES } from '../../../src/tools/command-line/exit-codes';
import { explainFailure } from '../../../src/tools/command-line/failure';
import { type Bundle, bundleServing } from '../../support/bundle';

const ROOT = join(__dirname, '../../..');
const TOOLS = join(ROOT, 'src/tools');

test('the page about the command line is up to date with its script', () => {
  expect(readFileSync(join(ROOT, 'docs/commands.md'), 'utf8')).toBe(renderCommandsPage());
});

test('every code is used and has a documented exit code', () => {
  const sources = readdirSync(TOOLS, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('command-codes.ts'))
    .map((file) => readFileSync(join(TOOLS, file), 'utf8'))
    .join('\n');
  for (const [code, { exitCode, meaning }] of Object.entries(COMMAND_CODES)) {
    expect(sources).toContain(`'${code}'`);
    expect(Object.keys(EXIT_CODES)).toContain(String(exitCode));
    expect(meaning).toMatch(/^[A-Z].*\.$/);
  }
});

test.each<[string, unknown, CommandCode]>([
  ['an error of a command', new CommandError('InvalidOption', 'x'), 'InvalidOption'],
  ['a directory that cannot be packed', new DirectoryError('x'), 'InvalidDirectory'],
  [
    'an operation that the system refuses',
    Object.assign(new Error('x'), { syscall: 'open', code: 'EIO' }),
    'SystemError',
  ],
  [
    'a working directory that was deleted',
    Object.assign(new Error('x'), { syscall: 'uv_cwd' }),
    'WorkingDirectoryMissing',
  ],
  ['anything else', new TypeError('x'), 'UnexpectedError'],
  ['a value that is not an error', undefined, 'UnexpectedError'],
])('%s has a code and its exit code', (_, error, code) => {
  const { message, exitCode } = explainFailure(error);
  expect(message.startsWith(`[${code}] `)).toBe(true);
  expect(exitCode).toBe(COMMAND_CODES[code].exitCode);
});

describe('the command line', () => {
  let bundle: Bundle;
  let folder: string;
  beforeAll(() => {
    bundle = bundleServing();
    folder = mkdtempSync(join(tmpdir(), 'serving-test-'));
  });
  afterAll(() => {
    bundle.remove();
    rmSync(folder, { recursive: true });
  });

  test.each([
    ['explode'],
    ['explain'],
    ['explain', 'everything'],
    ['lock'],
    ['lock', '--variant', 'x', '.'],
    ['lock', 'missing'],
    ['lock', '--image', 'a b'],
    ['pack'],
    ['publish'],
    ['publish', '--tag', '?'],
    ['publish', '--to'],
    ['status', '--format', 'xml'],
    ['verify', '--record'],
    ['verify', 'a', '--nope'],
  ])('starts its error for %j with a code that determines the exit code', (...args) => {
    const { status, stderr } = bundle.run(folder, ...args);
    expect(stderr).toMatch(/^\[[A-Z]\w+\] /);
    const code = /^\[(\w+)\]/.exec(stderr)?.[1] as CommandCode;
    expect(status).toBe(COMMAND_CODES[code]?.exitCode ?? 2);
    expect(status).not.toBe(0);
  });

  test('names only an unknown option and the help', () => {
    expect(bundle.run(folder, 'verify', '--nope').stderr).toBe(
      "[InvalidArguments] unknown option '--nope'\n'serving verify --help' lists the options\n",
    );
  });

  test.each([['--help'], ['status', '--help']])('prints every exit code with %j', (...args) => {
    const { status, stdout } = bundle.run(folder, ...args);
    expect(status).toBe(0);
    for (const [exitCode, meaning] of Object.entries(EXIT_CODES))
      expect(stdout).toContain(`\n  ${exitCode}   ${meaning}\n`);
  });
});
