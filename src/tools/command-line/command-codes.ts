import { FAILED, REFUSED, STORE_FAILED, USAGE_ERROR } from './exit-codes';

/** The meaning of an error of the command line, and its exit code. */
interface CommandCodeRow {
  readonly exitCode: number;
  readonly meaning: string;
}

/** Errors between this machine and a store. The exit code distinguishes those that a later retry may solve. */
export const STORE_CODES = {
  AccessDenied: { exitCode: FAILED, meaning: 'The credentials do not permit the operation.' },
  AwsSettings: { exitCode: FAILED, meaning: 'The AWS configuration of this machine is incomplete or invalid.' },
  ConnectionLost: { exitCode: STORE_FAILED, meaning: 'The connection was lost during a request.' },
  CredentialHelperFailed: { exitCode: FAILED, meaning: 'The credential helper of the registry failed.' },
  CredentialsMissing: { exitCode: FAILED, meaning: 'The store requires credentials, and none were found.' },
  DigestMismatch: { exitCode: FAILED, meaning: 'The content does not match its digest.' },
  ImmutableTag: { exitCode: FAILED, meaning: 'The registry does not allow tags to be moved.' },
  LimitExceeded: { exitCode: FAILED, meaning: 'A quota or limit of the store is exceeded.' },
  ManifestRejected: { exitCode: FAILED, meaning: 'The registry does not accept the manifest.' },
  NotARegistry: { exitCode: FAILED, meaning: 'The address does not respond like a registry.' },
  NotFound: { exitCode: FAILED, meaning: 'The image or the object does not exist.' },
  ProxyFailed: { exitCode: FAILED, meaning: 'The proxy did not connect to the store.' },
  RepositoryMissing: { exitCode: FAILED, meaning: 'The repository or the bucket does not exist.' },
  StoreFailed: { exitCode: STORE_FAILED, meaning: 'The store failed with an internal error.' },
  StoreFull: { exitCode: STORE_FAILED, meaning: 'The store has no space left.' },
  StoreRefused: { exitCode: FAILED, meaning: 'The store refused the request.' },
  TlsFailed: { exitCode: FAILED, meaning: 'The certificate of the store is not trusted.' },
  TokenExpired: { exitCode: FAILED, meaning: 'The credentials have expired.' },
  TooManyRequests: { exitCode: STORE_FAILED, meaning: 'The store limits the rate of requests.' },
  UnexpectedAnswer: { exitCode: STORE_FAILED, meaning: 'The store returned an unexpected response.' },
  Unreachable: { exitCode: STORE_FAILED, meaning: 'The store cannot be reached.' },
  UntrustedAddress: { exitCode: FAILED, meaning: 'The registry refers to an address that is not trusted.' },
} as const satisfies { readonly [code: string]: CommandCodeRow };

/** All errors of the command line, by their stable codes. */
export const COMMAND_CODES = {
  ...STORE_CODES,
  AppFailed: { exitCode: FAILED, meaning: 'The CDK or cdk8s app failed for another reason than a refused definition.' },
  AppNotFound: { exitCode: USAGE_ERROR, meaning: 'The folder does not define which app to run.' },
  CacheUnusable: { exitCode: FAILED, meaning: 'The cache folder cannot be used.' },
  ConflictingOptions: {
    exitCode: USAGE_ERROR,
    meaning: 'Two options, or an option and a value, conflict with each other.',
  },
  CredentialFiles: { exitCode: REFUSED, meaning: 'A directory contains files that look like credentials.' },
  DefinitionRefused: { exitCode: REFUSED, meaning: 'The app threw an error of this package about its definition.' },
  DestinationRefused: {
    exitCode: REFUSED,
    meaning: 'A destination was neither specified nor allowed on this machine.',
  },
  DirectoryMissing: { exitCode: FAILED, meaning: 'A directory of a model or an app does not exist.' },
  InvalidAppFile: { exitCode: USAGE_ERROR, meaning: 'The file cdk.json or cdk8s.yaml cannot be read.' },
  InvalidArguments: {
    exitCode: USAGE_ERROR,
    meaning: 'The command line contains an unknown option or an unexpected argument.',
  },
  InvalidBase: { exitCode: FAILED, meaning: 'The base image is not suitable for the app.' },
  InvalidDestination: { exitCode: USAGE_ERROR, meaning: 'A destination is not a repository or an s3:// prefix.' },
  InvalidDirectory: { exitCode: FAILED, meaning: 'A directory contains something that cannot be packed.' },
  InvalidIgnoreFile: { exitCode: FAILED, meaning: 'An ignore file has no effect or cannot be read.' },
  InvalidImage: { exitCode: USAGE_ERROR, meaning: 'An image reference is invalid.' },
  InvalidKey: { exitCode: USAGE_ERROR, meaning: 'A public key does not exist or cannot be read.' },
  InvalidLayout: { exitCode: FAILED, meaning: 'The output folder is not an OCI image layout.' },
  InvalidOption: { exitCode: USAGE_ERROR, meaning: 'The value of an option is invalid.' },
  InvalidOutput: {
    exitCode: USAGE_ERROR,
    meaning: 'A folder or a file is not the output of a CDK or cdk8s app.',
  },
  InvalidRequirements: { exitCode: FAILED, meaning: 'A requirements file is invalid or not supported.' },
  LockDiffers: { exitCode: REFUSED, meaning: 'A directory differs from the lock file.' },
  MissingOption: { exitCode: USAGE_ERROR, meaning: 'An option requires another option or an argument.' },
  NoDestination: { exitCode: USAGE_ERROR, meaning: 'A model or an app has no publish destination.' },
  NoEndpoint: { exitCode: USAGE_ERROR, meaning: 'The app has no endpoint.' },
  NotLocked: { exitCode: USAGE_ERROR, meaning: 'The lock file has no entry with that name.' },
  NothingToDo: {
    exitCode: USAGE_ERROR,
    meaning: 'Neither the command line nor the lock file names a model, an app or an image.',
  },
  OutputUnwritable: { exitCode: FAILED, meaning: 'A file or a folder cannot be written.' },
  OutsideFolder: { exitCode: REFUSED, meaning: 'A directory is outside the folder of the lock file.' },
  PythonFailed: { exitCode: FAILED, meaning: 'Python or pip failed.' },
  PythonMissing: { exitCode: FAILED, meaning: 'The program python3 is not installed.' },
  SystemError: { exitCode: FAILED, meaning: 'The operating system refused an operation.' },
  TemporaryFolderUnusable: { exitCode: FAILED, meaning: 'The folder for temporary files cannot be used.' },
  UnexpectedError: { exitCode: FAILED, meaning: 'A bug in this package; report it with the output of --debug.' },
  UnknownCommand: { exitCode: USAGE_ERROR, meaning: 'There is no command with that name.' },
  UnknownSection: { exitCode: USAGE_ERROR, meaning: 'There is no section with that name.' },
  WheelMissing: { exitCode: FAILED, meaning: 'A package has no wheel for the interpreter and the architecture.' },
  WorkingDirectoryMissing: { exitCode: FAILED, meaning: 'The working directory no longer exists.' },
} as const satisfies { readonly [code: string]: CommandCodeRow };

/** The stable code at the beginning of an error message. */
export type CommandCode = keyof typeof COMMAND_CODES;

/** The code of an error of a store. */
export type StoreErrorCode = keyof typeof STORE_CODES;
