import { readFileSync } from 'node:fs';
import { relative, sep } from 'node:path';
import type { WalkedDirectory, WalkedFile } from '../../models/lock/walk';
import { shellWord } from '../../private/shell-word';
import { CommandError } from '../command-line/command-error';

/** Files that hold credentials wherever they lie: a whole name, or the end of a path. */
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
  ...['.bash_history', '.zsh_history', '.python_history', '.psql_history', '.mysql_history'],
];

/** Folders of which nothing is for others. */
const FOLDERS = ['.aws', '.ssh', '.gnupg', '.kube', '.azure', '.config/gcloud'];

const PATTERNS = [
  // Examples of it are for everyone.
  /^\.env\.(?!(?:example|sample|template|dist)$)/,
  /^(?!.*\b(?:example|sample|template|dist)\.env$).+\.env$/,
  /^client_secret_.+\.json$/,
  /\.tfstate(?:\.|$)/,
  /\.(?:p12|pfx|jks|keystore|kdbx|ppk|agekey)$/,
];

/** Files that hold a key, or a certificate that everyone may see. */
const KEY_OR_CERTIFICATE = /\.(?:pem|key)$/;

/** No key has more, and what has more is weights. */
const MAX_SNIFFED = 64 * 1024;

/** Settings of package indexes, which have logins in their addresses or none at all. */
const INDEX_SETTINGS = /(?:^|\/)(?:pip\.conf|pip\.ini|\.condarc)$/;
const LOGIN = /:\/\/[^\s/@]{1,512}@|\/t\/[\w-]{8,}\//;

/** A private key with its content, as a file or as a text in one; the words alone stand in many programs. */
const PRIVATE_KEY = /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----[\s\S]{0,200}?[A-Za-z0-9+/]{40}/;

/** The files of a directory that look like credentials, by their names or because a private key is in them. */
export function credentialFiles({ root, files }: Pick<WalkedDirectory, 'root' | 'files'>): string[] {
  return files.filter((file) => isCredential(file, root)).map(({ path }) => path);
}

/** How a directory is published although it has files that look like credentials. */
export interface CredentialPolicy {
  /** What people call the directory. */
  readonly name: string;
  /** The files that may be published all the same. */
  readonly allowed: readonly string[];
  /** How a file is left out. */
  readonly leaveOut: string;
}

/** Refuses files that look like credentials, and returns those that are there and allowed. */
export function requireNoCredentials(walked: WalkedDirectory, { name, allowed, leaveOut }: CredentialPolicy): string[] {
  const found = credentialFiles(walked);
  const refused = found.filter((path) => !allowed.includes(path));
  if (refused.length === 0) return found;
  const more = refused.length > SHOWN ? ` and ${refused.length - SHOWN} more` : '';
  const names = refused.slice(0, SHOWN).map((path) => `'${path}'`);
  throw new CommandError(
    'CredentialFiles',
    `'${name}' contains files that look like credentials, which everyone who can pull the image could read: ${names.join(', ')}${more}; ${leaveOut}, or lock it with ${allowing(refused)} to publish ${refused.length === 1 ? 'that file' : 'those files'} on purpose`,
  );
}

const SHOWN = 10;
/** More options than these are no command that a person checks. */
const MAX_ALLOWED = 50;

/** The options that allow all of the files in one run. */
function allowing(paths: readonly string[]): string {
  if (paths.length > MAX_ALLOWED) return `one --allow-file for each of the ${paths.length} files`;
  return paths.map((path) => `--allow-file ${shellWord(path)}`).join(' ');
}

function isCredential(file: WalkedFile, root: string): boolean {
  // A link has the name of the content, too.
  const places = [file.path, relative(root, file.source).split(sep).join('/')].map((path) => path.toLowerCase());
  if (places.some(hasName)) return true;
  if (places.some((path) => INDEX_SETTINGS.test(path)) && LOGIN.test(textOf(file))) return true;
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

/** Whether everyone may see it: text with a certificate or a public key, and no key that is private. */
function isCertificate(file: WalkedFile): boolean {
  const text = textOf(file, 2 ** 20);
  return /-----BEGIN (?:[A-Z0-9]+ )*(?:CERTIFICATE|PUBLIC KEY)-----/.test(text) && !/PRIVATE KEY/.test(text);
}

function textOf({ source, size }: WalkedFile, most = MAX_SNIFFED): string {
  if (size > most) return '';
  try {
    return readFileSync(source, 'latin1');
  } catch {
    // Packing says so, by name.
    return '';
  }
}
