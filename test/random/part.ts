/** Parts of a definition as data, so that a definition can be reduced, printed as TypeScript and evaluated on any target. */

/** JSON in which an object with `$call` or `$name` is a call or a name. */
export type Part = null | boolean | number | string | readonly Part[] | PartObject;

export interface PartObject {
  readonly [member: string]: Part;
}

/** A call, such as `Duration.seconds(60)`. */
export const call = (name: string, ...args: readonly Part[]): PartObject => ({ $call: name, args });

/** A name, such as `kubernetes.GatewayProfile.PORTABLE`. */
export const name = (text: string): PartObject => ({ $name: text });

/** Looks up what a name in a definition means. */
export type Lookup = (name: string) => unknown;

const isCall = (part: PartObject): boolean => typeof part.$call === 'string';
const isName = (part: PartObject): boolean => typeof part.$name === 'string';
const isList = (part: Part): part is readonly Part[] => Array.isArray(part);

/** The value of a part. Everything is new in each call. */
export function evaluate(part: Part, lookup: Lookup): unknown {
  if (typeof part !== 'object' || part === null) return part;
  if (isList(part)) return part.map((one) => evaluate(one, lookup));
  if (isName(part)) return lookup(String(part.$name));
  if (isCall(part)) return invoke(String(part.$call), part.args as readonly Part[], lookup);
  return Object.fromEntries(Object.entries(part).map(([member, one]) => [member, evaluate(one, lookup)]));
}

function invoke(callee: string, args: readonly Part[], lookup: Lookup): unknown {
  const at = callee.lastIndexOf('.');
  const owner = lookup(callee.slice(0, at)) as { readonly [method: string]: (...values: unknown[]) => unknown };
  const values = args.map((one) => evaluate(one, lookup));
  return (owner[callee.slice(at + 1)] as (...all: unknown[]) => unknown).call(owner, ...values);
}

/** A part as TypeScript. */
export function textOf(part: Part): string {
  if (typeof part !== 'object' || part === null) return JSON.stringify(part);
  if (isList(part)) return `[${part.map(textOf).join(', ')}]`;
  if (isName(part)) return String(part.$name);
  if (isCall(part)) return `${part.$call}(${(part.args as readonly Part[]).map(textOf).join(', ')})`;
  const members = Object.entries(part).map(([member, one]) => `${keyOf(member)}: ${textOf(one)}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

const keyOf = (member: string) => (/^[A-Za-z_]\w*$/.test(member) ? member : JSON.stringify(member));

/** A place inside a part: the members and indices that lead to it. */
export type Path = readonly (string | number)[];

/** The places inside a part, outer ones first. The parts of calls and names that must stay are not among them. */
export function pathsIn(part: Part, at: Path = []): Path[] {
  const inner = (step: string | number, one: Part, under: Path = at): Path[] => [
    [...under, step],
    ...pathsIn(one, [...under, step]),
  ];
  if (typeof part !== 'object' || part === null) return [];
  if (isList(part)) return part.flatMap((one, index) => inner(index, one));
  if (isName(part)) return [];
  if (isCall(part)) return (part.args as readonly Part[]).flatMap((one, index) => inner(index, one, [...at, 'args']));
  return Object.entries(part).flatMap(([member, one]) => inner(member, one));
}

export function partAt(part: Part, path: Path): Part | undefined {
  return path.reduce<Part | undefined>(
    (found, step) => (found === undefined || found === null ? undefined : (found as PartObject)[step]),
    part,
  );
}

/** The part with another one in a place; without anything there if it is undefined. */
export function replaced(part: Part, [step, ...rest]: Path, by: Part | undefined): Part {
  if (step === undefined) return by as Part;
  const inner = (one: Part) => (rest.length === 0 ? by : replaced(one, rest, by));
  if (isList(part)) {
    const changed = part.map((one, index) => (index === step ? inner(one) : one));
    return changed.filter((one): one is Part => one !== undefined);
  }
  const members = Object.entries(part as PartObject).map(([member, one]) => [
    member,
    member === step ? inner(one) : one,
  ]);
  return Object.fromEntries(members.filter(([, one]) => one !== undefined));
}
