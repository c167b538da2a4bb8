/** Mutations without an effect, because the value is the default of the target. Each has a reason. */
export const EQUIVALENT: readonly { readonly file: string; readonly change: string; readonly reason: string }[] = [];
