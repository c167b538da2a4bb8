import { devNull } from 'node:os';
import { isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runPython } from './python';

/** The settings of pip that say where packages are and how they are reached. */
const KEPT = [
  ...['index-url', 'extra-index-url', 'no-index', 'find-links'],
  ...['trusted-host', 'cert', 'client-cert', 'proxy', 'keyring-provider', 'use-feature'],
  ...['timeout', 'default-timeout', 'retries', 'resume-retries', 'cache-dir', 'no-cache-dir'],
];

/** Those of them that decide which wheels are found, and who is believed to have them. */
const DECISIVE = [
  ...['index-url', 'extra-index-url', 'no-index', 'find-links'],
  ...['trusted-host', 'cert', 'client-cert', 'proxy'],
];

/** Paths, which are relative to where the user is and may have spaces. */
const PATHS = ['cert', 'client-cert', 'cache-dir'];

/** A list of paths and addresses, between spaces. */
const PLACES = 'find-links';

/** The parts of pip's configuration that apply to a download, the last wins. */
const SECTIONS = ['global', 'download', ':env:'];

/** Variables for pip: of the user's configuration what is kept, and no file. */
export interface PipSettings {
  readonly variables: Readonly<Record<string, string>>;
  /** What decides which wheels are found. */
  readonly decisive: string;
  /** The folders of this machine that wheels are taken from. */
  readonly folders: readonly string[];
}

let known: { readonly question: string; readonly settings: PipSettings } | undefined;

/**
 * What the user has told pip, in variables and files, about indexes, certificates and proxies. Everything else is left out:
 * a setting such as no-binary or requirement would change what is installed, or run code.
 */
export function pipSettings(folder: string): PipSettings {
  const variables = Object.entries(process.env).filter(
    ([name]) => name === 'PIP_CONFIG_FILE' || KEPT.some((key) => name === variableOf(key)),
  ) as [string, string][];
  const question = JSON.stringify([variables, process.cwd()]);
  if (known?.question !== question) {
    const listed = runPython({
      args: ['-m', 'pip', 'config', 'list'],
      purpose: 'read the configuration of pip',
      folder,
      settings: { ...Object.fromEntries(variables), PIP_DISABLE_PIP_VERSION_CHECK: '1' },
    });
    known = { question, settings: settingsOf(parseConfiguration(listed)) };
  }
  return known.settings;
}

/** What `pip config list` prints: `section.key='value'`, the value as Python writes strings. */
export function parseConfiguration(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const section of SECTIONS)
    for (const line of text.split('\n')) {
      const [, place, key, quoted] = /^([^.=]+)\.([\w-]+)=(['"].*['"])$/.exec(line) ?? [];
      if (place === section && KEPT.includes(key as string)) found.set(key as string, unquote(quoted as string));
    }
  return found;
}

/** The settings as they are given on, with paths that mean the same in every folder. */
export function settingsOf(found: Map<string, string>): PipSettings {
  const values = new Map([...found].map(([key, value]) => [key, absoluteValue(key, value)]));
  const variables = [...values].map(([key, value]) => [variableOf(key), value]);
  return {
    variables: {
      ...Object.fromEntries(variables),
      PIP_CONFIG_FILE: devNull,
      PIP_DISABLE_PIP_VERSION_CHECK: '1',
      PIP_NO_INPUT: '1',
    },
    decisive: JSON.stringify(DECISIVE.map((key) => values.get(key))),
    folders: (values.get(PLACES) ?? '').split(/\s+/).flatMap(folderOf),
  };
}

function absoluteValue(key: string, value: string): string {
  if (PATHS.includes(key)) return absolute(value);
  return key === PLACES ? value.split(/\s+/).map(absolute).join(' ') : value;
}

function absolute(path: string): string {
  return path === '' || /^(~|[a-z+]+:)/i.test(path) ? path : resolve(path);
}

/** The folder that a place is, which pip also takes as an address. */
function folderOf(place: string): string[] {
  if (isAbsolute(place)) return [place];
  try {
    return /^file:/i.test(place) ? [fileURLToPath(place)] : [];
  } catch {
    // An address of another machine, which pip refuses.
    return [];
  }
}

function variableOf(key: string): string {
  return `PIP_${key.toUpperCase().replaceAll('-', '_')}`;
}

const ESCAPES: { readonly [letter: string]: string } = { n: '\n', r: '\r', t: '\t' };

function unquote(text: string): string {
  return text.slice(1, -1).replace(/\\(?:x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8}|.)/g, unescaped);
}

/** The character that an escape stands for: a letter, or its code in hexadecimal digits. */
function unescaped(code: string): string {
  const [letter = '', digits] = [code.slice(1, 2), code.slice(2)];
  return digits === '' ? (ESCAPES[letter] ?? letter) : String.fromCodePoint(Number.parseInt(digits, 16));
}
