/** The page shows the example as it is, so that what is read is what `npm start` and the tests synthesize. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesOf } from '../support/markdown';

const ROOT = join(__dirname, '../..');
const page = readFileSync(join(ROOT, 'docs/getting-started.md'), 'utf8');
const files = filesOf(page);

test.each([
  ['definition.ts', 'definition.ts'],
  ['app.ts', 'aws/app.ts'],
  ['main.ts', 'kubernetes/main.ts'],
])('%s of the page is %s of the example', (name, path) => {
  const source = readFileSync(join(ROOT, 'examples/embeddings', path), 'utf8');
  // The page has one folder, the example one for each target.
  expect(files[name]).toBe(`// ${name}\n${source.replace("'../definition'", "'./definition'")}`);
});
