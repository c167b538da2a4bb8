import { requireIdentifier } from '../../private/checks';
import { describe } from '../../private/describe';
import { ServingError } from '../../private/errors';
import { isUnresolved } from '../../private/tokens';

/** A string in one of the three notations of PromQL, or a comment. Both may contain brackets. */
const TEXTS = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`|#[^\n]*/g;

const PAIRS: { readonly [close: string]: string } = { ')': '(', ']': '[', '}': '{' };

/** Requires a query whose strings and brackets are closed. Prometheus parses the rest. */
export function requireQuery(prop: string, query: string): string {
  const text = requireIdentifier(prop, query);
  const problem = isUnresolved(text) ? undefined : problemOf(text);
  if (problem === undefined) return text;
  throw new ServingError(
    'InvalidText',
    `'${prop}' (${describe(query)}) must be a Prometheus query with one result, such as 'sum(vllm:num_requests_waiting)'; ${problem}`,
  );
}

function problemOf(query: string): string | undefined {
  if (query.trim() === '') return 'it is empty';
  const rest = query.replace(TEXTS, '');
  if (/["'`]/.test(rest)) return 'a string in it is not closed';
  const open: string[] = [];
  for (const [bracket] of rest.matchAll(/[()[\]{}]/g)) {
    const opening = PAIRS[bracket];
    if (opening === undefined) open.push(bracket);
    else if (open.pop() !== opening) return `'${bracket}' in it has no '${opening}'`;
  }
  return open.length === 0 ? undefined : `'${open.at(-1)}' in it is not closed`;
}
