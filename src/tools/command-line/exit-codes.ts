/** Everything is as it should be. */
export const OK = 0;

/** Something is refused, or differs from what was locked. */
export const REFUSED = 1;

/** The command line, or a file of the project that it names, is wrong. */
export const USAGE_ERROR = 2;

/** An app, a directory, a registry or a disk did not do what the command needs. */
export const FAILED = 3;

/** A registry or a bucket did not answer, or could not for now. */
export const STORE_FAILED = 4;

/** The exit codes of every command, and what they mean to the user. */
export const EXIT_CODES: { readonly [exitCode: number]: string } = {
  [OK]: 'success',
  [REFUSED]: 'something is refused, or differs from what was locked',
  [USAGE_ERROR]: 'the command line, or a file of the project that it names, is wrong',
  [FAILED]: 'something that the command needs is missing or failed: an app, a directory, a registry, a disk',
  [STORE_FAILED]: 'a registry or a bucket did not answer: run the same command again, which resumes where it stopped',
};
