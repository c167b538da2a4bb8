import { hideArguments } from './credentials/arguments';
import { REDACTED } from './credentials/forms';
import { credentialReason } from './credentials/reason';
import { redact } from './credentials/redact';
import { isObject } from './kinds';

type Data = { readonly [member: string]: unknown };

/**
 * An explanation for people and files, as plain data. It hides the values of variables that users set, and credentials
 * in commands, headers and texts. The function is idempotent.
 */
export function shownExplanation<T>(explanation: T): T {
  return shown(JSON.parse(JSON.stringify(explanation)), '') as T;
}

/** How members with these names are shown, anywhere in a plan. */
const MEMBERS: { readonly [member: string]: (value: unknown) => unknown } = {
  command: (value) => (Array.isArray(value) ? hideArguments(value as string[]) : value),
  args: (value) => (Array.isArray(value) ? hideArguments(value as string[]) : value),
  commandTail: (value) => (Array.isArray(value) ? hideArguments(value as string[]) : value),
  headers: (value) => (Array.isArray(value) ? value.map(shownHeader) : value),
  header: (value) => (isObject(value) ? shownHeader(value) : value),
};

function shown(value: unknown, member: string): unknown {
  if (Object.hasOwn(MEMBERS, member)) return MEMBERS[member]?.(value);
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map((one) => shown(one, ''));
  if (!isObject(value)) return value;
  const plan = isObject(value.server) && isObject(value.environment) ? shownBackend(value) : value;
  const inner = isObject(plan.intent) && isObject(plan.environment) ? { ...plan, environment: shownOf(plan) } : plan;
  return Object.fromEntries(Object.entries(inner).map(([name, one]) => [name, shown(one, name)]));
}

/** The intent of a backend, with the values of only the package's own variables. */
function shownBackend(intent: Data): Data {
  const server = intent.server as Data;
  const own = ownVariables(server);
  return {
    ...intent,
    environment: hideOthers(intent.environment as Data, own),
    ...(Array.isArray(intent.sidecars) && { sidecars: intent.sidecars.map(shownSidecar) }),
    server: { ...server, environment: hideOthers((server.environment ?? {}) as Data, own) },
  };
}

/** A sidecar without the values of its variables, all of which the user set. */
function shownSidecar(sidecar: Data): Data {
  return { ...sidecar, environment: hideOthers(sidecar.environment as Data, new Map()) };
}

/** The environment of a plan, which also contains computed variables: those of timeouts and others not in the intent. */
function shownOf({ intent, environment }: Data): Data {
  const { server = {}, environment: declared = {} } = intent as { readonly server?: Data; readonly environment?: Data };
  const times = ((server.timeVariables ?? []) as { readonly variable: string }[]).map(({ variable }) => variable);
  const others = Object.keys(environment as Data).filter((name) => !Object.hasOwn(declared, name));
  const own = ownVariables(server);
  for (const variable of [...times, ...others]) own.set(variable, (environment as Data)[variable]);
  return hideOthers(environment as Data, own);
}

function ownVariables(server: Data): Map<string, unknown> {
  const typed = (server.userVariables ?? []) as string[];
  return new Map(Object.entries((server.environment ?? {}) as Data).filter(([name]) => !typed.includes(name)));
}

function hideOthers(environment: Data, own: Map<string, unknown>): Data {
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, own.get(name) === value ? value : REDACTED]),
  );
}

function shownHeader(header: unknown): unknown {
  const { name, values } = header as { readonly name: string; readonly values?: readonly string[] };
  if (values === undefined) return header;
  const hide = (value: string): string => (credentialReason(name, value) === undefined ? value : REDACTED);
  return { ...(header as Data), values: values.map(hide) };
}
