/** Evaluates the rules of a listener as an Application Load Balancer does. */
import { type Data, object, objects, text } from '../data';
import { type Destination, hostName, lowerCased, type Outcome, type Request, splitPath } from '../request';
import { conditionValues, forwardTargets, LISTENER, LISTENER_RULE, regexValues } from './listener-rules';
import { configOf, numberOf } from './ranges';
import { type Resource, Stacks, type Templates } from './stacks';

export interface MatchOptions {
  /** Logical id, `stack/LogicalId` or ARN of the listener. @default - the only listener that does more than redirect */
  readonly listener?: string;
}

/** A pattern in which `*` matches anything and `?` matches one character. */
function wildcard(pattern: string, flags: string): RegExp {
  const source = pattern
    .replace(/[\\^$.|+()[\]{}]/g, '\\$&')
    .replace(/\*/g, '[\\s\\S]*')
    .replace(/\?/g, '[\\s\\S]');
  return new RegExp(`^${source}$`, flags);
}

/** Paths are case-sensitive; hosts, headers and query strings are not. */
function matchesAny(condition: Data, values: readonly string[], actual: string | undefined, flags: string): boolean {
  if (actual === undefined) return false;
  return (
    values.some((value) => wildcard(value, flags).test(actual)) ||
    regexValues(condition).some((regex) => new RegExp(regex, flags).test(actual))
  );
}

function addressNumber(address: string): number {
  return address.split('.').reduce((number, part) => number * 256 + Number(part), 0);
}

function contains(block: string, address: string): boolean {
  const [base = '', bits = '32'] = block.split('/');
  if (base.includes(':') || address.includes(':')) return base === address;
  const size = 2 ** (32 - Number(bits));
  return Math.floor(addressNumber(base) / size) === Math.floor(addressNumber(address) / size);
}

function queryMatches(entries: readonly Data[], query: URLSearchParams): boolean {
  return entries.some(({ Key, Value }) => {
    const value = wildcard(text(Value), 'i');
    const key = Key === undefined ? /.*/ : wildcard(text(Key), 'i');
    return [...query].some(([k, v]) => key.test(k) && value.test(v));
  });
}

function holds(condition: Data, request: Required<Request>, stacks: Stacks, stack: string): boolean {
  const values = conditionValues(condition, stacks, stack);
  const { path, query } = splitPath(request.path);
  switch (condition.Field) {
    case 'path-pattern':
      return matchesAny(condition, values, path, '');
    case 'host-header':
      return matchesAny(condition, values, hostName(request.host), 'i');
    case 'http-request-method':
      return values.includes(request.method);
    case 'http-header':
      return matchesAny(
        condition,
        values,
        request.headers[text(configOf(condition).HttpHeaderName).toLowerCase()],
        'i',
      );
    case 'query-string':
      return queryMatches(objects(configOf(condition).Values), query);
    case 'source-ip':
      return values.some((block) => contains(block, request.sourceIp));
    default:
      throw new Error(`unknown condition ${condition.Field}`);
  }
}

/** Replaces the first match of the rewrite's expression; `$1` and so on are its groups. */
function transformed(input: string, transforms: readonly Data[], type: string, config: string): string {
  const transform = transforms.find((candidate) => candidate.Type === type);
  const [rewrite] = objects(object(transform?.[config]).Rewrites);
  return rewrite === undefined ? input : input.replace(new RegExp(text(rewrite.Regex)), text(rewrite.Replace));
}

