import { RouteKind, type RoutePlan } from '../../../plan/serving-plan';
import { call, hasControls, word } from './words';

/** HAProxy accepts at most 64 words per line. */
const PATTERNS_PER_LINE = 48;

/** The name of the condition that is specific to a kind of route. */
const NAMES: { readonly [kind in RouteKind]: string } = {
  [RouteKind.OWN_ADDRESS]: 'own',
  [RouteKind.HEADER_RULE]: 'rule',
  [RouteKind.SHARES]: 'rule',
  [RouteKind.METHOD_NOT_ALLOWED]: 'rule',
};

/** The conditions of routes as named ACLs, each rendered once per endpoint. */
export class Conditions {
  /** The lines of all ACLs in use. */
  public readonly lines: string[] = [];

  private readonly names = new Map<string, string>();
  private readonly counts = new Map<string, number>();

  /** The names of the ACLs that must all match for a request to take this route. */
  public of(endpoint: string, route: RoutePlan): string[] {
    const { hosts, prefix, methods, headers, kind, pickedByHeader } = route;
    const own = NAMES[kind];
    const names: string[] = [];
    if (prefix !== '/') {
      const base = `${endpoint}.${kind === RouteKind.OWN_ADDRESS && !pickedByHeader ? own : 'path'}`;
      names.push(
        this.name(base, prefix, () => {
          const path = decoded(prefix);
          return [...test('var(txn.path) -m str', [path]), ...test('var(txn.path) -m beg', [`${path}/`])];
        }),
      );
    }
    if (hosts.length > 0) names.push(this.name(`${endpoint}.host`, hosts.join(' '), () => hostTests(hosts)));
    if (methods.length > 0)
      names.push(this.name(`${endpoint}.method`, methods.join(' '), () => test('method', methods)));
    headers.forEach(({ name, values }, index) => {
      const picks = pickedByHeader && index === headers.length - 1;
      // `req.fhdr` is the whole value, because a value can contain commas.
      const tests = () => test(`${call('req.fhdr', name)} -m str`, values);
      names.push(this.name(`${endpoint}.${picks ? own : 'header'}`, [name, ...values].join('\n'), tests));
    });
    return names;
  }

  /** The name of the ACL for a key, which is created the first time. */
  private name(base: string, values: string, tests: () => string[]): string {
    const key = `${base} ${values}`;
    const known = this.names.get(key);
    if (known !== undefined) return known;
    const count = (this.counts.get(base) ?? 0) + 1;
    this.counts.set(base, count);
    const name = count === 1 ? base : `${base}-${count}`;
    this.names.set(key, name);
    this.lines.push(...tests().map((line) => `  acl ${name} ${line}`));
    return name;
  }
}

function hostTests(hosts: string[]): string[] {
  const wild = hosts.filter((host) => host.startsWith('*.')).map((host) => host.slice(1));
  const full = hosts.filter((host) => !host.startsWith('*.'));
  return [...test('var(txn.host) -m str', full), ...test('var(txn.host) -m end', wild)];
}

/** A prefix as it appears in decoded requests; unchanged if it does not decode to text. */
function decoded(prefix: string): string {
  try {
    const text = decodeURIComponent(prefix);
    return hasControls(text) ? prefix : text;
  } catch {
    return prefix;
  }
}

/** Tests that match a sample against any of the patterns, split into lines of a legal length. */
export function test(sample: string, patterns: string[]): string[] {
  const lines: string[] = [];
  for (let start = 0; start < patterns.length; start += PATTERNS_PER_LINE) {
    lines.push(
      `${sample} -- ${patterns
        .slice(start, start + PATTERNS_PER_LINE)
        .map(word)
        .join(' ')}`,
    );
  }
  return lines;
}
