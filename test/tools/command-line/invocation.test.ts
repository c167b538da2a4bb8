import { asCalled, invocation } from '../../../src/tools/command-line/invocation';
import { COMMANDS } from '../../../src/tools/commands/commands';

const LINK = '/app/node_modules/.bin/serving';
const npm = (command: string) => ({ npm_command: command, npm_config_user_agent: 'npm/11.1.0 node/v22.0.0 linux x64' });

describe('commands in messages are written the way the user started this one', () => {
  test.each([
    ['npx', LINK, npm('exec'), 'npx serving'],
    ['npx with the second name', `${LINK}-constructs`, npm('exec'), 'npx serving-constructs'],
    ['an npm script', `${LINK}-constructs`, npm('run-script'), 'npx serving-constructs'],
    ['pnpm exec', LINK, { npm_command: 'exec', npm_config_user_agent: 'pnpm/10.0.0 npm/?' }, 'pnpm exec serving'],
    ['yarn', LINK, { npm_command: 'run', npm_config_user_agent: 'yarn/1.22.0 npm/?' }, 'yarn serving'],
    ['a command on the PATH', '/usr/bin/serving', {}, 'serving'],
    ['a link on the PATH', LINK, {}, 'serving'],
    ['a source file, in a test that npm runs', '/src/tools/serving.ts', npm('test'), 'serving'],
    ['a file with another name', '/app/node_modules/serving-constructs/assets/tools/serving/index.js', {}, 'serving'],
    ['no script', undefined, {}, 'serving'],
  ])('%s', (_, script, environment, typed) => {
    expect(invocation(['node', ...(script === undefined ? [] : [script])], environment)).toBe(typed);
  });

  test.each([
    ["run 'serving lock' with a directory", "run 'npx serving lock' with a directory"],
    ['`serving verify` fails', '`npx serving verify` fails'],
    ['run: serving lock models/net --to x', 'run: npx serving lock models/net --to x'],
    ['Usage: serving <command> [options]', 'Usage: npx serving <command> [options]'],
    ['the serving lock file', 'the serving lock file'],
    ["'serving.lock.json' and 'serving' and my-serving lock", "'serving.lock.json' and 'serving' and my-serving lock"],
  ])('%s', (text, shown) => expect(asCalled(text, 'npx serving')).toBe(shown));
});

test.each(Object.keys(COMMANDS))("'serving %s' is printed in the form in which it was called", (name) => {
  expect(asCalled(`run 'serving ${name}'`, 'npx serving')).toBe(`run 'npx serving ${name}'`);
});
