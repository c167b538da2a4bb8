/** Changes without an effect: what stands there is what the target does without it. Each has its reason. */
export const EQUIVALENT: readonly { readonly file: string; readonly change: string; readonly reason: string }[] = [];
