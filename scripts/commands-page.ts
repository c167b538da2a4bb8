/**
 * Writes `docs/commands.md`: the help of every command, the exit codes and the errors, from the data that the command line
 * runs with. With `--check` it writes nothing and fails when the page differs.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { COMMAND_CODES } from '../src/tools/command-line/command-codes';
import { EXIT_CODES } from '../src/tools/command-line/exit-codes';
import { COMMANDS } from '../src/tools/commands/commands';

const PAGE = join(resolve(__dirname, '..'), 'docs/commands.md');

/** The whole page. */
export function renderCommandsPage(): string {
  const codes = Object.entries(COMMAND_CODES).sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    '# Command line',
    '',
    '`npx serving` and `npx serving-constructs` are the same program. Install the package before you use either: another',
    'package owns the name `serving` in the npm registry, so that `npx serving` in a project without this package runs that.',
    'Messages print commands in the form in which you called the program.',
    '',
    '## Commands',
    '',
    ...Object.entries(COMMANDS).flatMap(([name, { summary, load }]) => [
      `### ${name}`,
      '',
      `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`,
      '',
      '```text',
      load().usage.trimEnd(),
      '```',
      '',
    ]),
    '## Exit codes',
    '',
    'They are the same for every command. `serving status` reports, as `git status` does: it exits with 0 whatever it shows. In a',
    'pipeline use `serving lock --check` and `serving verify`, which exit with 1 where something differs. A reader that stops',
    'reading, such as `| head -1`, changes neither the work nor the exit code.',
    '',
    '| exit code | meaning |',
    '| ---: | --- |',
    ...Object.entries(EXIT_CODES).map(([exitCode, meaning]) => `| ${exitCode} | ${meaning} |`),
    '',
    '## Errors',
    '',
    'Every error starts with a stable code in brackets. Those of definitions and of lock files are in [errors](errors.md), with',
    'exit code 2; those of the command line itself are here.',
    '',
    '| code | exit code | meaning |',
    '| --- | ---: | --- |',
    ...codes.map(([code, { exitCode, meaning }]) => `| \`${code}\` | ${exitCode} | ${meaning} |`),
    '',
  ].join('\n');
}

if (require.main === module) {
  const page = renderCommandsPage();
  if (!process.argv.includes('--check')) writeFileSync(PAGE, page);
  else if (readFileSync(PAGE, 'utf8') !== page)
    throw new Error('docs/commands.md is not what scripts/commands-page.ts writes');
}
