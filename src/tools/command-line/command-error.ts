/** An error that the user can mend: wrong words on the command line, or something that a command met. */
export class CommandError extends Error {
  constructor(
    message: string,
    public readonly exitCode: number,
    /** Whether the message is of values that a person compares and copies, so that nothing in it is hidden. */
    public readonly isExact: boolean = false,
  ) {
    super(message);
  }
}

export const USAGE_ERROR = 2;

/** An app, a directory, a registry or a disk did not do what the command needs. */
export const FAILED = 3;
