import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderTimeoutsPage } from '../../scripts/timeouts-page';
import { TIMEOUT_RULES } from '../../src/plan/rules';

const page = readFileSync(join(__dirname, '../../docs/timeouts.md'), 'utf8');

test('the page about timeouts is up to date', () => {
  expect(page).toBe(renderTimeoutsPage());
});

test('the page about timeouts has a row for each rule', () => {
  for (const id of Object.keys(TIMEOUT_RULES)) expect(page).toMatch(new RegExp(`^\\| ${id} \\| `, 'm'));
});
