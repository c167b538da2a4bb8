import type { IConstruct } from 'constructs';
import { describe } from './checks';
import { ServingError } from './errors';
import { isObject } from './kinds';
import { ENUM_VALUES, OPTION_TYPES } from './option-types';
import { copyOf, foreignCopy, hasTag, isCompatible, isOwn } from './package-copy';
import { requireWritable } from './text';

/** What options take as an instance of one class. */
interface OptionClass {
  /** How one is made, for who passed something else. */
  readonly example: string;
  /**
   * What each has one of: a class of the same name from elsewhere, and one whose constructor a caller without types
   * called, have nothing there.
   */
  readonly members?: readonly string[];
  /** Whether the public methods suffice, so that classes of frameworks and of other releases are accepted. */
  readonly byShape?: boolean;
}

/** The classes that options and arguments take. */
export const CLASSES: { readonly [name: string]: OptionClass } = {
  Backend: { example: "endpoint.addBackend('v1', ...)", members: ['node'] },
  Duration: { example: 'Duration.seconds(60)', members: ['toSeconds'], byShape: true },
  Gpu: { example: 'Gpu.nvidia({ count: 1 })', members: ['count'] },
  HealthCheck: { example: "HealthCheck.http('/healthz')", members: ['intent'] },
  Intermediary: { example: 'Intermediary.cloudFront()', members: ['intent'] },
  Model: { example: "Model.fromS3('s3://bucket/prefix/')", members: ['intent'] },
  ModelDelivery: { example: 'ModelDelivery.imageVolume()', members: ['_kind'] },
  ModelVolume: { example: "kubernetes.ClaimVolume.fromName('models')", members: ['volumeName'] },
  ModelServer: { example: "ModelServer.wsgi({ app: 'app:app' })", members: ['definition'] },
  Rollout: { example: 'Rollout.surge()', members: ['intent'] },
  ScalingTarget: { example: 'ScalingTarget.cpuUtilization(60)', members: ['metric'] },
  // CDK has a class of this name, whose values would be read as those of nothing.
  SecretValue: {
    example: "SecretValue.fromName('acme/token'), or on AWS aws.EcsSecret.fromSecret(...)",
    members: ['secretName', 'platform'],
  },
  ServerImage: { example: "ServerImage.fromRegistry('acme/svm:1.4.2')", members: ['reference', 'platform'] },
  ServingEndpoint: { example: "new ServingEndpoint(this, 'endpoint')", members: ['node'] },
  ServingPlatform: { example: "new aws.EcsPlatform(this, 'Platform')", members: ['node'] },
  Size: { example: 'Size.gibibytes(2)', members: ['toMebibytes'], byShape: true },
  'aws.GpuCapacity': {
    example: "aws.GpuCapacity.autoScalingGroup({ instanceType: 'g6.xlarge' })",
    members: ['instanceType'],
  },
  'kubernetes.Gateway': { example: "kubernetes.Gateway.fromName('inference')", members: ['gatewayName'] },
};

/** What may not be shown in a message. */
const SECRET = 'SecretValue';

/** How many names a message holds. */
const MOST_NAMES = 4;

const WORDS: { readonly [type: string]: string } = {
  string: 'text',
  number: 'a number',
  boolean: 'true or false',
  object: 'an object',
};

/**
 * Holds options against their interface, as a compiler does for who has one: every member must be one of it, and be of its
 * type. Nothing that a user typed is passed over. Numbers and texts are held against their bounds elsewhere.
 */
export function checkOptions<T>(type: string, value: T, prop: string, at?: IConstruct): T {
  requireOptions(type, value, prop, at);
  checkMembers(type, value as object, '', at);
  return value;
}

/** Options that somebody else looks into must be an object. */
export function requireOptions(type: string, value: unknown, prop: string, at?: IConstruct): void {
  if (isObject(value)) return;
  const members = OPTION_TYPES[type] ?? {};
  const names = leadingMembers(members);
  const joint = members[names[0] as string]?.endsWith('?') ? 'of' : 'with';
  const shown = names.slice(0, MOST_NAMES).map((name) => `'${name}'`);
  const more = names.length > MOST_NAMES ? ' and others' : '';
  const found = Array.isArray(value) ? 'a list' : describe(value);
  throw new ServingError(
    'InvalidType',
    `'${prop}' (${found}) must be an object ${joint} ${shown.join(', ')}${more}`,
    at,
  );
}

function checkMembers(type: string, value: object, prefix: string, at: IConstruct | undefined): void {
  const members = OPTION_TYPES[type] as { readonly [member: string]: string };
  for (const name of Object.keys(value)) {
    if (Object.hasOwn(members, name) || value[name as keyof object] === undefined) continue;
    throw new ServingError(
      'UnknownOption',
      `there is no '${prefix}${name}'; ${suggest(name, Object.keys(members))}`,
      at,
    );
  }
  for (const [name, member] of Object.entries(members)) {
    const isOptional = member.endsWith('?');
    const found = value[name as keyof object] as unknown;
    if (found === undefined && isOptional) continue;
    checkValue(isOptional ? member.slice(0, -1) : member, found, `${prefix}${name}`, at);
  }
}

