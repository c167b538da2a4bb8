/**
 * The images of the examples, read from their Dockerfiles.
 *
 * Nothing is built: COPY becomes a list of files, ENV, WORKDIR, USER, VOLUME, ENTRYPOINT and CMD become values, and the line that
 * installs packages becomes the Python environment that setup.sh created from the same requirements. An unsupported line
 * is an error, so the Dockerfiles contain nothing untested.
 */
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

export interface ImageFile {
  readonly from: string;
  readonly to: string;
}

export interface ImageUser {
  readonly name: string;
  readonly group: number;
  readonly home: string;
}

/** The user of images that do not declare another. */
export const APP_USER = {
  user: 10001,
  users: new Map<number, ImageUser>([
    [0, { name: 'root', group: 0, home: '/root' }],
    [10001, { name: 'app', group: 10001, home: '/home/app' }],
  ]),
} as const;

/** The settings and files that a container gets from its image. */
export interface Image {
  readonly files: readonly ImageFile[];
  /** Folders of this machine with the interpreter and its packages; their paths stay the same. */
  readonly runtime: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly workingDir: string;
  readonly user: number;
  readonly users: ReadonlyMap<number, ImageUser>;
  readonly volumes: readonly string[];
  /** ENTRYPOINT. @default - none */
  readonly entryPoint?: readonly string[];
  /** CMD. */
  readonly command: readonly string[];
}

/**
 * The process that an engine starts for a container: arguments replace the CMD of the image, and an entry point replaces
 * both its ENTRYPOINT and its CMD. Kubernetes calls them `args` and `command`, ECS `command` and `entryPoint`.
 */
export function processOf(image: Image, entryPoint: readonly string[], args: readonly string[]): readonly string[] {
  if (entryPoint.length > 0) return [...entryPoint, ...args];
  return [...(image.entryPoint ?? []), ...(args.length > 0 ? args : image.command)];
}

interface Recipe {
  readonly context: string;
  readonly dockerfile?: string;
  /** The name of the Python environment of setup.sh. */
  readonly python: string;
}

export const REPOSITORY = join(__dirname, '../../..');
export const CACHE = join(REPOSITORY, '.cache/real');
export const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** By repository and tag. */
const RECIPES: Readonly<Record<string, Recipe>> = {
  'registry.example.com/sentiment:1': { context: 'sentiment', python: 'sentiment' },
  'registry.example.com/digits:v1': { context: 'digits', python: 'digits' },
  'registry.example.com/svm:v1': { context: 'image-classifier', dockerfile: 'svm/Dockerfile', python: 'svm' },
  'registry.example.com/resnet50:v2': {
    context: 'image-classifier',
    dockerfile: 'resnet50/Dockerfile',
    python: 'resnet50',
  },
};

/** Where the images of containers come from. */
export interface Images {
  /** The image of a reference such as `registry.example.com/sentiment:1@sha256:...`, if it is one of these. */
  find(reference: string): Image | undefined;
  /** The folder of this machine with the content of an image volume. */
  mount?(reference: string): string;
  /** Whether only the declared directory of an image volume is mounted; containerd before 2.2 ignores it. @default false */
  readonly mountsDirectories?: boolean;
}

/** The image of an example. */
export function imageOf(reference: string): Image {
  const image = EXAMPLES.find(reference);
  if (image === undefined) throw new Error(`no recipe for the image '${reference}' in images.ts`);
  return image;
}

/** The images of the examples. */
export const EXAMPLES: Images = {
  find: (reference) => {
    const recipe = RECIPES[reference.replace(/@sha256:[a-f0-9]{64}$/, '')];
    return recipe && read(recipe);
  },
};

/** The interpreter of a Python environment of setup.sh. */
export function python(name: string): string {
  return join(installed('python', name), 'bin/python');
}

/** A folder that setup.sh has installed. */
export function installed(kind: 'python' | 'node' | 'go' | 'haproxy', name: string): string {
  const link = join(CACHE, kind, name);
  if (!existsSync(link)) throw new Error(`'${name}' of ${kind} is missing; run: bash test/real/setup.sh`);
  return realpathSync(link);
}

