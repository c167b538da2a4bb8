/**
 * Executes the part of a HAProxy configuration that routes requests: conditions, variables, rewrites and the choice of a
 * backend. It supports the keywords that routing needs and refuses others, so that none is ignored silently.
 * Source: HAProxy 3.0 configuration manual, sections 2.2 (quoting), 7.1 (ACLs), 7.3 (converters and fetches).
 */
import { BlockList } from 'node:net';
import { lowerCased, type Request, splitPath } from './request';

/** A section of the configuration, as words by line. */
export interface Section {
  readonly kind: string;
  readonly name: string;
  readonly from?: string;
  readonly lines: readonly (readonly string[])[];
}

export type RoutingResult =
  | {
      readonly backend: string;
      readonly path: string;
      /** The headers that the server gets. */
      readonly headers: { readonly [name: string]: string };
      readonly timeout?: number;
      /** The cookies that the client gets, as `Set-Cookie` headers. */
      readonly cookies: readonly string[];
    }
  | { readonly status: number; readonly headers: { readonly [name: string]: string } };

/** Keywords that are read elsewhere, or concern connections and responses. */
const ELSEWHERE = new Set(['bind', 'option', 'acl', 'tcp-request', 'http-response', 'http-after-response']);

const SECTIONS = new Set(['global', 'resolvers', 'defaults', 'frontend', 'backend']);

