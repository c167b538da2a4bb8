import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderServersPage } from '../../scripts/servers-page';

test('the servers page matches the output of its script', () => {
  const page = readFileSync(join(__dirname, '../../docs/servers.md'), 'utf8');
  if (page !== renderServersPage()) throw new Error('docs/servers.md is stale; run npx tsx scripts/servers-page.ts');
});
