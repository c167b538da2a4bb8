import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import readline from 'node:readline/promises';
import { fail } from '../../../src/tools/command-line/failure';
import { confirmDestinations } from '../../../src/tools/destinations/confirm-destinations';
import { nameOf, parseDestination } from '../../../src/tools/destinations/destination';

const before = process.env;
let state: string;

beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'state-'));
  process.env = { ...before, XDG_STATE_HOME: state, SERVING_ALLOWED_DESTINATIONS: '' };
});
afterEach(() => {
  process.env = before;
  rmSync(state, { recursive: true });
});

const file = () => join(state, 'serving-constructs/destinations.json');

/** Whether destinations are allowed, and the prompts. */
async function confirm(to: readonly string[], answer?: string, allowed: string[] = []) {
  const questions: string[] = [];
  const ask = async (question: string) => {
    questions.push(question);
    return answer ?? '';
  };
  const error = await confirmDestinations(to.map(parseDestination), { isTyped: false, allowed, ask }).catch(
    ({ message }: Error) => message,
  );
  return { isAllowed: error === undefined, questions };
}

test('a destination is confirmed once, several in one prompt', async () => {
  const to = ['r.example/a', 's3://bucket/nets', 'r.example/a'];
  expect(await confirm(to, 'y')).toEqual({
    isAllowed: true,
    questions: ['This machine has never published to r.example/a, s3://bucket/nets. Publish there? [y/N] '],
  });
  expect(await confirm(to)).toEqual({ isAllowed: true, questions: [] });
  expect(await confirm(['r.example/b'])).toMatchObject({ isAllowed: false });
  expect(statSync(file()).mode & 0o777).toBe(0o600);
});

test.each(['', 'n', 'no', 'yep', 'yes please'])('the answer %j means no', async (answer) => {
  expect(await confirm(['r.example/a'], answer)).toMatchObject({ isAllowed: false });
  expect(await confirm(['r.example/a'], ' YES ')).toMatchObject({ isAllowed: true });
});

test.each([
  ['r.example/team/net', 'r.example', true],
  ['r.example/team/net', 'oci://r.example/team/', true],
  ['r.example/team-evil/net', 'r.example/team', false],
  ['r.example.evil/net', 'r.example', false],
  ['r.example:5000/net', 'r.example', false],
  ['docker.io/acme/net', 'docker.io/acme', true],
  ['s3://bucket/nets', 's3://bucket', true],
  ['s3://bucket-evil/nets', 's3://bucket', false],
  ['s3://bucket', 's3://bucket/nets', false],
])('%s is allowed by the prefix %s: %j', async (to, prefix, isAllowed) => {
  expect(await confirm([to], '', [prefix])).toMatchObject({ isAllowed });
  process.env.SERVING_ALLOWED_DESTINATIONS = `x.example ${prefix}`;
  expect(await confirm([to])).toMatchObject({ isAllowed });
});

test('one new destination refuses all', async () => {
  expect(await confirm(['r.example/a', 'evil.example/a'], 'n', ['r.example'])).toEqual({
    isAllowed: false,
    questions: [expect.stringContaining('published to evil.example/a.')],
  });
});

test.each([
  '{',
  '[]',
  '{"format":2,"destinations":["r.example/a"]}',
  '{"format":1}',
])('a state file with %j confirms nothing', async (text) => {
  await confirm(['r.example/x'], 'y');
  writeFileSync(file(), text);
  expect(await confirm(['r.example/a'])).toMatchObject({ isAllowed: false });
});

test('an answer that cannot be stored applies once', async () => {
  await confirm(['r.example/x'], 'y');
  const text = readFileSync(file(), 'utf8');
  rmSync(join(state, 'serving-constructs'), { recursive: true });
  writeFileSync(join(state, 'serving-constructs'), text);
  chmodSync(join(state, 'serving-constructs'), 0o400);
  expect(await confirm(['r.example/x'], 'y')).toMatchObject({ isAllowed: true, questions: [expect.any(String)] });
  expect(await confirm(['r.example/x'], 'n')).toMatchObject({ isAllowed: false });
});

test('a destination has one canonical name', () => {
  for (const [text, name] of [
    ['index.docker.io/acme/net', 'docker.io/acme/net'],
    ['oci://r.example/a', 'r.example/a'],
    ['s3://bucket/nets/', 's3://bucket/nets'],
    ['s3://bucket', 's3://bucket'],
  ] as const)
    expect(nameOf(parseDestination(text))).toBe(name);
});

/** Destinations that redaction would change, although the user must see them. */
const LIKE_CREDENTIALS = [
  'eyJhbGci.eyJevil0.evil.example/models',
  `sk-${'a1'.repeat(12)}.evil.example/models`,
  's3://evil-bucket/token=hidden/models',
];

test.each(LIKE_CREDENTIALS)('%s is displayed unchanged, in the prompt and in the refusal', async (to) => {
  const written: string[] = [];
  const write = jest.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  const isTTY = [process.stdin.isTTY, process.stderr.isTTY];
  const close = jest.spyOn(readline, 'createInterface').mockReturnValue({
    once: (event: string, listener: (line: string) => void) => event === 'line' && listener('n'),
    close: () => undefined,
  } as never);
  try {
    process.stdin.isTTY = true;
    process.stderr.isTTY = true;
    const refused = await confirmDestinations([parseDestination(to)], { isTyped: false }).catch((error) => error);
    fail(refused, false);
  } finally {
    [process.stdin.isTTY, process.stderr.isTTY] = isTTY as [boolean, boolean];
    for (const spy of [write, close]) spy.mockRestore();
  }
  expect(written).toEqual([
    `This machine has never published to ${to}. Publish there? [y/N] `,
    expect.stringContaining(`only the lock file names '${to}'`),
  ]);
});

test('a destination with invisible characters is refused without a prompt', async () => {
  expect(await confirm(['s3://bucket/mo\u200bdels'], 'y')).toEqual({ isAllowed: false, questions: [] });
  await expect(confirm(['s3://bucket/mo\u202edels'], 'y')).rejects.toThrow(/^\[InvalidDestination\] /);
});
