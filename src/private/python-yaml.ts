/** YAML as PyYAML reads it, so that a file means here what it means to the Python program that it was written for. */
import { isMap, isScalar, parseAllDocuments, type ScalarTag, visit } from 'yaml';
import { PythonFloat } from './python-float';

/** The documents of a text, or what is wrong with it, which completes a sentence about the text. */
export type PythonYaml = { readonly documents: unknown[] } | { readonly fault: string };

const PREFIX = 'tag:yaml.org,2002:';
const BOOLEAN = /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/;
const INTEGER = /^[-+]?(?:0b[01_]+|0[0-7_]+|0x[\da-fA-F_]+|0|[1-9][\d_]*(?::[0-5]?\d)*)$/;
// Without a point `1e-4` is a string, and so is an exponent without a sign.
const FLOAT = /^(?:[-+]?(?:\d[\d_]*\.[\d_]*|\.\d[\d_]*)(?:[eE][-+]\d+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const TIMESTAMP =
  /^\d{4}-\d\d?-\d\d?(?:(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::\d\d)?))?)?$/;

/** The types of plain scalars in the order of their tests; all others are strings. */
const TAGS: ScalarTag[] = [
  { tag: `${PREFIX}null`, default: true, test: /^(?:~|null|Null|NULL|)$/, resolve: () => null },
  { tag: `${PREFIX}bool`, default: true, test: BOOLEAN, resolve: (text) => /^(?:yes|true|on)$/i.test(text) },
  { tag: `${PREFIX}int`, default: true, test: INTEGER, resolve: integerOf },
  { tag: `${PREFIX}float`, default: true, test: FLOAT, resolve: (text) => new PythonFloat(floatOf(text)) },
  {
    tag: `${PREFIX}timestamp`,
    default: true,
    test: TIMESTAMP,
    resolve: (text, onError) => onError(`'${text}' is a date, which JSON cannot represent; quote it`),
  },
];

/** Reads every document of a text. Aliases and merge keys are resolved. */
export function readPythonYaml(text: string): PythonYaml {
  const documents = parseAllDocuments(text, { schema: 'failsafe', customTags: TAGS, merge: true });
  if (!Array.isArray(documents)) return { documents: [] };
  for (const document of documents) {
    const [error] = [...document.errors, ...document.warnings];
    if (error !== undefined) return { fault: `is not valid YAML (${error.message.split('\n')[0]?.replace(/:$/, '')})` };
    let fault: string | undefined;
    visit(document, {
      Pair(_, { key }) {
        const name = isScalar(key) ? key.value : key;
        if (typeof name === 'string' || typeof name === 'symbol') return undefined;
        const shown = isScalar(key) ? `'${key.source}'` : isMap(key) ? 'an object' : 'a list';
        fault = `has ${shown} as a key, which is not a string; quote it`;
        return visit.BREAK;
      },
    });
    if (fault !== undefined) return { fault };
  }
  try {
    // Bounds what aliases expand to.
    return { documents: documents.map((document) => document.toJS({ maxAliasCount: 100 }) as unknown) };
  } catch {
    return { fault: 'has too many aliases' };
  }
}

function integerOf(text: string): number {
  const digits = text.replaceAll('_', '').replace(/^[-+]/, '');
  const sign = text.startsWith('-') ? -1 : 1;
  if (/^0[bx]/.test(digits)) return sign * Number(digits);
  if (/^0[0-7]/.test(digits)) return sign * Number.parseInt(digits, 8);
  return sign * digits.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
}

function floatOf(text: string): number {
  if (/nan/i.test(text)) return Number.NaN;
  if (/inf/i.test(text)) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number(text.replaceAll('_', ''));
}
