/** Arbitraries for every option, derived from the table of options. */
import fc from 'fast-check';
import { ENUM_MEMBERS, OPTION_TYPES } from '../../src/private/option-types';
import entries from '../private/option-entries.json';
import { CONSTANTS, FACTORIES, type Factory } from './factories';
import { fitting } from './fits';
import { NOT_GENERATED, NOT_GENERATED_FACTORIES } from './not-generated';
import { OPTION_VALUES, TYPE_VALUES } from './option-values';
import { call, name, type Part, type PartObject } from './part';
import { ALTERNATIVES, OTHERWISE, RARE, REQUIREMENTS, USUAL } from './related-options';

/** How many of 100 options objects have an optional member. */
const SHARES: { readonly [type: string]: number } = {
  BackendOptions: 7,
  BackendProps: 7,
  ServingEndpointProps: 14,
  'aws.EcsPlatformProps': 10,
  'aws.TaskSettingsOptions': 12,
  'kubernetes.KubernetesPlatformProps': 12,
  'kubernetes.PodSettingsOptions': 12,
  'servers.ServerDescriptor': 6,
};
const SHARE = 30;

interface Entry {
  readonly class: string;
  readonly method?: string;
  readonly static?: boolean;
  readonly index: number;
  readonly struct: string;
}

const ENTRIES = entries as readonly Entry[];
const labelOf = (entry: Entry) => `${entry.class}.${entry.method}`;

/** An option for which this folder has no values. */
export class NotGenerated extends Error {}

const memo = new Map<string, fc.Arbitrary<Part>>();

function remembered(key: string, make: () => fc.Arbitrary<Part>): fc.Arbitrary<Part> {
  let found = memo.get(key);
  if (found === undefined) {
    found = make();
    memo.set(key, found);
  }
  return found;
}

/** Options of an interface. */
export function optionsOf(type: string): fc.Arbitrary<Part> {
  return remembered(type, () => {
    const members = Object.entries(OPTION_TYPES[type] as object).filter(([member]) => isGenerated(type, member));
    const values = members.map(([member, notation]): [string, fc.Arbitrary<Part | undefined>] => {
      const value = memberOf(type, member);
      if (!notation.endsWith('?')) return [member, value];
      const present = shareOf(type, member);
      return [
        member,
        fc.oneof({ weight: present, arbitrary: value }, { weight: 100 - present, arbitrary: fc.constant(undefined) }),
      ];
    });
    return fc.tuple(fc.record(Object.fromEntries(values)), fc.integer({ min: 0, max: 24 })).map(([options, fits]) => {
      const all = withoutConflicts(type, withoutUndefined(options));
      return fits === 0 ? all : fitting(type, all);
    });
  });
}

function shareOf(type: string, member: string): number {
  if (USUAL.has(`${type}.${member}`)) return 98;
  if (RARE.has(`${type}.${member}`) || member === 'version') return 2;
  return SHARES[type] ?? SHARE;
}

/** Keeps one of the options that conflict in every definition, and adds what an option always requires. */
function withoutConflicts(type: string, options: PartObject): PartObject {
  const dropped = (ALTERNATIVES[type] ?? []).flatMap((names) => names.filter((one) => one in options).slice(1));
  const kept = Object.fromEntries(Object.entries(options).filter(([member]) => !dropped.includes(member)));
  const isMissing = type in OTHERWISE && !(ALTERNATIVES[type] ?? []).flat().some((one) => one in kept);
  const required = Object.entries(REQUIREMENTS[type] ?? {}).filter(([member]) => member in kept);
  return Object.assign(
    {},
    isMissing ? OTHERWISE[type] : {},
    kept,
    ...required.map(([, others]) => others),
  ) as PartObject;
}

function withoutUndefined(options: { readonly [member: string]: Part | undefined }): PartObject {
  const set = Object.entries(options).filter((entry): entry is [string, Part] => entry[1] !== undefined);
  return Object.fromEntries(set);
}

export const isGenerated = (type: string, member: string): boolean =>
  NOT_GENERATED[`${type}.${member}`] === undefined && NOT_GENERATED[`${type}.*`] === undefined;

/** The values of a member of an interface. */
export function memberOf(type: string, member: string): fc.Arbitrary<Part> {
  const notation = (OPTION_TYPES[type]?.[member] as string).replace(/\?$/, '');
  const values = OPTION_VALUES[`${type}.${member}`] ?? (isPlain(notation) ? OPTION_VALUES[member] : undefined);
  if (values === undefined) return valuesOf(notation, `${type}.${member}`);
  return fc.constantFrom(...values.map((one) => wrapped(notation, one)));
}

