/** The command succeeded. */
export const OK = 0;

/** Something was refused, or differs from the lock file. */
export const REFUSED = 1;

/** The command line, or a project file that it names, is invalid. */
export const USAGE_ERROR = 2;

/** An app, a directory, a registry or a disk is missing or failed. */
export const FAILED = 3;

/** A registry or a bucket did not respond, or is temporarily unavailable. */
export const STORE_FAILED = 4;

/** The exit codes of every command, and their meaning for users. */
export const EXIT_CODES: { readonly [exitCode: number]: string } = {
  [OK]: 'success',
  [REFUSED]:
    'something was refused, differs from the lock file, or is an update that fails or loses requests or capacity',
  [USAGE_ERROR]: 'the command line, or a project file that it names, is invalid',
  [FAILED]: 'something that the command needs is missing or failed: an app, a directory, a registry or a disk',
  [STORE_FAILED]: 'a registry or a bucket did not respond; run the same command again to resume',
};