/** The folders of a Python environment of setup.sh, and its PATH in a container. */
export function pythonRuntime(name: string): { readonly runtime: string[]; readonly path: string } {
  const venv = installed('python', name);
  return {
    runtime: [venv, prefixOf(venv)].filter((path) => !path.startsWith('/usr')),
    path: `${venv}/bin:${SYSTEM_PATH}`,
  };
}

function read(recipe: Recipe): Image {
  const context = join(REPOSITORY, 'examples', recipe.context);
  const venv = installed('python', recipe.python);
  const { runtime, path } = pythonRuntime(recipe.python);
  const users = new Map<number, ImageUser>([[0, { name: 'root', group: 0, home: '/root' }]]);
  const files: ImageFile[] = [];
  const env: Record<string, string> = { PATH: path };
  const image = {
    files,
    env,
    users,
    runtime,
    workingDir: '/',
    user: 0,
    volumes: [] as string[],
    entryPoint: [] as string[],
    command: [] as string[],
  };
  let requirements = '';

  for (const line of readFileSync(join(context, recipe.dockerfile ?? 'Dockerfile'), 'utf8').split('\n')) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const [, instruction, rest] = /^(\w+)\s+(.*)$/.exec(line) ?? [];
    const words = (rest ?? '').split(/\s+/);
    if (instruction === 'FROM' && words[0] === 'python:3.11-slim') continue;
    else if (instruction === 'EXPOSE') continue;
    else if (instruction === 'ENV')
      for (const word of words) env[word.split('=')[0] as string] = word.split('=')[1] ?? '';
    else if (instruction === 'WORKDIR') image.workingDir = words[0] as string;
    else if (instruction === 'USER') image.user = Number(words[0]);
    else if (instruction === 'VOLUME') image.volumes = JSON.parse(rest as string);
    else if (instruction === 'ENTRYPOINT') image.entryPoint = JSON.parse(rest as string);
    else if (instruction === 'CMD') image.command = JSON.parse(rest as string);
    else if (instruction === 'COPY') {
      const to = words.pop() as string;
      if (to.startsWith('/tmp/')) requirements = readFileSync(join(context, words[0] as string), 'utf8');
      else for (const word of words) files.push(...copied(join(context, word), join(image.workingDir, to)));
    } else if (instruction === 'RUN' && words[0] === 'useradd') {
      const id = Number(words[words.indexOf('--uid') + 1]);
      const name = words.at(-1) as string;
      users.set(id, { name, group: id, home: `/home/${name}` });
    } else if (instruction === 'RUN' && rest === 'pip install --no-cache-dir -r /tmp/requirements.txt')
      checkInstalled(venv, requirements);
    else throw new Error(`${recipe.context}: the line '${line}' of the Dockerfile is not understood`);
  }
  return image;
}

/** The files that COPY creates from a folder (its content) or a file, for a target that ends with '/'. */
function copied(from: string, folder: string): ImageFile[] {
  if (!statSync(from).isDirectory()) return [{ from, to: join(folder, basename(from)) }];
  const names = readdirSync(from).filter((name) => !['Dockerfile', 'requirements.txt', '__pycache__'].includes(name));
  return names.map((name) => ({ from: join(from, name), to: join(folder, name) }));
}

function prefixOf(venv: string): string {
  const home = /^home = (.*)\/bin$/m.exec(readFileSync(join(venv, 'pyvenv.cfg'), 'utf8'))?.[1];
  if (home === undefined) throw new Error(`${venv} is not a Python environment`);
  return home;
}

/** Throws unless the environment was created from exactly these requirements. */
function checkInstalled(venv: string, requirements: string): void {
  const lib = join(venv, 'lib', readdirSync(join(venv, 'lib'))[0] as string, 'site-packages');
  const present = new Set(readdirSync(lib).map((name) => name.toLowerCase().replaceAll('-', '_').replaceAll('.', '_')));
  for (const pin of requirements.split('\n').filter((line) => line !== '' && !line.startsWith('#'))) {
    const name = `${pin.replace('==', '-')}.dist-info`.toLowerCase().replaceAll('-', '_').replaceAll('.', '_');
    if (!present.has(name)) throw new Error(`'${pin}' is not installed; run: bash test/real/setup.sh`);
  }
}
