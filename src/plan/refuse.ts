import type { ErrorCode } from '../private/error-codes';
import type { Refusal } from './serving-plan';

/** Adds a refusal. All refusals are raised together at synthesis. */
export function refuse(refusals: Refusal[], code: ErrorCode, path: string, message: string): void {
  refusals.push({ code, path, message });
}
