/**
 * Writes `docs/commands.md`: the help of every command, the exit codes and the errors, from the data of the command line.
 * With `--check` it writes nothing and fails if the page differs.
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
    '`npx serving` and `npx serving-constructs` are the same program. Install the package before you use either: the name',
    '`serving` belongs to another package in the npm registry, which `npx serving` runs in a project without this package.',
    'Messages show commands in the form in which you called the program.',
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
    'They are the same for every command. Like `git status`, `serving status` exits with 0 regardless of the state that it reports.',
    'In a pipeline use `serving lock --check` and `serving verify`, which exit with 1 if something differs. Closing the output',
    'early, as `| head -1` does, changes neither the result nor the exit code.',
    '',
    '| exit code | meaning |',
    '| ---: | --- |',
    ...Object.entries(EXIT_CODES).map(([exitCode, meaning]) => `| ${exitCode} | ${meaning} |`),
    '',
    '## Errors',
    '',
    'Every error starts with a stable code in brackets. Errors of lock files have exit code 2. `serving explain` exits with 1 for a',
    'refused definition, whether the error is thrown while the app runs (`DefinitionRefused`) or reported at synthesis, and with 3 if',
    'the app fails for another reason. [Errors](errors.md) lists the errors of lock files and definitions, this table those of the',
    'command line itself.',
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
    throw new Error('docs/commands.md is out of date; run: npx tsx scripts/commands-page.ts');
}
