import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { homeFolder } from '../../private/files/user-folders';
import { readJson, readJsonObject } from '../../private/json';
import { isObject } from '../../private/kinds';
import { warn } from '../command-line/output';
import { StoreError } from '../net/store-error';

/** Credentials for a registry: a user and password, or an identity token that is exchanged for access tokens. */
export type Credentials =
  | {
      readonly kind: 'password';
      readonly user: string;
      readonly password: string;
      /** How long the password is valid. @default - forever */
      readonly seconds?: number;
    }
  | { readonly kind: 'identity'; readonly token: string };

/** The credentials in Docker's `config.json` and Podman's `auth.json`. */
interface AuthFile {
  readonly auths?: Record<string, { auth?: string; username?: string; password?: string; identitytoken?: string }>;
  readonly credHelpers?: Record<string, string>;
  readonly credsStore?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The credentials for a repository in the files of Docker and Podman: credential helpers first, then stored entries. */
export async function findCredentials(
  registry: string,
  repository: string,
  environment: Environment = process.env,
): Promise<Credentials | undefined> {
  const isDefault = !environment.REGISTRY_AUTH_FILE && !environment.DOCKER_CONFIG;
  for (const path of authFiles(environment)) {
    const file = await readAuthFile(path, isDefault);
    if (file === undefined) continue;
    const found = await lookUp(file, path, { registry, repository }, environment);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The files to read. The first with credentials for the registry wins. */
function authFiles(environment: Environment): string[] {
  const { REGISTRY_AUTH_FILE, DOCKER_CONFIG, XDG_RUNTIME_DIR } = environment;
  if (REGISTRY_AUTH_FILE) return [REGISTRY_AUTH_FILE];
  const home = homeFolder(environment as NodeJS.ProcessEnv);
  const docker = DOCKER_CONFIG || (home === undefined ? undefined : join(home, '.docker'));
  return [
    ...(docker === undefined ? [] : [join(docker, 'config.json')]),
    ...(XDG_RUNTIME_DIR ? [join(XDG_RUNTIME_DIR, 'containers', 'auth.json')] : []),
  ];
}

async function readAuthFile(path: string, isDefault: boolean): Promise<AuthFile | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    // The home may belong to another user, as in a container with a numeric user. Docker warns and continues too.
    if (error.code === 'EACCES' && isDefault) {
      warn(`'${path}' cannot be read (EACCES); continuing without its registry credentials`);
      return undefined;
    }
    throw new StoreError('CredentialsMissing', `'${path}' cannot be read (${error.code}); make it readable`);
  });
  if (text === undefined) return undefined;
  const read = readJson(text);
  if ('fault' in read)
    throw new StoreError('CredentialsMissing', `'${path}' ${read.fault}; correct or remove the file`);
  return isObject(read.value) ? (read.value as AuthFile) : undefined;
}

async function lookUp(
  file: AuthFile,
  path: string,
  { registry, repository }: { readonly registry: string; readonly repository: string },
  environment: Environment,
): Promise<Credentials | undefined> {
  const keys = keysOf(registry, repository);
  for (const key of keys) {
    const helper = file.credHelpers?.[key];
    if (helper !== undefined) return runHelper(helper, serverOf(registry), path, environment);
  }
  if (file.credsStore) {
    const stored = await runHelper(file.credsStore, serverOf(registry), path, environment);
    if (stored !== undefined) return stored;
  }
  for (const key of keys) {
    const entry = file.auths?.[key];
    const credentials = entry && readEntry(entry, key, path);
    if (credentials !== undefined) return credentials;
  }
  return undefined;
}

/** The keys that an entry may have, most specific first: Podman supports prefixes of a repository's path. */
function keysOf(registry: string, repository: string): string[] {
  const parts = [registry, ...repository.split('/')];
  const paths = parts.map((_, index) => parts.slice(0, parts.length - index).join('/'));
  const hosts = registry === 'docker.io' ? ['docker.io', 'index.docker.io', 'registry-1.docker.io'] : [registry];
  return [
    ...paths,
    ...hosts.flatMap((host) => [host, `https://${host}`, `https://${host}/v1/`, `https://${host}/v2/`]),
  ];
}

/** The server name of a registry for credential helpers. */
function serverOf(registry: string): string {
  return registry === 'docker.io' ? 'https://index.docker.io/v1/' : registry;
}

function readEntry(entry: NonNullable<AuthFile['auths']>[string], key: string, path: string): Credentials | undefined {
  if (entry.identitytoken) return { kind: 'identity', token: entry.identitytoken };
  if (entry.username && entry.password !== undefined)
    return { kind: 'password', user: entry.username, password: entry.password };
  if (!entry.auth) return undefined;
  const text = Buffer.from(entry.auth, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 1)
    throw new StoreError(
      'CredentialsMissing',
      `'auth' of '${key}' in '${path}' must be a user and password in base64; sign in again with 'docker login'`,
    );
  return { kind: 'password', user: text.slice(0, colon), password: text.slice(colon + 1).replace(/\0+$/, '') };
}

const HELPER_TIMEOUT = 60_000;

/** Runs a credential helper, which prints JSON. Returns undefined if it has no credentials for the registry. */
async function runHelper(
  helper: string,
  server: string,
  path: string,
  environment: Environment,
): Promise<Credentials | undefined> {
  const program = `docker-credential-${helper}`;
  const failed = (why: string): StoreError =>
    new StoreError('CredentialHelperFailed', `'${program}', the credential helper of '${server}' in '${path}', ${why}`);
  if (!/^[\w.-]+$/.test(helper)) throw failed('is not a program name; correct the file');
  const { code, stdout, stderr } = await run(program, server, environment).catch((error: NodeJS.ErrnoException) => {
    throw failed(
      error.code === 'ENOENT'
        ? 'is not installed; install it, or remove it from the file and sign in again'
        : `could not be run (${error.message})`,
    );
  });
  const output = `${stdout}${stderr}`.trim();
  if (code !== 0) {
    if (/credentials not found|no credentials/i.test(output)) return undefined;
    throw failed(`failed: ${output.slice(0, 500) || `exit code ${code}`}`);
  }
  const { Username, Secret } = readJsonObject(stdout) ?? {};
  if (typeof Username !== 'string' || typeof Secret !== 'string') throw failed('did not return credentials');
  if (Secret === '') return undefined;
  return Username === '<token>'
    ? { kind: 'identity', token: Secret }
    : { kind: 'password', user: Username, password: Secret };
}

function run(
  program: string,
  input: string,
  environment: Environment,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, ['get'], { env: environment as NodeJS.ProcessEnv });
    // The `timeout` option of spawn would keep this process alive when the program cannot be started.
    const timer = setTimeout(() => child.kill(), HELPER_TIMEOUT);
    child.on('error', () => clearTimeout(timer)).on('close', () => clearTimeout(timer));
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
    // A helper may exit without reading its input.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}
