import { readFileSync } from 'node:fs';
import { relative, sep } from 'node:path';
import type { WalkedDirectory, WalkedFile } from '../../models/lock/walk';
import { shellWord } from '../../private/shell-word';
import { CommandError } from '../command-line/command-error';

/** Files that contain credentials in any folder: a file name, or the end of a path. */
const NAMES = [
  ...['.netrc', '_netrc', '.npmrc', '.pypirc', '.git-credentials', '.envrc', '.env', '.htpasswd', '.pgpass', '.my.cnf'],
  ...[
    '.s3cfg',
    '.boto',
    '.dockercfg',
    '.dockerconfigjson',
    '.docker/config.json',
    '.vault-token',
    '.terraformrc',
    'credentials.tfrc.json',
  ],
  ...['application_default_credentials.json', 'kubeconfig', '.kubeconfig', '.databrickscfg', '.config/gh/hosts.yml'],
  ...['id_rsa', 'id_dsa', 'id_ecdsa', 'id_ed25519', 'id_ecdsa_sk', 'id_ed25519_sk'],
  ...['.cargo/credentials', '.cargo/credentials.toml', '.gem/credentials', '.streamlit/secrets.toml'],
  ...['huggingface/token', '.huggingface/token', '.kaggle/kaggle.json', '.ngc/config', '.oci/config', 'rclone.conf'],
  ...['service-account.json', 'service_account.json', 'serviceaccount.json', 'credentials.json'],
  ...['.bash_history', '.zsh_history', '.python_history', '.psql_history', '.mysql_history'],
];

/** Folders whose content is private. */
const FOLDERS = ['.git', '.aws', '.ssh', '.gnupg', '.kube', '.azure', '.config/gcloud'];

const PATTERNS = [
  // Examples and templates contain no credentials.
  /^\.env\.(?!(?:example|sample|template|dist)$)/,
  /^(?!.*\b(?:example|sample|template|dist)\.env$).+\.env$/,
  /^client_secret_.+\.json$/,
  /\.tfstate(?:\.|$)/,
  /\.(?:p12|pfx|jks|keystore|kdbx|ppk|agekey)$/,
];

/** Settings with the key of a service account, or with the tokens of an OAuth client. */
const JSON_SECRET =
  /"(?:private_key|client_secret|refresh_token|aws_secret_access_key|secretAccessKey)"\s*:\s*"(?!\s*(?:<[^"]*>|\$\{[^"]*\}|\.{3}|)\s*")[^"]+"/i;

/** An access key of AWS in a profile or a file of variables. */
const AWS_SECRET = /^\s*(?:export\s+)?aws_secret_access_key\s*=\s*["']?[A-Za-z0-9/+]{40}\b/im;

/** Files that contain a key, or a public certificate. */
const KEY_OR_CERTIFICATE = /\.(?:pem|key)$/;

/** Keys are smaller; larger files are weights. */
const MAX_SNIFFED = 64 * 1024;

/** Settings of package indexes, which contain credentials only as a login in a URL. */
const INDEX_SETTINGS = /(?:^|\/)(?:pip\.conf|pip\.ini|\.condarc)$/;
const LOGIN = /:\/\/[^\s/@]{1,512}@|\/t\/[\w-]{8,}\//;

/** A private key with its content, anywhere in a file. The header alone appears in the code of many programs. */
const PRIVATE_KEY = /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----[\s\S]{0,200}?[A-Za-z0-9+/]{40}/;

/** The files of a directory that look like credentials, by their names or because they contain a private key. */
export function credentialFiles({ root, files }: Pick<WalkedDirectory, 'root' | 'files'>): string[] {
  return files.filter((file) => isCredential(file, root)).map(({ path }) => path);
}

/** How to treat files that look like credentials. */
export interface CredentialPolicy {
  /** The name of the directory in messages. */
  readonly name: string;
  /** The files that may be published anyway. */
  readonly allowed: readonly string[];
  /** How to exclude a file, for the error message. */
  readonly leaveOut: string;
}

/** Refuses files that look like credentials, and returns those that exist and are allowed. */
export function requireNoCredentials(walked: WalkedDirectory, { name, allowed, leaveOut }: CredentialPolicy): string[] {
  const found = credentialFiles(walked);
  const refused = found.filter((path) => !allowed.includes(path));
  if (refused.length === 0) return found;
  const more = refused.length > SHOWN ? ` and ${refused.length - SHOWN} more` : '';
  const names = refused.slice(0, SHOWN).map((path) => `'${path}'`);
  throw new CommandError(
    'CredentialFiles',
    `'${name}' contains files that look like credentials, which anyone who can pull the image could read: ${names.join(', ')}${more}; ${leaveOut}, or lock it with ${allowOptions(refused)} to publish ${refused.length === 1 ? 'that file' : 'those files'} on purpose`,
  );
}

const SHOWN = 10;
/** With more options, a command is too long to check. */
const MAX_ALLOWED = 50;

/** The options that allow all of the files in one run. */
function allowOptions(paths: readonly string[]): string {
  if (paths.length > MAX_ALLOWED) return `one --allow-file for each of the ${paths.length} files`;
  return paths.map((path) => `--allow-file ${shellWord(path)}`).join(' ');
}

function isCredential(file: WalkedFile, root: string): boolean {
  // A link is also checked by the name of its target.
  const places = [file.path, relative(root, file.source).split(sep).join('/')].map((path) => path.toLowerCase());
  if (places.some(hasName)) return true;
  if (places.some((path) => INDEX_SETTINGS.test(path)) && LOGIN.test(textOf(file))) return true;
  if (places.some((path) => path.endsWith('.json')) && JSON_SECRET.test(textOf(file))) return true;
  if (AWS_SECRET.test(textOf(file))) return true;
  if (!places.some((path) => KEY_OR_CERTIFICATE.test(path))) return hasPrivateKey(file);
  return hasPrivateKey(file) || !isCertificate(file);
}

function hasName(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return (
    NAMES.some((known) => path === known || path.endsWith(`/${known}`)) ||
    FOLDERS.some((folder) => path.startsWith(`${folder}/`) || path.includes(`/${folder}/`)) ||
    PATTERNS.some((pattern) => pattern.test(name))
  );
}

function hasPrivateKey(file: WalkedFile): boolean {
  return PRIVATE_KEY.test(textOf(file));
}

/** Whether it is public: text with a certificate or a public key, and without a private key. */
function isCertificate(file: WalkedFile): boolean {
  const text = textOf(file, 2 ** 20);
  return /-----BEGIN (?:[A-Z0-9]+ )*(?:CERTIFICATE|PUBLIC KEY)-----/.test(text) && !/PRIVATE KEY/.test(text);
}

function textOf({ source, size }: WalkedFile, most = MAX_SNIFFED): string {
  if (size > most) return '';
  try {
    return readFileSync(source, 'latin1');
  } catch {
    // Packing reports the file.
    return '';
  }
}
