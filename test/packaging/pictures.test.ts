import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PICTURES } from '../../scripts/overview-picture';

const ROOT = join(__dirname, '../..');

test.each([...PICTURES])('%s is what scripts/overview-picture.ts writes, and in the README', (name, picture) => {
  expect(readFileSync(join(ROOT, 'docs/images', name), 'utf8')).toBe(picture);
  expect(readFileSync(join(ROOT, 'README.md'), 'utf8')).toContain(`docs/images/${name}`);
});
