import type { Stack, StackInput } from './stacks';

/**
 * The stacks of both states with their keys, which are equal for the same stack. CloudFormation distinguishes stacks by their
 * name, account and Region. An app need not know the last two.
 */
export function withKeys(before: readonly StackInput[], after: readonly StackInput[]): [Stack[], Stack[]] {
  const partners = partnersOf(before, after);
  const all = [...before, ...after.filter((stack) => !partners.has(stack))];
  const keys = new Map(all.map((stack) => [stack, keyOf(stack, all)]));
  const find = (stack: StackInput): string => keys.get(partners.get(stack) ?? stack) as string;
  return [withOwnKeys(before, find), withOwnKeys(after, find)];
}

function withOwnKeys(stacks: readonly StackInput[], find: (stack: StackInput) => string): Stack[] {
  const byId = new Map(stacks.map((stack) => [idOf(stack), find(stack)]));
  return stacks.map((stack) => ({
    ...stack,
    key: find(stack),
    dependencies: (stack.dependencies ?? []).flatMap((id) => byId.get(id) ?? []),
  }));
}

type Match = (a: StackInput, b: StackInput) => boolean;

const isSameId: Match = (a, b) => idOf(a) === idOf(b);
const isSameEnvironment: Match = (a, b) => environmentOf(a) === environmentOf(b);
/** Whether two environments can be the same one, as far as they are known. */
export const isCompatible: Match = (a, b) => {
  const [left, right] = [environmentOf(a).split('/'), environmentOf(b).split('/')];
  return [0, 1].every((part) => left[part] === right[part] || isUnknown(left[part]) || isUnknown(right[part]));
};

/** When stacks with one name are the same, the most certain first. */
const MATCHES: readonly Match[] = [
  (a, b) => isSameId(a, b) && isSameEnvironment(a, b),
  isSameEnvironment,
  (a, b) => isSameId(a, b) && isCompatible(a, b),
  isCompatible,
];

/** The stack before the update of each stack after it that has one. */
function partnersOf(before: readonly StackInput[], after: readonly StackInput[]): Map<StackInput, StackInput> {
  const partners = new Map<StackInput, StackInput>();
  const free = new Set(before);
  for (const matches of MATCHES) {
    for (const stack of after.filter((one) => !partners.has(one))) {
      const partner = [...free].find((one) => one.name === stack.name && matches(one, stack));
      if (partner === undefined) continue;
      free.delete(partner);
      partners.set(stack, partner);
    }
  }
  return partners;
}

/** The name of a stack, with what distinguishes it from others of that name. */
function keyOf(stack: StackInput, all: readonly StackInput[]): string {
  const namesakes = all.filter((one) => one !== stack && one.name === stack.name);
  if (namesakes.length === 0) return stack.name;
  const marks = [
    environmentOf(stack),
    ...(namesakes.some((one) => isSameEnvironment(one, stack)) ? [idOf(stack)] : []),
  ];
  return `${stack.name} (${marks.join(', ')})`;
}

function idOf({ id, name }: StackInput): string {
  return id ?? name;
}

/** Account and Region, such as `123456789012/eu-west-1`. */
function environmentOf({ environment = '' }: StackInput): string {
  return environment.replace(/^aws:\/\//, '');
}

function isUnknown(part: string | undefined): boolean {
  return part === undefined || part === '' || part.startsWith('unknown-');
}
