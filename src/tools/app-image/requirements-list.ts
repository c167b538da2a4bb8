import { readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isBelow } from '../../models/lock/inside';
import { CommandError } from '../command-line/command-error';
import { scopeOf } from '../net/scope';
import { parseConstraint, parseRequirement, type Requirement } from './requirement';
import { REFUSED_OPTIONS, whyRefused } from './requirement-refusals';

/** A parsed requirements file. pip gets only what is rendered from it, and never the file. */
export interface RequirementsList {
  readonly requirements: Requirement[];
  /** Lines of the constraints files that `-c` includes. */
  readonly constraints: string[];
  /** Option lines that specify where packages come from. */
  readonly sources: string[];
  readonly requireHashes: boolean;
}

const MAX_BYTES = 2 ** 20;
const MAX_FILES = 100;

/** How an option of a requirements file is handled. */
type Handling = 'list' | 'constraints' | 'source' | 'no-index' | 'hashes' | 'satisfied';

const HANDLED: { readonly [option: string]: Handling } = {
  '-r': 'list',
  '--requirement': 'list',
  '-c': 'constraints',
  '--constraint': 'constraints',
  '-i': 'source',
  '--index-url': 'source',
  '--extra-index-url': 'source',
  '-f': 'source',
  '--find-links': 'source',
  '--no-index': 'no-index',
  '--require-hashes': 'hashes',
  // Only wheels are downloaded anyway.
  '--only-binary': 'satisfied',
  '--prefer-binary': 'satisfied',
};

const WITHOUT_VALUE = ['--no-index', '--require-hashes', '--prefer-binary'];

const SUPPORTED = '-r, -c, --index-url, --extra-index-url, --find-links, --no-index, --require-hashes and --hash';

/** Reads a requirements file in a directory, with the files that it includes. */
export function readRequirements(file: string, directory: string): RequirementsList {
  const reader = new Reader(realpathSync(directory));
  reader.read(file, 'list', []);
  return reader.list;
}

/** The text of a file in a directory. */
export function requirementsText(file: string, directory: string): string {
  return new Reader(realpathSync(directory)).textOf(file, false).text;
}

/** The dependencies of a project file, which are requirements without options. */
export function readDependencies(dependencies: readonly string[], file: string): RequirementsList {
  const requirements = dependencies.map((text) => requirementOf({ text: text.trim(), file }));
  return { requirements, constraints: [], sources: [], requireHashes: false };
}

/** Renders the requirements file for pip. */
export function renderRequirements({ requirements, sources, requireHashes }: RequirementsList): string {
  const lines = [...sources, ...(requireHashes ? ['--require-hashes'] : []), ...requirements.map(({ line }) => line)];
  return [...new Set(lines)].map((line) => `${line}\n`).join('');
}

class Reader {
  public readonly list = {
    requirements: [] as Requirement[],
    constraints: [] as string[],
    sources: [] as string[],
    requireHashes: false,
  };
  private files = 0;

  constructor(private readonly root: string) {}

  public read(file: string, kind: 'list' | 'constraints', above: readonly string[]): void {
    const { place, text: content } = this.textOf(file, above.length > 0);
    if (above.includes(place)) throw new CommandError('InvalidRequirements', `'${file}' includes itself`);
    this.files += 1;
    if (this.files > MAX_FILES)
      throw new CommandError('InvalidRequirements', `'${above[0]}' includes more than ${MAX_FILES} files`);
    for (const { text, number } of logicalLines(content)) {
      const line = { text, file, number };
      if (/^-\S/.test(text)) this.readOptions(line, kind, [...above, place]);
      else if (kind === 'list') this.list.requirements.push(requirementOf(line));
      else this.list.constraints.push(constraintOf(line));
    }
  }

  public textOf(file: string, isIncluded: boolean): { readonly place: string; readonly text: string } {
    const place = this.realPathOf(file, isIncluded);
    return { place, text: readFileSync(place, 'utf8') };
  }

  private readOptions(line: Line, kind: 'list' | 'constraints', above: readonly string[]): void {
    const tokens = line.text.split(/\s+/);
    while (tokens.length > 0) {
      const [name = '', attached] = split(tokens.shift() as string);
      const handling = Object.hasOwn(HANDLED, name) ? HANDLED[name] : undefined;
      if (handling === undefined || (kind === 'constraints' && handling !== 'constraints'))
        throw refused(
          line,
          Object.hasOwn(REFUSED_OPTIONS, name) ? (REFUSED_OPTIONS[name] as string) : supportedIn(kind),
        );
      const value = WITHOUT_VALUE.includes(name) ? '' : (attached ?? tokens.shift() ?? '');
      if (handling === 'list' || handling === 'constraints') this.include(line, value, handling, above);
      else if (handling === 'source') this.list.sources.push(`${name} ${addressOf(line, value)}`);
      else if (handling === 'no-index') this.list.sources.push(name);
      else if (handling === 'hashes') this.list.requireHashes = true;
    }
  }

