import type { ErrorCode } from '../private/error-codes';
import type { Refusal } from './serving-plan';

/** Notes something that cannot be rendered as asked. It is raised at synthesis, together with all others. */
export function refuse(refusals: Refusal[], code: ErrorCode, path: string, message: string): void {
  refusals.push({ code, path, message });
}
