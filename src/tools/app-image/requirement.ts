/** A package of a requirements file. */
export interface Requirement {
  /** Normalized, as indexes compare names. */
  readonly name: string;
  /** The line for pip. */
  readonly line: string;
  /** Whether it applies to some interpreters or systems only. */
  readonly isConditional: boolean;
  readonly hasHashes: boolean;
}

/** The maximum length of a package with its version and markers. */
const MAX_LENGTH = 1000;

const NAME = '[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?';
const VERSION = '[A-Za-z0-9][A-Za-z0-9.!+_-]*';
const EXTRAS = `\\[\\s*((?:${NAME})(?:\\s*,\\s*${NAME})*)?\\s*\\]`;
const CONDITION = `(?:===?|~=|!=|<=|>=|<|>)\\s*${VERSION}(?:\\.\\*)?`;
const CONDITIONS = `${CONDITION}(?:\\s*,\\s*${CONDITION})*`;
const LISTED = new RegExp(
  `^(${NAME})\\s*(?:${EXTRAS})?\\s*(?:(${CONDITIONS})|\\(\\s*(${CONDITIONS})\\s*\\))?\\s*(?:;(.*))?$`,
);
const HASH = /^--hash(?:=|\s+)(sha(?:256|384|512):[0-9a-f]{64,128})$/;

/** The environment markers of PEP 508: variables, strings and operators, and nothing that pip reads as an option. */
const MARKER = new RegExp(
  `^(?:\\s*(?:${[
    'python_version|python_full_version|os_name|sys_platform|platform_(?:release|system|version|machine)',
    'platform_python_implementation|implementation_(?:name|version)|extra|and|or|not|in',
    // Consecutive operators are invalid, and would cause excessive backtracking.
    '(?:===?|~=|!=|<=|>=|<|>)(?![=<>~!])|\\(|\\)',
    `'[\\w .+*!-]*'|"[\\w .+*!-]*"`,
  ].join('|')}))+\\s*$`,
);

/** A package with its versions, its markers and its hashes; undefined for every other line. */
export function parseRequirement(text: string): Requirement | undefined {
  const [specifier = '', ...options] = text.replace(/\s+/g, ' ').split(/ (?=-)/);
  if (specifier.length > MAX_LENGTH) return undefined;
  const match = LISTED.exec(specifier);
  const hashes = options.map((option) => HASH.exec(option)?.[1]);
  if (match === null || !isMarker(match[5]) || hashes.includes(undefined)) return undefined;
  const [, name, extras, plain, parenthesized, marker] = match;
  const extrasPart = extras === undefined ? '' : `[${extras.replace(/\s/g, '')}]`;
  const versions = (plain ?? parenthesized ?? '').replace(/\s/g, '');
  const condition = marker === undefined ? '' : ` ; ${marker.trim()}`;
  return {
    name: normalized(name as string),
    line: [`${name}${extrasPart}${versions}${condition}`, ...hashes.map((hash) => `--hash=${hash}`)].join(' '),
    isConditional: marker !== undefined,
    hasHashes: hashes.length > 0,
  };
}

/** A line of a constraints file in the form for pip; undefined for every other line. */
export function parseConstraint(text: string): string | undefined {
  const parsed = parseRequirement(text);
  // A name alone, or with extras, constrains nothing.
  return parsed === undefined || !/^[\w.-]+[=~!<>]/.test(parsed.line) ? undefined : parsed.line;
}

/** The name of a package, normalized as indexes compare names. */
export function normalized(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}

function isMarker(text: string | undefined): boolean {
  return text === undefined || MARKER.test(text);
}
