import { updateOptionFiles } from '../../scripts/option-types';

/** Brings generated sources up to date before tests read them. In CI `test/packaging/option-types.test.ts` reports them. */
export default function updateGeneratedFiles(): void {
  if (process.env.CI !== undefined) return;
  for (const path of updateOptionFiles()) console.log(`updated ${path}, which is generated from the other sources`);
}