/** Whether the type of an option does not determine its values. */
const isPlain = (notation: string) => /^(string|number|any|object|Duration|Size)(\[\]|\{\})*$/.test(notation);

/** A value for a member that is a list of such values, unless it is one. */
function wrapped(notation: string, value: Part): Part {
  return notation.endsWith('[]') && !Array.isArray(value) ? [value] : value;
}

/** Values of a type, in the notation of the table. */
export function valuesOf(notation: string, option: string): fc.Arbitrary<Part> {
  if (notation.endsWith('[]')) return listOf(valuesOf(notation.slice(0, -2), option));
  if (notation.endsWith('{}')) return mapOf(valuesOf(notation.slice(0, -2), option));
  if (notation === 'boolean') return fc.boolean();
  if (notation in ENUM_MEMBERS) return fc.constantFrom(...(Object.values(ENUM_MEMBERS[notation] as object) as Part[]));
  if (notation in OPTION_TYPES) return optionsOf(notation);
  if (notation in TYPE_VALUES) return fc.constantFrom(...(TYPE_VALUES[notation] as Part[]));
  if (notation === 'Backend') return fc.constantFrom(name('backends[0]'), name('backends[1]'));
  if (notation === 'ServingPlatform') return fc.constant(name('platform'));
  if (notation === 'ServingEndpoint') return fc.constant(name('endpoint'));
  const made = remembered(notation, () => instanceOf(notation));
  if (made === NOTHING) throw new NotGenerated(`no values for ${option}, a ${notation}`);
  return made;
}

/** Elements of a list usually have different names. */
function listOf(element: fc.Arbitrary<Part>): fc.Arbitrary<Part> {
  const lengths = { minLength: 1, maxLength: 2 };
  return fc.oneof(
    { weight: 29, arbitrary: fc.uniqueArray(element, { ...lengths, selector: identityOf }) },
    { weight: 1, arbitrary: fc.array(element, lengths) },
  );
}

function identityOf(element: Part): string {
  const { $call, args, port, name: text, path, header, topologyKey, timeZone } = (element ?? {}) as PartObject;
  const own = $call === 'ScratchVolume.at' ? (args as readonly Part[])[0] : undefined;
  return JSON.stringify(own ?? $call ?? port ?? text ?? path ?? header ?? topologyKey ?? timeZone ?? element);
}

const VARIABLES = ['API_KEY', 'TOKEN', 'HF_TOKEN', 'AWS_ACCESS_KEY_ID'];
const mapOf = (value: fc.Arbitrary<Part>) =>
  fc.dictionary(fc.constantFrom(...VARIABLES), value, {
    minKeys: 1,
    maxKeys: 2,
    noNullPrototype: true,
  }) as fc.Arbitrary<Part>;

const NOTHING: fc.Arbitrary<Part> = fc.constant(null);

/** Instances of a class, by all its factories and constants. */
function instanceOf(type: string): fc.Arbitrary<Part> {
  const made = factoriesOf(type).map(([factory, { before = [], weight = 1 }]) => ({
    weight: Math.round(weight * 100),
    arbitrary: callOf(factory, before),
  }));
  const constants = (CONSTANTS[type] ?? []).map((one) => ({ weight: 100, arbitrary: fc.constant(one) }));
  return made.length + constants.length === 0 ? NOTHING : fc.oneof(...made, ...constants);
}

/** The factories of a class: those in the table, and those with nothing but options. */
export function factoriesOf(type: string): [string, Factory][] {
  const listed = FACTORIES[type] ?? {};
  const others = ENTRIES.filter((entry) => entry.class === type && entry.static === true && entry.index === 0)
    .map(labelOf)
    .filter((label) => !(label in listed) && !(label in NOT_GENERATED_FACTORIES));
  return [...Object.entries(listed), ...others.map((label): [string, Factory] => [label, {}])];
}

function callOf(factory: string, before: readonly (readonly Part[])[]): fc.Arbitrary<Part> {
  const struct = ENTRIES.find((entry) => labelOf(entry) === factory)?.struct;
  const args = before.map((values) => fc.constantFrom(...values));
  return fc
    .tuple(...args, ...(struct === undefined ? [] : [optionsOf(struct)]))
    .map((values) =>
      call(factory, ...(Object.values(fitting(factory, Object.fromEntries(values.entries()))) as Part[])),
    );
}
