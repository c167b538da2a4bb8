/** The properties of every definition on every target. */
import { isDeepStrictEqual } from 'node:util';
import { ERROR_CODES } from '../../src/private/error-codes';
import { ServingError } from '../../src/private/errors';
import { checkListenerRules, type Templates } from '../support/cloudformation';
import { checkManifests } from '../support/manifests';
import { differencesOf } from './compare';
import type { Definition } from './definition';
import { type Rendered, TARGET_NAMES, TARGETS, type TargetName } from './render';

/** What is known about one definition. */
export interface Verdict {
  /** The targets that accept it. */
  readonly accepted: readonly TargetName[];
  /** The error codes of the targets that refuse it. */
  readonly codes: readonly string[];
  /** The violated properties. */
  readonly violations: readonly string[];
  /** The templates of AWS, for the validator, which is slow to start. */
  readonly templates: readonly object[];
}

/** The result of one target. */
type Result = { readonly rendered: Rendered } | { readonly error: unknown };

export function attempt(target: TargetName, definition: Definition): Result {
  try {
    return { rendered: TARGETS[target](definition) };
  } catch (error) {
    return { error };
  }
}

/** Judges a definition. */
export function judge(definition: Definition): Verdict {
  const results = TARGET_NAMES.map((target) => [target, attempt(target, definition)] as const);
  const accepted = results.flatMap(([target, result]) => ('rendered' in result ? [target] : []));
  const violations = results.flatMap(([target, result]) =>
    ('rendered' in result ? renderedViolations(target, result.rendered) : errorViolations(result.error)).map(
      (why) => `${target}: ${why}`,
    ),
  );
  const repeated = accepted[JSON.stringify(definition).length % accepted.length];
  const again = repeated === undefined ? [] : repeatViolations(repeated, definition, results);
  const rendered = Object.fromEntries(
    results.flatMap(([target, one]) => ('rendered' in one ? [[target, one.rendered]] : [])),
  );
  return {
    accepted,
    codes: [...new Set(results.flatMap(([, one]) => ('error' in one ? codesIn(messageOf(one.error)) : [])))],
    violations: [...violations, ...again, ...guarded(() => differencesOf(rendered))],
    templates: rendered.aws === undefined ? [] : Object.values(rendered.aws.output as { [name: string]: object }),
  };
}

/** Output that cannot be read is a violation, too. */
function guarded(find: () => string[]): string[] {
  try {
    return find();
  } catch (error) {
    return [`the output cannot be read: ${(error as Error).stack}`];
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** The codes of this package in a message. A framework collects several. */
function codesIn(message: string): string[] {
  return [...message.matchAll(/\[([A-Z]\w+)\] /g)]
    .map(([, code]) => code as string)
    .filter((code) => code in ERROR_CODES);
}

/** A line of an error in which a framework collects those of constructs. */
const COLLECTED = /^\s*\[[^\]]*\] \[[A-Z]\w+\] /;

function errorViolations(error: unknown): string[] {
  if (error instanceof ServingError) return [];
  const message = messageOf(error);
  const lines = message.split('\n').filter((line) => line.trim() !== '');
  const [first = '', ...rest] = lines;
  const isCollected = /^Validation failed/.test(first)
    ? rest.every((line) => COLLECTED.test(line)) && rest.length > 0
    : false;
  const isOwn = lines.length > 0 && lines.every((line) => /^\[[A-Z]\w+\] /.test(line));
  if ((isCollected || isOwn) && codesIn(message).length > 0) return [];
  return [`an error without a code: ${((error as Error).stack ?? message).split('\n').slice(0, 8).join('\n    ')}`];
}

/** Secrets and similar objects exist outside the definition. */
const OUTSIDE = /there is no (Secret|ConfigMap|ServiceAccount|PersistentVolumeClaim) "/;

/** Findings about the user 0, which a definition may declare. */
const OF_ROOT = /securityContext\.runAs(User|NonRoot): must /;

const runsAsRoot = ({ plan }: Rendered) =>
  plan.backends.some(({ intent }) => [intent, ...(intent.sidecars ?? [])].some(({ user }) => user === 0));

function renderedViolations(target: TargetName, rendered: Rendered): string[] {
  const { output, explanation } = rendered;
  const findings =
    target === 'aws'
      ? checkListenerRules(output as Templates)
      : checkManifests(output as unknown[]).filter(
          (finding) => !OUTSIDE.test(finding) && !(OF_ROOT.test(finding) && runsAsRoot(rendered)),
        );
  return [...findings, ...(isObject(JSON.parse(explanation)) ? [] : ['the explanation is not an object'])];
}

const isObject = (value: unknown) => typeof value === 'object' && value !== null;

/** The same definition renders the same. One target renders it again, which the definition selects. */
function repeatViolations(
  target: TargetName,
  definition: Definition,
  results: readonly (readonly [TargetName, Result])[],
): string[] {
  const first = results.find(([name]) => name === target)?.[1];
  const second = attempt(target, definition);
  if (first === undefined || !('rendered' in first)) return [];
  if (!('rendered' in second)) return [`${target}: accepts the definition only once: ${messageOf(second.error)}`];
  const same =
    JSON.stringify(first.rendered.output) === JSON.stringify(second.rendered.output) &&
    first.rendered.explanation === second.rendered.explanation &&
    isDeepStrictEqual(first.rendered.output, second.rendered.output);
  return same ? [] : [`${target}: renders the definition differently the second time`];
}