/** Holds one value against its type. */
export function checkValue(type: string, value: unknown, prop: string, at?: IConstruct): void {
  if (type === 'any') return;
  if (type.endsWith('[]')) {
    if (!Array.isArray(value))
      throw invalid(prop, value, type, `must be a list, such as [${elementOf(type, value)}]`, at);
    value.forEach((one, index) => {
      checkValue(type.slice(0, -2), one, `${prop}[${index}]`, at);
    });
  } else if (type.endsWith('{}')) {
    if (!isObject(value)) throw invalid(prop, value, type, 'must be an object, such as { NAME: ... }', at);
    if (inherits(value)) {
      throw invalid(
        prop,
        value,
        type,
        'must have its members itself, but inherits some; copy them, as in { ...others }',
        at,
      );
    }
    for (const [name, one] of Object.entries(value)) checkEntry(type.slice(0, -2), one, `${prop}.${name}`, at);
  } else if (Object.hasOwn(WORDS, type)) {
    const isRight = type === 'object' ? typeof value === 'object' && value !== null : typeof value === type;
    if (!isRight) throw invalid(prop, value, type, `must be ${WORDS[type]}`, at);
    if (typeof value === 'string') requireWritable(prop, value, at);
  } else if (Object.hasOwn(OPTION_TYPES, type)) {
    requireOptions(type, value, prop, at);
    checkMembers(type, value as object, `${prop}.`, at);
  } else if (Object.hasOwn(ENUM_VALUES, type)) {
    const values = ENUM_VALUES[type] as readonly unknown[];
    if (!values.includes(value))
      throw invalid(prop, value, type, `must be one of ${values.map(describe).join(', ')}`, at);
  } else checkInstance(value, type, prop, at);
}

/** Checks a value of a map. Text in maps is the value of a variable, which no message shows. */
function checkEntry(type: string, value: unknown, prop: string, at: IConstruct | undefined): void {
  requireWritable(prop, prop, at);
  if (type === 'string' && typeof value !== 'string')
    throw new ServingError('InvalidType', `'${prop}' (${kindOf(value)}) must be text`, at);
  checkValue(type, value, prop, at);
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : typeof value;
}

/** What a list could hold for who passed something else: an example, or that value in a list. */
function elementOf(type: string, value: unknown): string {
  const element = type.slice(0, -2);
  const { example } = CLASSES[element] ?? {};
  if (example !== undefined) return example;
  const members = OPTION_TYPES[element];
  if (members !== undefined) return `{ ${leadingMembers(members).join(': ..., ')}: ... }`;
  return typeof value === 'string' ? value.split(/\s+/).map(describe).join(', ') : describe(value);
}

/** The members that must be said, or all where none must. */
function leadingMembers(members: { readonly [member: string]: string }): string[] {
  const names = Object.keys(members);
  const required = names.filter((name) => !members[name]?.endsWith('?'));
  return required.length > 0 ? required : names;
}

function invalid(prop: string, value: unknown, type: string, must: string, at: IConstruct | undefined): ServingError {
  const shown = type.startsWith(SECRET) && typeof value === 'string' ? 'text' : describe(value);
  return new ServingError('InvalidType', `'${prop}' (${shown}) ${must}`, at);
}

/** Whether an object has members of another one, as with `__proto__` in a literal: nothing reads those. */
function inherits(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype !== null && Object.getPrototypeOf(prototype) !== null;
}

/** Checks the class of a value. An app can hold several copies of this package, and each has a class of its own. */
function checkInstance(value: unknown, type: string, prop: string, at: IConstruct | undefined): void {
  const name = type.slice(type.lastIndexOf('.') + 1);
  const { example = `a ${name}`, members = [], byShape = false } = CLASSES[type] ?? {};
  const isKnown =
    (hasTag(name, value) || isNamed(value, name)) &&
    (members.length === 0 || members.some((member) => hasMember(value, member)));
  if (isKnown && (byShape || isOwn(name, value))) return;
  if (isKnown) refuseCopy(name, value as object, prop, at);
  throw invalid(prop, value, type, `must be made like ${example}`, at);
}

/** Refuses an instance of a class of this package that another release made. */
export function refuseCopy(name: string, value: object, prop: string, at: IConstruct | undefined): void {
  const copy = copyOf(name, value);
  if (isCompatible(copy)) return;
  throw new ServingError('ForeignCopy', foreignCopy(`'${prop}' (${describe(value)})`, copy), at);
}

function hasMember(value: unknown, member: string): boolean {
  return typeof value === 'object' && value !== null && value[member as keyof object] !== undefined;
}

/** Whether a value has a class of this name, as those of frameworks and of releases without tags do. */
function isNamed(value: unknown, name: string): boolean {
  if (typeof value !== 'object' || value === null) return false;
  for (let proto = Object.getPrototypeOf(value); proto !== null; proto = Object.getPrototypeOf(proto))
    if (proto.constructor?.name === name) return true;
  return false;
}

function suggest(name: string, known: readonly string[]): string {
  const [nearest] = known
    .map((one) => ({ one, distance: distanceOf(name.toLowerCase(), one.toLowerCase()) }))
    .filter(({ distance }) => distance <= Math.max(1, Math.floor(name.length / 3)))
    .sort((a, b) => a.distance - b.distance);
  return nearest === undefined
    ? `there is ${known.map((one) => `'${one}'`).join(', ')}`
    : `did you mean '${nearest.one}'?`;
}

/** How many letters have to be added, taken away or changed. */
function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] as number) + 1, (next[j - 1] as number) + 1, change));
    }
    row = next;
  }
  return row[b.length] as number;
}