function outcome(
  actions: readonly Data[],
  transforms: readonly Data[],
  rule: string,
  request: Required<Request>,
  stacks: Stacks,
  stack: string,
): Outcome {
  const action = actions.find(({ Type }) => ['forward', 'fixed-response', 'redirect'].includes(text(Type)));
  if (action === undefined) throw new Error(`${rule} has no action that responds`);
  if (action.Type === 'fixed-response') {
    const { StatusCode, MessageBody, ContentType } = object(action.FixedResponseConfig);
    const body = MessageBody === undefined ? undefined : stacks.text(MessageBody, stack);
    return {
      kind: 'fixed',
      rule,
      status: Number(StatusCode),
      body,
      contentType: ContentType === undefined ? undefined : text(ContentType),
    };
  }
  if (action.Type === 'redirect') return redirect(object(action.RedirectConfig), rule, request);
  const path = transformed(request.path, transforms, 'url-rewrite', 'UrlRewriteConfig');
  const host = transformed(request.host, transforms, 'host-header-rewrite', 'HostHeaderRewriteConfig');
  const destinations = forwardTargets(action, stacks, stack).map(
    ({ target, weight }): Destination => ({
      target,
      weight: numberOf(weight) ?? Number.NaN,
      path,
      host,
      headers: request.headers,
    }),
  );
  const { Enabled, DurationSeconds } = object(object(action.ForwardConfig).TargetGroupStickinessConfig);
  const stickySeconds = Enabled === true ? numberOf(DurationSeconds) : undefined;
  return { kind: 'forward', rule, destinations, ...(stickySeconds !== undefined && { stickySeconds }) };
}

function redirect(config: Data, rule: string, request: Required<Request>): Outcome {
  const { path, search } = splitPath(request.path);
  const known: { readonly [name: string]: string } = {
    host: hostName(request.host),
    path: path.slice(1),
    port: '80',
    protocol: 'HTTP',
    query: search.slice(1),
  };
  const fill = (value: unknown, fallback: string) =>
    String(value ?? fallback).replace(/#\{(\w+)\}/g, (_all, name: string) => known[name] ?? '');
  const query = fill(config.Query, '#{query}');
  const location = `${fill(config.Protocol, '#{protocol}').toLowerCase()}://${fill(config.Host, '#{host}')}:${fill(config.Port, '#{port}')}${fill(config.Path, '/#{path}')}${query === '' ? '' : `?${query}`}`;
  return { kind: 'redirect', rule, status: Number(text(config.StatusCode).replace('HTTP_', '')), location };
}

/** The listeners that the templates create or add rules to. */
function listenersOf(stacks: Stacks): readonly string[] {
  const ruled = stacks
    .ofType(LISTENER_RULE)
    .map(({ properties, stack }) => stacks.target(properties.ListenerArn, stack));
  return [...new Set([...stacks.ofType(LISTENER).map(({ key }) => key), ...ruled])];
}

function chosenListener(stacks: Stacks, requested: string | undefined): string {
  const all = listenersOf(stacks);
  const redirects = (key: string) =>
    objects(stacks.get(key)?.properties.DefaultActions).some(({ Type }) => Type === 'redirect');
  const serving = all.filter((key) => !redirects(key));
  const found =
    requested === undefined
      ? all.length === 1
        ? all
        : serving
      : all.filter((key) => key === requested || key.endsWith(`/${requested}`));
  const [listener] = found;
  if (listener === undefined || found.length > 1)
    throw new Error(`specify one of the listeners: ${all.join(', ') || 'there is none'}`);
  return listener;
}

/** What the load balancer in front of these templates does with a request. */
export function matchListener(templates: Templates | Stacks, request: Request, options: MatchOptions = {}): Outcome {
  const stacks = Stacks.of(templates);
  const listener = chosenListener(stacks, options.listener);
  const full = {
    method: 'GET',
    host: 'localhost',
    path: '/',
    sourceIp: '198.51.100.7',
    ...request,
    headers: lowerCased(request.headers),
  };
  const rules = stacks
    .ofType(LISTENER_RULE)
    .filter(({ properties, stack }) => stacks.target(properties.ListenerArn, stack) === listener)
    .sort((a, b) => Number(a.properties.Priority) - Number(b.properties.Priority));
  const rule = rules.find(({ properties, stack }) =>
    objects(properties.Conditions).every((condition) => holds(condition, full, stacks, stack)),
  );
  const answering: Resource | undefined = rule ?? stacks.get(listener);
  if (answering === undefined) throw new Error(`the default action of ${listener} is not in these templates`);
  const { Actions, DefaultActions, Transforms } = answering.properties;
  return outcome(objects(Actions ?? DefaultActions), objects(Transforms), answering.key, full, stacks, answering.stack);
}
