/** Every test of the AWS renderer in one file, so that the framework is loaded once. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

for (const folder of ['conformance', 'aws']) {
  const path = join(__dirname, '..', folder);
  for (const file of readdirSync(path).filter((name) => name.endsWith('.test.ts'))) require(join(path, file));
}
