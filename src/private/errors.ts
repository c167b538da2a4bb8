import type { IConstruct } from 'constructs';
import { UNSEEN } from './characters';
import { PROJECT_COMMAND, withCommand } from './commands-in-text';
import type { ErrorCode } from './error-codes';
import { hideTokens } from './tokens';

export type { ErrorCode } from './error-codes';

/** Where an error is: a construct, or the path of one that does not exist yet. */
export type Place = IConstruct | string;

/** An error of this package: a stable code, the prop and its value, what is allowed, what to change, and where. */
export class ServingError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, at?: Place) {
    super(renderError(code, message, typeof at === 'string' ? at : at?.node?.path));
    this.name = 'ServingError';
    this.code = code;
  }
}

/** Characters that would start a separate line, which a log processor may act on, or move the cursor. */
const UNSHOWN = new RegExp(`[${UNSEEN}]`, 'g');

/** The text of an error or a collected refusal: one line, regardless of its values. */
export function renderError(code: ErrorCode, message: string, path?: string): string {
  const text = withCommand(message, PROJECT_COMMAND);
  return escapeControls(hideTokens(`[${code}] ${text}${path ? ` (at ${path})` : ''}`));
}

/** Text with its control characters escaped. */
export function escapeControls(text: string): string {
  return text.replace(UNSHOWN, (character) =>
    character === '\n' ? '\\n' : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
