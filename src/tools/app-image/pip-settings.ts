import { devNull } from 'node:os';
import { resolve } from 'node:path';
import { runPython } from './python';

/** The settings of pip that specify where packages are and how to reach them. */
const KEPT = [
  ...['index-url', 'extra-index-url', 'no-index', 'find-links'],
  ...['trusted-host', 'cert', 'client-cert', 'proxy', 'keyring-provider', 'use-feature'],
  ...['timeout', 'default-timeout', 'retries', 'resume-retries', 'cache-dir', 'no-cache-dir'],
];

/** Paths: relative to the working directory, and possibly with spaces. */
const PATHS = ['cert', 'client-cert', 'cache-dir'];

/** A list of paths and URLs, separated by spaces. */
const FIND_LINKS = 'find-links';

/** The sections of pip's configuration that apply to a download. Later ones override earlier ones. */
const SECTIONS = ['global', 'download', ':env:'];

/** The user's configuration of pip, reduced to the settings that are kept, as environment variables for pip. */
export type PipSettings = Readonly<Record<string, string>>;

let cached: { readonly key: string; readonly settings: PipSettings } | undefined;

/**
 * The user's configuration of pip, in variables and files, for indexes, certificates and proxies. Everything else is dropped:
 * a setting such as no-binary or requirement would change what is installed, or run code.
 */
export async function pipSettings(folder: string): Promise<PipSettings> {
  const variables = Object.entries(process.env).filter(
    ([name]) => name === 'PIP_CONFIG_FILE' || KEPT.some((setting) => name === variableOf(setting)),
  ) as [string, string][];
  const key = JSON.stringify([variables, process.cwd()]);
  if (cached?.key !== key) {
    const listed = await runPython({
      args: ['-m', 'pip', 'config', 'list'],
      purpose: 'read the pip configuration',
      folder,
      settings: { ...Object.fromEntries(variables), PIP_DISABLE_PIP_VERSION_CHECK: '1' },
    });
    cached = { key, settings: settingsOf(parseConfiguration(listed)) };
  }
  return cached.settings;
}

/** Parses the output of `pip config list`: `section.key='value'`, where the value is a Python string literal. */
export function parseConfiguration(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const section of SECTIONS)
    for (const line of text.split('\n')) {
      const [, place, key, quoted] = /^([^.=]+)\.([\w-]+)=(['"].*['"])$/.exec(line) ?? [];
      if (place === section && KEPT.includes(key as string)) found.set(key as string, unquote(quoted as string));
    }
  return found;
}

/** The settings for pip, with absolute paths. */
export function settingsOf(found: Map<string, string>): PipSettings {
  const variables = [...found].map(([key, value]) => [variableOf(key), absoluteValue(key, value)]);
  return {
    ...Object.fromEntries(variables),
    PIP_CONFIG_FILE: devNull,
    PIP_DISABLE_PIP_VERSION_CHECK: '1',
    PIP_NO_INPUT: '1',
  };
}

function absoluteValue(key: string, value: string): string {
  if (PATHS.includes(key)) return absolute(value);
  return key === FIND_LINKS ? value.split(/\s+/).map(absolute).join(' ') : value;
}

function absolute(path: string): string {
  return path === '' || /^(~|[a-z+]+:)/i.test(path) ? path : resolve(path);
}

function variableOf(key: string): string {
  return `PIP_${key.toUpperCase().replaceAll('-', '_')}`;
}

const ESCAPES: { readonly [letter: string]: string } = { n: '\n', r: '\r', t: '\t' };

function unquote(text: string): string {
  return text.slice(1, -1).replace(/\\(?:x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8}|.)/g, unescaped);
}

/** The character of an escape sequence: a letter, or a code in hexadecimal digits. */
function unescaped(code: string): string {
  const [letter = '', digits] = [code.slice(1, 2), code.slice(2)];
  return digits === '' ? (ESCAPES[letter] ?? letter) : String.fromCodePoint(Number.parseInt(digits, 16));
}
