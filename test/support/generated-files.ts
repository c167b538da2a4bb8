import { updateOptionFiles } from '../../scripts/option-types';
import { updateFactories } from '../../scripts/server-factories';

/** Brings generated sources up to date before tests read them. In CI tests of their own report those that are not. */
export default function updateGeneratedFiles(): void {
  if (process.env.CI !== undefined) return;
  // The factories of servers have options.
  for (const path of [...updateFactories(), ...updateOptionFiles()])
    console.log(`updated ${path}, which is generated from other sources`);
}
