import type { StoreErrorCode } from '../command-line/command-codes';
import { CommandError } from '../command-line/command-error';

export type { StoreErrorCode } from '../command-line/command-codes';

/** An error of a registry or of object storage. */
export class StoreError extends CommandError {
  constructor(
    public override readonly code: StoreErrorCode,
    message: string,
    /** The wait that the store requested, in milliseconds. */
    public readonly retryAfter?: number,
  ) {
    super(code, message);
  }
}
