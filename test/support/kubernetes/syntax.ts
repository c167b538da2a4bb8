/** Lexical rules of names, labels and quantities. Each returns a problem, or undefined. */

const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const LABEL_1035 = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const QUALIFIED_PART = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;

export type Problem = string | undefined;

function matching(value: unknown, pattern: RegExp, max: number, what: string): Problem {
  if (typeof value !== 'string') return `${JSON.stringify(value)} is not ${what}`;
  if (value.length > max) return `"${value}" is longer than ${max} characters`;
  return pattern.test(value) ? undefined : `"${value}" is not ${what}`;
}

export const dnsLabel = (value: unknown): Problem => matching(value, LABEL, 63, 'a DNS-1123 label');
export const dns1035Label = (value: unknown): Problem => matching(value, LABEL_1035, 63, 'a DNS-1035 label');
export const dnsSubdomain = (value: unknown): Problem => matching(value, SUBDOMAIN, 253, 'a DNS-1123 subdomain');
export const configKey = (value: unknown): Problem =>
  value === '.' || value === '..' || (typeof value === 'string' && value.startsWith('../'))
    ? `"${value}" is not a key`
    : matching(value, /^[-._a-zA-Z0-9]+$/, 253, 'a key');
export const envName = (value: unknown): Problem =>
  matching(value, /^[-._a-zA-Z][-._a-zA-Z0-9]*$/, 1024, 'a name of an environment variable');

/** The name of a container port, an IANA service name. */
export function portName(value: unknown): Problem {
  const problem = matching(value, /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, 15, 'a port name');
  if (problem !== undefined) return problem;
  if (!/[a-z]/.test(String(value))) return `"${value}" has no letter, which a port name needs`;
  return String(value).includes('--') ? `"${value}" has two hyphens in a row` : undefined;
}

export function portNumber(value: unknown): Problem {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65535
    ? undefined
    : `${JSON.stringify(value)} is not a port from 1 to 65535`;
}

/** A label key, an annotation key, a resource name: `[prefix/]name`. */
export function qualifiedName(value: unknown): Problem {
  if (typeof value !== 'string') return `${JSON.stringify(value)} is not a qualified name`;
  const parts = value.split('/');
  if (parts.length > 2) return `"${value}" has more than one slash`;
  const prefix = parts.length === 2 ? dnsSubdomain(parts[0]) : undefined;
  return prefix ?? matching(parts.at(-1), QUALIFIED_PART, 63, 'a qualified name');
}

export function labelValue(value: unknown): Problem {
  return value === '' ? undefined : matching(value, QUALIFIED_PART, 63, 'a label value');
}

const SUFFIX: { readonly [suffix: string]: number } = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** The value of a quantity such as `500m`, `2`, `1.5Gi` or `1e3`; undefined if it is invalid. */
export function quantity(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string') return undefined;
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d+)|([numkMGTPE]|[KMGTPE]i))?$/.exec(value);
  if (match === null) return undefined;
  const [, mantissa, exponent, suffix] = match;
  return exponent === undefined ? Number(mantissa) * (SUFFIX[suffix ?? ''] ?? Number.NaN) : Number(mantissa + exponent);
}

/** An absolute number or a percentage, as in `maxSurge`. A percentage becomes a fraction. */
export function intOrPercent(value: unknown): { readonly value: number; readonly percent: boolean } | undefined {
  if (Number.isInteger(value)) return { value: Number(value), percent: false };
  const match = /^(\d+)%$/.exec(typeof value === 'string' ? value : '');
  return match === null ? undefined : { value: Number(match[1]) / 100, percent: true };
}
