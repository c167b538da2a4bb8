// A process that publishes, and that a test kills: `node publisher.js <destination> <http|ecr-api> <seed> <sizes>`.
import { parseDestination } from '../../../src/tools/destinations/destination';
import { openStore } from '../../../src/tools/destinations/open-store';
import type { Transport } from '../../../src/tools/stores/store';
import { noise, testArtifact } from '../../support/stores/artifacts';

const [to = '', transport = 'http', seed = '1', sizes = ''] = process.argv.slice(2);
const files = Object.fromEntries(
  sizes.split(',').map((size, index) => [`${index}.bin`, noise(Number(size), Number(seed) * 1000 + index)]),
);

async function main(): Promise<void> {
  const destination = parseDestination(to);
  const options = destination.kind === 's3' ? {} : { transport: transport as Transport, push: true };
  const store = await openStore(destination, options);
  await store.publish(testArtifact({ files }), (event) => process.stdout.write(`${JSON.stringify(event)}\n`));
  store.close();
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
