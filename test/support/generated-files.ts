import { updateOptionFiles } from '../../scripts/option-types';
import { updateFactories } from '../../scripts/server-factories';

/** Updates generated sources before tests read them. In CI, separate tests report outdated ones instead. */
export default function updateGeneratedFiles(): void {
  if (process.env.CI !== undefined) return;
  // Server factories come first, because they have options.
  for (const path of [...updateFactories(), ...updateOptionFiles()])
    console.log(`updated ${path}, which is generated from other sources`);
}
