import type { IConstruct } from 'constructs';
import type { ErrorCode } from './error-codes';

export type { ErrorCode } from './error-codes';

/**
 * The one error this package throws: a stable code, what was typed, what is allowed, what to change, and where.
 */
export class ServingError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, at?: IConstruct | string) {
    super(renderError(code, message, typeof at === 'string' ? at : at?.node.path));
    this.name = 'ServingError';
    this.code = code;
  }
}

/** The text of an error or of a collected refusal. */
export function renderError(code: ErrorCode, message: string, path?: string): string {
  return `[${code}] ${message}${path ? ` (at ${path})` : ''}`;
}