  private include(line: Line, value: string, kind: 'list' | 'constraints', above: readonly string[]): void {
    if (!/^[\w./+@-]+$/.test(value))
      throw refused(line, 'an included file must be in the directory of the app, without spaces in its path');
    this.read(resolve(dirname(line.file), value), kind, above);
  }

  /** The real path of a requirements file. One outside the directory of the app is not read, not even through a link. */
  private realPathOf(file: string, isIncluded: boolean): string {
    let place: string;
    try {
      place = realpathSync(file);
    } catch (error) {
      // The message must not reveal whether such a file exists outside.
      if (isIncluded && !isBelow(this.root, file)) throw this.outside(file);
      throw new CommandError(
        'InvalidRequirements',
        `'${file}' cannot be read (${(error as NodeJS.ErrnoException).code})`,
      );
    }
    const stats = statSync(place);
    if (place === this.root || !isBelow(this.root, place)) throw this.outside(file);
    if (!stats.isFile() || stats.size > MAX_BYTES)
      throw new CommandError('InvalidRequirements', `'${file}' must be a file of at most ${MAX_BYTES} bytes`);
    return place;
  }

  private outside(file: string): CommandError {
    return new CommandError(
      'InvalidRequirements',
      `'${file}' is outside '${this.root}'; move it into the directory of the app`,
    );
  }
}

interface Line {
  readonly text: string;
  readonly file: string;
  /** @default - the file has no such lines */
  readonly number?: number;
}

/** Lines without comments. A line that ends in a backslash is joined with the next one and keeps its number. */
function* logicalLines(content: string): Iterable<{ readonly text: string; readonly number: number }> {
  let [joined, first] = ['', 0];
  const lines = content.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
  for (const [index, line] of lines.entries()) {
    const isComment = /^\s*#/.test(line);
    if (joined === '') first = index + 1;
    const isContinued = !isComment && line.endsWith('\\');
    joined += isContinued ? `${line.slice(0, -1)} ` : line;
    if (isContinued && index < lines.length - 1) continue;
    const text = joined.replace(/(^|\s)#.*/, '').trim();
    joined = '';
    if (text !== '') yield { text, number: first };
  }
}

function requirementOf(line: Line): Requirement {
  const why = whyRefused(line.text);
  if (why !== undefined) throw refused(line, why);
  const requirement = parseRequirement(line.text);
  if (requirement !== undefined) return requirement;
  const option = /\s(--?[\w-]+)/.exec(line.text)?.[1];
  if (option !== undefined && option !== '--hash') throw refused(line, `a package cannot have the option ${option}`);
  throw new CommandError(
    'InvalidRequirements',
    `${placeOf(line)} must be a package of an index, such as 'numpy', 'numpy>=2' or 'numpy==2.3.4'${numberOf(line)}`,
  );
}

function constraintOf(line: Line): string {
  const why = whyRefused(line.text);
  if (why !== undefined) throw refused(line, why);
  const constraint = parseConstraint(line.text);
  if (constraint !== undefined) return constraint;
  throw refused(line, "a constraint must be a name and versions, such as 'numpy<3'");
}

/**
 * The URL of an index. Variables are not supported, because a requirements file could send their values anywhere, and
 * credentials are not, because the file is published with the code.
 */
function addressOf(line: Line, value: string): string {
  if (/^https?:\/\/[\w.~:/?#[\]@!&()*+,;=%-]+$/.test(value) && URL.canParse(value)) {
    const { protocol, hostname, username, password } = new URL(value);
    if (username !== '' || password !== '')
      throw refused(
        line,
        'the file is published with the code, and must not contain credentials; set them in PIP_INDEX_URL or PIP_EXTRA_INDEX_URL, in ~/.netrc or in a keyring, and rotate these',
      );
    if (protocol === 'https:' || scopeOf(hostname) === 'loopback') return value;
  }
  throw refused(
    line,
    'an index must be an https:// URL without variables; configure local folders and secrets in pip itself, for example with PIP_INDEX_URL or PIP_FIND_LINKS',
  );
}

function split(token: string): [name: string, attached?: string] {
  const at = token.indexOf('=');
  return at < 0 ? [token] : [token.slice(0, at), token.slice(at + 1)];
}

function supportedIn(kind: 'list' | 'constraints'): string {
  return kind === 'list' ? `supported options are ${SUPPORTED}` : 'a constraints file supports only the option -c';
}

function refused(line: Line, why: string): CommandError {
  return new CommandError('InvalidRequirements', `${placeOf(line)} is not supported${numberOf(line)}: ${why}`);
}

/** A line as it was written, without possible passwords. */
function placeOf({ text, file }: Line): string {
  const shown = text.length > 200 ? `${text.slice(0, 200)}…` : text;
  return `'${shown.replace(/\/\/[^/@\s]*@/g, '//****@')}' in '${file}'`;
}

function numberOf({ number }: Line): string {
  return number === undefined ? '' : ` (line ${number})`;
}
