import type { Mutant } from './mutants';

/** A mutation without an effect. */
export interface Equivalent {
  readonly file: string;
  /** The line in which the changed property or element starts, without indentation. */
  readonly code: string;
  readonly change: string;
  readonly reason: string;
}

/** Mutations without an effect, because the value is the default of what reads it. */
export const EQUIVALENT: readonly Equivalent[] = [];

export function isEquivalent(mutant: Mutant): boolean {
  return EQUIVALENT.some(
    ({ file, code, change }) => mutant.file === file && mutant.code === code && mutant.change === change,
  );
}
