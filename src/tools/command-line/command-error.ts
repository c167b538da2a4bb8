import { COMMAND_CODES, type CommandCode } from './command-codes';

/** An error that the user can fix, in the form of all errors: `[Code] what is wrong; what to do`. */
export class CommandError extends Error {
  public readonly exitCode: number;

  constructor(
    public readonly code: CommandCode,
    message: string,
    /** Whether the message consists of values to compare or copy, and is printed without redaction. */
    public readonly isExact: boolean = false,
  ) {
    super(`[${code}] ${message}`);
    this.exitCode = COMMAND_CODES[code].exitCode;
  }
}