/** Splits a line into words. Within single quotes, nothing is special; within double quotes, a backslash may escape a quote. */
export function words(line: string): string[] {
  const found: string[] = [];
  let [current, open] = ['', false];
  for (let index = 0; index < line.length; index++) {
    const char = line[index] as string;
    if (char === "'" || char === '"') {
      const end = endOfQuote(line, index);
      if (end < 0) throw new Error(`unclosed quote: ${line}`);
      const text = line.slice(index + 1, end);
      current += char === "'" ? text : text.replace(/\\(["\\$])/g, '$1');
      [index, open] = [end, true];
    } else if (char === '\\') {
      current += line[++index] ?? '';
    } else if (char === '#') break;
    else if (/\s/.test(char)) {
      if (open || current !== '') found.push(current);
      [current, open] = ['', false];
    } else current += char;
  }
  return open || current !== '' ? [...found, current] : found;
}

/** The position of the quote that ends the one at `start`; negative if there is none. */
function endOfQuote(line: string, start: number): number {
  const quote = line[start] as string;
  let end = line.indexOf(quote, start + 1);
  while (quote === '"' && end > 0 && line[end - 1] === '\\') end = line.indexOf(quote, end + 1);
  return end;
}

/** The sections of a configuration. */
export function sections(text: string): Section[] {
  const result: (Section & { lines: string[][] })[] = [];
  for (const line of text.split('\n').map(words)) {
    const [keyword = '', name = '', from, origin] = line;
    if (line.length === 0) continue;
    if (SECTIONS.has(keyword))
      result.push({ kind: keyword, name, from: from === 'from' ? origin : undefined, lines: [] });
    else result.at(-1)?.lines.push(line);
  }
  return result;
}

/** The configuration in all files that HAProxy is started with. */
export function configurationOf(files: { readonly [name: string]: string }): string {
  return Object.entries(files)
    .filter(([name]) => name.endsWith('.cfg'))
    .map(([, text]) => text)
    .join('\n');
}

/** A running router with a configuration, which keeps its counters between requests. */
export class Haproxy {
  public readonly sections: readonly Section[];
  private readonly counters = new Map<string, number>();
  private readonly maps = new Map<string, ReadonlyMap<string, string>>();

  /** `files` are the configuration `haproxy.cfg` and its maps, or the text of a configuration without maps. */
  constructor(private readonly files: string | { readonly [name: string]: string }) {
    this.sections = sections(typeof files === 'string' ? files : configurationOf(files));
  }

  /** The section with a kind and a name. */
  public section(kind: string, name: string): Section {
    const found = this.sections.find((section) => section.kind === kind && section.name === name);
    if (found === undefined) throw new Error(`the configuration has no ${kind} '${name}'`);
    return found;
  }

  /** The words after `keywords` in the last such line of a section, or of the defaults that it inherits. */
  public setting(section: Section, ...keywords: string[]): readonly string[] | undefined {
    const own = section.lines.filter((line) => keywords.every((word, index) => line[index] === word)).at(-1);
    if (own !== undefined) return own.slice(keywords.length);
    return section.from === undefined ? undefined : this.setting(this.section('defaults', section.from), ...keywords);
  }

  /** Sends a request through a frontend. */
  public route(frontend: string, request: Request): RoutingResult {
    const run = new Run(this.section('frontend', frontend), request, {
      counters: this.counters,
      isBackend: (name) => this.sections.some((section) => section.kind === 'backend' && section.name === name),
      map: (name) => this.map(name),
    });
    const result = run.execute();
    if ('status' in result) return result;
    const seconds = this.setting(this.section('backend', result.backend), 'http-request', 'set-timeout', 'server');
    return { ...result, timeout: seconds === undefined ? undefined : Number(run.fetch(seconds[0] as string)) / 1000 };
  }

  /** The lines of a map as keys and values. A key ends at the first space, and `#` starts a comment. */
  private map(name: string): ReadonlyMap<string, string> {
    let map = this.maps.get(name);
    if (map === undefined) {
      const text = typeof this.files === 'string' ? undefined : this.files[name];
      if (text === undefined) throw new Error(`no file is named '${name}'`);
      map = new Map();
      for (const line of text.split('\n').filter((one) => one !== '' && !one.startsWith('#'))) {
        const [, key = '', value = ''] = /^(\S+) (.*)$/.exec(line) ?? [];
        if (key === '' || map.has(key)) throw new Error(`invalid line of '${name}': ${line}`);
        (map as Map<string, string>).set(key, value);
      }
      this.maps.set(name, map);
    }
    return map;
  }
}

/** What requests share. */
interface Shared {
  readonly counters: Map<string, number>;
  readonly isBackend: (name: string) => boolean;
  readonly map: (name: string) => ReadonlyMap<string, string>;
}

type Sample = string | undefined;

class Run {
  private readonly acls = new Map<string, (readonly string[])[]>();
  private readonly variables = new Map<string, string>();
  private readonly headers: { [name: string]: string };
  private path: string;
  private tracked = '';

  constructor(
    private readonly frontend: Section,
    private readonly request: Request,
    private readonly shared: Shared,
  ) {
    this.headers = lowerCased({ host: request.host ?? 'localhost', ...request.headers });
    this.path = splitPath(request.path ?? '/').path;
  }

  public execute(): RoutingResult {
    for (const [keyword, ...rest] of this.frontend.lines) {
      if (keyword === 'acl')
        this.acls.set(rest[0] as string, [...(this.acls.get(rest[0] as string) ?? []), rest.slice(1)]);
    }
    for (const line of this.frontend.lines) {
      const [keyword] = line;
      if (ELSEWHERE.has(keyword as string)) continue;
      const at = line.findIndex((word) => word === 'if' || word === 'unless');
      const body = at < 0 ? line : line.slice(0, at);
      if (at >= 0 && this.holds(line.slice(at + 1)) === (line[at] === 'unless')) continue;
      const result = this.act(body);
      if (result !== undefined) return result;
    }
    throw new Error('no rule of the frontend matches the request');
  }

  private act([keyword, action = '', ...rest]: readonly string[]): RoutingResult | undefined {
    if (keyword === 'use_backend')
      return { backend: this.format(action), path: this.path, headers: this.headers, cookies: this.cookies() };
    if (keyword !== 'http-request') throw new Error(`unknown keyword '${keyword}'`);
    const variable = /^set-var\((.+)\)$/.exec(action)?.[1];
    const removed = /^unset-var\((.+)\)$/.exec(action)?.[1];
    if (removed !== undefined) this.variables.delete(removed);
    else if (variable !== undefined) {
      const value = this.fetch(rest[0] as string);
      if (value !== undefined) this.variables.set(variable, value);
    } else if (action === 'set-path') this.path = this.format(rest[0] as string);
    else if (action === 'del-header') this.deleteHeaders(rest);
    else if (action === 'set-header') this.headers[(rest[0] as string).toLowerCase()] = this.format(rest[1] as string);
    else if (action === 'track-sc0') this.tracked = `${rest[2]} ${this.fetch(rest[0] as string)}`;
    else if (action === 'return') {
      const headers = Object.fromEntries(
        rest.flatMap((word, index) =>
          word === 'hdr' ? [[(rest[index + 1] as string).toLowerCase(), this.format(rest[index + 2] as string)]] : [],
        ),
      );
      return { status: Number(rest[rest.indexOf('status') + 1]), headers };
    } else if (action !== 'set-uri') throw new Error(`unknown action '${action}'`);
    return undefined;
  }

  private cookies(): string[] {
    return this.frontend.lines.flatMap((line) => {
      const [keyword, action, header, format = '', word, ...condition] = line;
      if (keyword !== 'http-response' || action !== 'add-header' || header !== 'Set-Cookie') return [];
      return word === undefined || this.holds(condition) ? [this.format(format)] : [];
    });
  }

  private deleteHeaders([pattern = '', , method]: readonly string[]): void {
    const matches = (name: string) =>
      method === 'reg' ? new RegExp(pattern).test(name) : name === pattern.toLowerCase();
    for (const name of Object.keys(this.headers).filter(matches)) delete this.headers[name];
  }

  /** Whether a condition holds: all terms of one of its `or` alternatives. */
  private holds(terms: readonly string[]): boolean {
    const at = terms.indexOf('or');
    if (at < 0) return this.allHold(terms);
    return this.allHold(terms.slice(0, at)) || this.holds(terms.slice(at + 1));
  }

  /** Whether all terms hold: names of ACLs, `!` for negation, and tests in braces. */
  private allHold(terms: readonly string[]): boolean {
    for (let index = 0; index < terms.length; index++) {
      let term = terms[index] as string;
      const expected = !term.startsWith('!');
      if (!expected) term = term.slice(1);
      let actual: boolean;
      if (term === '{') {
        const end = terms.indexOf('}', index);
        actual = this.test(terms.slice(index + 1, end));
        index = end;
      } else {
        const tests = this.acls.get(term);
        if (tests === undefined) throw new Error(`no ACL is named '${term}'`);
        actual = tests.some((test) => this.test(test));
      }
      if (actual !== expected) return false;
    }
    return true;
  }

  private test([expression = '', ...rest]: readonly string[]): boolean {
    if (expression === 'stopping') return false;
    const value = this.fetch(expression);
    const { flag, ignoreCase, patterns } = matchOf(rest);
    if (flag === 'found') return value !== undefined;
    if (value === undefined) return false;
    const [operator = '', operand] = patterns;
    const number = flag === 'len' ? value.length : Number(value);
    if (operator === 'gt') return number > Number(operand);
    if (operator === 'eq') return number === Number(operand);
    if (expression === 'src') return patterns.some((pattern) => contains(pattern, value));
    if (flag === 'reg') return patterns.some((pattern) => new RegExp(pattern, ignoreCase ? 'i' : '').test(value));
    const matches = MATCHES[flag];
    if (matches === undefined) throw new Error(`unknown match '${flag}'`);
    const same = (text: string) => (ignoreCase ? text.toLowerCase() : text);
    // The items of a list in a header are tested separately.
    const values = expression.startsWith('req.hdr(') ? value.split(',').map((item) => item.trim()) : [value];
    return patterns.some((pattern) => values.some((item) => matches(same(item), same(pattern))));
  }

  /** A text with samples as `%[...]`. */
  private format(text: string): string {
    return text.replace(/%\[([^\]]*)\]|%%/g, (all, expression: string) =>
      all === '%%' ? '%' : (this.fetch(expression) ?? ''),
    );
  }

  /** The value of a fetch and its converters; undefined if one of them has no value. */
  public fetch(expression: string): Sample {
    const [first, ...converters] = calls(expression);
    let value = this.start(first as Call);
    for (const { name, args } of converters) {
      if (value === undefined) return undefined;
      value = this.convert(value, name, args);
    }
    return value;
  }

  private start({ name, args: [argument = ''] }: Call): Sample {
    switch (name) {
      case 'var':
        return this.variables.get(argument);
      case 'str':
      case 'bool':
        return argument;
      case 'path':
      case 'url':
        return this.path;
      case 'src':
        return this.request.sourceIp ?? '198.51.100.7';
      case 'req.hdrs':
        return Object.entries(this.headers)
          .map(([header, value]) => `${header}: ${value}\r\n`)
          .join('');
      case 'req.ver':
        return '1.1';
      case 'req.fhdr_cnt':
        return this.headers[argument.toLowerCase()] === undefined ? '0' : '1';
      case 'method':
        return this.request.method ?? 'GET';
      case 'req.hdr':
      case 'req.fhdr':
        return this.headers[argument.toLowerCase()];
      case 'uuid':
        return 'uuid';
      case 'sc0_inc_gpc0': {
        const key = `${argument} ${this.tracked.slice(argument.length + 1)}`;
        if (key !== this.tracked) throw new Error(`nothing is tracked in '${argument}'`);
        const next = (this.shared.counters.get(key) ?? 0) + 1;
        this.shared.counters.set(key, next);
        return String(next);
      }
      default:
        throw new Error(`unknown fetch '${name}'`);
    }
  }

  private convert(value: string, name: string, args: readonly string[]): Sample {
    const number = () => Number(this.variables.get(args[0] as string) ?? args[0]);
    switch (name) {
      case 'host_only':
        return value.replace(/:\d+$/, '');
      case 'lower':
        return value.toLowerCase();
      case 'rtrim':
        return value.slice(0, value.length - (new RegExp(`[${args[0]}]*$`).exec(value)?.[0].length ?? 0));
      case 'regsub':
        return value.replace(new RegExp(args[0] as string, args[2]), replacementOf(args[1] as string));
      case 'url_dec':
        return urlDecoded(value);
      case 'field': {
        const [index, delimiter = '', count] = args;
        const all = value.split(delimiter);
        if (Number(index) < 0) {
          const end = all.length + Number(index) + 1;
          return end < 1 ? undefined : all.slice(Math.max(0, end - Number(count ?? 1)), end).join(delimiter);
        }
        const parts = all.slice(Number(index) - 1);
        if (parts.length === 0) return undefined;
        return (count === '0' ? parts : parts.slice(0, Number(count ?? 1))).join(delimiter);
      }
      case 'concat': {
        const [start = '', variable = '', end = ''] = args;
        return `${value}${start}${this.variables.get(variable) ?? ''}${end}`;
      }
      case 'url_enc':
        return urlEncoded(value);
      case 'map_str':
        return this.shared.map(args[0] as string).get(value) ?? args[1];
      case 'map_beg': {
        const keys = [...this.shared.map(args[0] as string).keys()].filter((key) => value.startsWith(key));
        const longest = keys.reduce((best, key) => (key.length > best.length ? key : best), '');
        return this.shared.map(args[0] as string).get(longest);
      }
      case 'strcmp': {
        const other = this.variables.get(args[0] as string);
        return other === undefined ? undefined : value === other ? '0' : '1';
      }
      case 'mul':
        return String(Number(value) * number());
      case 'mod':
        return String(Number(value) % number());
      case 'sub':
        return String(Number(value) - number());
      case 'nbsrv':
        return this.shared.isBackend(value) ? '1' : '0';
      default:
        throw new Error(`unknown converter '${name}'`);
    }
  }
}

const MATCHES: { readonly [flag: string]: (value: string, pattern: string) => boolean } = {
  beg: (value, pattern) => value.startsWith(pattern),
  end: (value, pattern) => value.endsWith(pattern),
  sub: (value, pattern) => value.includes(pattern),
  str: (value, pattern) => value === pattern,
};

/** The comparison and the patterns of a test, from the words after the sample. */
function matchOf(test: readonly string[]) {
  let [flag, ignoreCase, index] = ['str', false, 0];
  for (; index < test.length; index++) {
    if (test[index] === '-m') flag = test[++index] as string;
    else if (test[index] === '-i') ignoreCase = true;
    else break;
  }
  return { flag, ignoreCase, patterns: test.slice(test[index] === '--' ? index + 1 : index) };
}

/** Whether an address is in a network, in the notation of HAProxy. */
function contains(network: string, address: string): boolean {
  const family = (text: string) => (text.includes(':') ? 'ipv6' : 'ipv4');
  const [base = '', bits] = network.split('/');
  const list = new BlockList();
  if (bits === undefined) list.addAddress(base, family(base));
  else list.addSubnet(base, Number(bits), family(base));
  return list.check(address, family(address));
}

/** The decoded text, byte by byte; undefined if an escape is invalid. */
function urlDecoded(text: string): Sample {
  if (/%(?![0-9a-f]{2})/i.test(text)) return undefined;
  const bytes = Buffer.from(text, 'utf8').toString('latin1');
  const decoded = bytes.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(decoded, 'latin1').toString('utf8');
}

/** The encoded text, byte by byte. */
function urlEncoded(text: string): string {
  return Buffer.from(text, 'utf8')
    .toString('latin1')
    .replace(/[^A-Za-z0-9._~-]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
}

interface Call {
  readonly name: string;
  readonly args: readonly string[];
}

/** Parses calls such as `var(txn.a),field(2,|)`. Commas in parentheses separate arguments; quotes and backslashes escape. */
function calls(expression: string): Call[] {
  const result: Call[] = [];
  let [name, args, depth] = ['', [] as string[], 0];
  const end = () => {
    result.push({ name, args });
    [name, args] = ['', []];
  };
  for (let index = 0; index < expression.length; index++) {
    let char = expression[index] as string;
    const escaped = char === '\\' && depth > 0;
    if (escaped) char = expression[++index] ?? '';
    if (!escaped && depth > 0 && char === '"') {
      const close = expression.indexOf('"', index + 1);
      args[args.length - 1] += expression.slice(index + 1, close).replaceAll('\\\\', '\\');
      index = close;
      continue;
    }
    if (!escaped && depth === 0 && char === '(') [depth, args] = [1, ['']];
    else if (!escaped && depth === 1 && char === ')') depth = 0;
    else if (!escaped && depth === 1 && char === ',') args.push('');
    else if (depth === 0 && char === ',') end();
    else if (depth === 1) args[args.length - 1] += char;
    else name += char;
  }
  end();
  return result;
}

/** The text that replaces what an expression matches: a backslash is in front of the number of a group or of itself. */
function replacementOf(text: string): string {
  return text.replaceAll('$', '$$$$').replace(/\\(.)/g, (_, next: string) => (/\d/.test(next) ? `$${next}` : next));
}
