import { FAILED, REFUSED, STORE_FAILED, USAGE_ERROR } from './exit-codes';

/** What an error of the command line means, and what the command exits with. */
interface CommandCodeRow {
  readonly exitCode: number;
  readonly meaning: string;
}

/** What can go wrong between this machine and a store: whether somebody must act, or waiting may help. */
export const STORE_CODES = {
  AccessDenied: { exitCode: FAILED, meaning: 'The credentials do not permit the operation.' },
  AwsSettings: { exitCode: FAILED, meaning: 'The settings of AWS on this machine are incomplete or invalid.' },
  ConnectionLost: { exitCode: STORE_FAILED, meaning: 'The connection ended in the middle of a request.' },
  CredentialHelperFailed: { exitCode: FAILED, meaning: 'The credential helper of the registry failed.' },
  CredentialsMissing: { exitCode: FAILED, meaning: 'The store requires credentials, and none were found.' },
  DigestMismatch: { exitCode: FAILED, meaning: 'The content does not have the digest that identifies it.' },
  ImmutableTag: { exitCode: FAILED, meaning: 'The registry does not permit a tag to be moved.' },
  LimitExceeded: { exitCode: FAILED, meaning: 'A quota or a limit of the store is exceeded.' },
  ManifestRejected: { exitCode: FAILED, meaning: 'The registry does not accept the manifest.' },
  NotARegistry: { exitCode: FAILED, meaning: 'The address does not answer as a registry.' },
  NotFound: { exitCode: FAILED, meaning: 'The image or the object does not exist.' },
  ProxyFailed: { exitCode: FAILED, meaning: 'The proxy did not connect to the store.' },
  RepositoryMissing: { exitCode: FAILED, meaning: 'The repository or the bucket does not exist.' },
  StoreFailed: { exitCode: STORE_FAILED, meaning: 'The store failed with an error of its own.' },
  StoreFull: { exitCode: STORE_FAILED, meaning: 'The store has no space left.' },
  StoreRefused: { exitCode: FAILED, meaning: 'The store refused the request.' },
  TlsFailed: { exitCode: FAILED, meaning: 'The certificate of the store is not trusted.' },
  TokenExpired: { exitCode: FAILED, meaning: 'The credentials have expired.' },
  TooManyRequests: { exitCode: STORE_FAILED, meaning: 'The store limits the rate of requests.' },
  UnexpectedAnswer: { exitCode: STORE_FAILED, meaning: 'The store answered with something that is not understood.' },
  Unreachable: { exitCode: STORE_FAILED, meaning: 'The store cannot be reached.' },
  UntrustedAddress: { exitCode: FAILED, meaning: 'The registry names an address that is not trusted.' },
} as const satisfies { readonly [code: string]: CommandCodeRow };

/** Every error of the command line by its stable code. */
export const COMMAND_CODES = {
  ...STORE_CODES,
  AppFailed: { exitCode: FAILED, meaning: 'The CDK or cdk8s app failed.' },
  AppNotFound: { exitCode: USAGE_ERROR, meaning: 'The folder does not define which app to run.' },
  CacheUnusable: { exitCode: FAILED, meaning: 'The cache folder cannot be used.' },
  ConflictingOptions: { exitCode: USAGE_ERROR, meaning: 'Two options, or an option and a value, exclude each other.' },
  CredentialFiles: { exitCode: REFUSED, meaning: 'A directory contains files that look like credentials.' },
  DestinationRefused: { exitCode: REFUSED, meaning: 'A destination was neither typed nor allowed on this machine.' },
  DirectoryMissing: { exitCode: FAILED, meaning: 'A directory of a model or an app does not exist.' },
  IncompleteRequirements: { exitCode: FAILED, meaning: 'A list of packages lacks packages that the listed ones need.' },
  InvalidAppFile: { exitCode: USAGE_ERROR, meaning: 'The file cdk.json or cdk8s.yaml cannot be read.' },
  InvalidArguments: { exitCode: USAGE_ERROR, meaning: 'The command line has an unknown option or a misplaced word.' },
  InvalidBase: { exitCode: FAILED, meaning: 'The base image cannot carry the app.' },
  InvalidDestination: { exitCode: USAGE_ERROR, meaning: 'A destination is not a repository or an s3:// prefix.' },
  InvalidDirectory: { exitCode: FAILED, meaning: 'A directory contains something that cannot be packed.' },
  InvalidIgnoreFile: { exitCode: FAILED, meaning: 'An ignore file has no effect or cannot be read.' },
  InvalidImage: { exitCode: USAGE_ERROR, meaning: 'An image reference cannot be read.' },
  InvalidKey: { exitCode: USAGE_ERROR, meaning: 'A public key does not exist or cannot be read.' },
  InvalidLayout: { exitCode: FAILED, meaning: 'The output folder is not an OCI image layout.' },
  InvalidOption: { exitCode: USAGE_ERROR, meaning: 'The value of an option is invalid.' },
  InvalidRequirements: { exitCode: FAILED, meaning: 'A list of packages cannot be used.' },
  LockDiffers: { exitCode: REFUSED, meaning: 'A directory differs from what was locked.' },
  MissingOption: { exitCode: USAGE_ERROR, meaning: 'An option requires another option or an argument.' },
  NoDestination: { exitCode: USAGE_ERROR, meaning: 'A model or an app has no publish destination.' },
  NoEndpoint: { exitCode: USAGE_ERROR, meaning: 'The app has no endpoint.' },
  NotLocked: { exitCode: USAGE_ERROR, meaning: 'The lock file has no entry of that name.' },
  NothingToDo: { exitCode: USAGE_ERROR, meaning: 'Neither the command line nor the lock file names anything.' },
  OutputUnwritable: { exitCode: FAILED, meaning: 'A file or a folder cannot be written.' },
  OutsideFolder: { exitCode: REFUSED, meaning: 'A directory is outside the folder of the lock file.' },
  PythonFailed: { exitCode: FAILED, meaning: 'The program pip could not bring the packages.' },
  PythonMissing: { exitCode: FAILED, meaning: 'The program python3 is not installed.' },
  SystemError: { exitCode: FAILED, meaning: 'The operating system refused an operation.' },
  TemporaryFolderUnusable: { exitCode: FAILED, meaning: 'The folder of temporary files cannot be used.' },
  UnexpectedError: { exitCode: FAILED, meaning: 'A defect of this package; report it with the output of --debug.' },
  UnknownCommand: { exitCode: USAGE_ERROR, meaning: 'There is no command of that name.' },
  UnknownSection: { exitCode: USAGE_ERROR, meaning: 'There is no section of that name.' },
  WheelMissing: { exitCode: FAILED, meaning: 'A package has no wheel for the interpreter and the architecture.' },
  WorkingDirectoryMissing: { exitCode: FAILED, meaning: 'The working directory does not exist any more.' },
} as const satisfies { readonly [code: string]: CommandCodeRow };

/** The stable first word of an error of the command line. */
export type CommandCode = keyof typeof COMMAND_CODES;

/** The same, of an error of a store. */
export type StoreErrorCode = keyof typeof STORE_CODES;
