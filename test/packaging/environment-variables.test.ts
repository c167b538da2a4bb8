/** The page of environment variables lists what the sources read and set. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  variablesOfServers,
  variablesRead,
  variablesReadBy,
  variablesWritten,
  variablesWrittenBy,
} from '../support/environment-names';

const PAGE = readFileSync(join(resolve(__dirname, '../..'), 'docs/environment-variables.md'), 'utf8');

/** The variables in the first column of the table below a heading. */
function listed(heading: string): string[] {
  const [, section] = PAGE.split(`## ${heading}\n`);
  const cells = [...(section?.split(/^## /m)[0] ?? '').matchAll(/^\| ([^|]+) \|/gm)].map(([, cell]) => cell ?? '');
  return cells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name as string)).sort();
}

test('the page lists the variables that the package reads', () => {
  expect([...listed('Read at synthesis'), ...listed('Read by the command line')].sort()).toEqual(variablesRead());
});

test('the page lists the variables that the package sets in containers', () => {
  expect(listed('Set in containers')).toEqual(variablesWritten());
});

test('the page lists the variables of model servers', () => {
  // `PORT` has its own row, because several servers read it.
  expect(['PORT', ...listed('Set for model servers')].sort()).toEqual(variablesOfServers().sort());
});

test.each([
  ['const { TERM, A_B: other = 1, lower } = process.env;', ['TERM', 'A_B']],
  ['function f(environment = process.env) { return environment.ONE ?? environment["TWO"]; }', ['ONE', 'TWO']],
  ["const KEY = 'SERVING_KEY'; process.env[KEY];", ['SERVING_KEY']],
  ["process.env.SET = 'true';", []],
  ['const environment = {}; environment.PORT;', []],
])('the variables that %s reads are found', (text, names) => {
  expect(variablesReadBy(text)).toEqual(names);
});

test('the variables that a source sets in containers are found', () => {
  const text =
    "[{ name: 'POD_IP' }, secretVariable('A_TOKEN', x), prefixed('PATH', y), { HOME: SCRATCH.mountPath }, { A_KEY: token }]";
  expect(variablesWrittenBy(text)).toEqual(['POD_IP', 'A_TOKEN', 'PATH', 'HOME', 'A_KEY']);
});
