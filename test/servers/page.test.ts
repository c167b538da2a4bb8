import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderServersPage } from '../../scripts/servers-page';

test('the servers page is what its script writes', () => {
  expect(readFileSync(join(__dirname, '../../docs/servers.md'), 'utf8')).toBe(renderServersPage());
});
