import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderCreateOnly } from '../../scripts/create-only';

test('the list of create-only properties is that of the resource schemas', () => {
  const file = join(__dirname, '../../src/tools/changes/aws/create-only.ts');
  expect(readFileSync(file, 'utf8')).toBe(renderCreateOnly());
});
