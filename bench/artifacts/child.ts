// Hashes the layers of a directory with a number of threads, and prints the elapsed and the processor time.
import { walk } from '../../src/models/lock/walk';
import { hashLayers } from '../../src/tools/artifact/hash-layers';
import { isHashWorker } from '../../src/tools/artifact/hash-worker';
import { planLayers } from '../../src/tools/artifact/layer-plan';
import type { Hashing } from './programs';

async function main(directory: string, workers: number): Promise<Hashing> {
  const layers = planLayers(walk(directory), { prefix: 'models/' });
  const start = performance.now();
  const before = process.cpuUsage();
  await hashLayers(layers, () => {}, workers);
  const { user, system } = process.cpuUsage(before);
  return { seconds: (performance.now() - start) / 1000, cpu: (user + system) / 1e6 };
}

if (!isHashWorker()) {
  void main(process.argv[2] as string, Number(process.argv[3])).then((hashing) => console.log(JSON.stringify(hashing)));
}
