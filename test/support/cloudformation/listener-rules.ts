/** Checks listener rules against the limits of an Application Load Balancer. */
import { type Data, duplicates, Findings, isObject, list, object, objects, text } from '../data';
import { CONDITIONS, FIXED_RESPONSE_TYPES, RULE_LIMITS, SINGLE_CONDITIONS } from './limits';
import { attribute, configOf, numberOf } from './ranges';
import type { Resource, Stacks } from './stacks';

export const LISTENER = 'AWS::ElasticLoadBalancingV2::Listener';
export const LISTENER_RULE = 'AWS::ElasticLoadBalancingV2::ListenerRule';
const TERMINAL = new Set(['fixed-response', 'forward', 'redirect']);

/** The values of a condition, in either of its two forms. */
export function conditionValues(condition: Data, stacks: Stacks, stack: string): readonly string[] {
  const config = configOf(condition);
  const values =
    condition.Field === 'query-string'
      ? objects(config.Values).map(({ Key, Value }) => (Key === undefined ? text(Value) : `${Key}=${Value}`))
      : list(config.Values ?? condition.Values);
  return values.map((value) => stacks.text(value, stack));
}

export function regexValues(condition: Data): readonly string[] {
  return list(condition.RegexValues ?? configOf(condition).RegexValues).map(String);
}

/** The target groups of a forward action with their weights. */
export function forwardTargets(
  action: Data,
  stacks: Stacks,
  stack: string,
): readonly { readonly target: string; readonly weight: unknown }[] {
  const groups = objects(object(action.ForwardConfig).TargetGroups);
  if (groups.length > 0)
    return groups.map((group) => ({ target: stacks.target(group.TargetGroupArn, stack), weight: group.Weight ?? 1 }));
  return action.TargetGroupArn === undefined
    ? []
    : [{ target: stacks.target(action.TargetGroupArn, stack), weight: 1 }];
}

function checkValue(findings: Findings, path: string, field: string, value: string): void {
  findings.expect(
    value.length > 0 && value.length <= RULE_LIMITS.valueLength,
    path,
    `"${value}" is empty or longer than ${RULE_LIMITS.valueLength} characters`,
  );
  if (value.includes('${')) return;
  if (field === 'http-request-method')
    findings.expect(/^[A-Z_-]{1,40}$/.test(value), path, `"${value}" is not a method`);
  if (field === 'source-ip')
    findings.expect(/^[0-9a-f.:]+\/\d{1,3}$/i.test(value), path, `"${value}" is not a block of addresses`);
  if (field === 'path-pattern')
    findings.expect(
      /^[A-Za-z0-9_\-.$/~"'@:+&*?=%,;!()#]*$/.test(value),
      path,
      `"${value}" has characters that path patterns do not support`,
    );
  if (field === 'host-header')
    findings.expect(/^[A-Za-z0-9.*?-]+\.[A-Za-z*?]+$/.test(value), path, `"${value}" is not a host name with a dot`);
}

function checkConditions(findings: Findings, rule: Resource, stacks: Stacks): void {
  const conditions = objects(rule.properties.Conditions);
  findings.expect(conditions.length > 0, 'Conditions', 'a rule needs at least one');
  let [count, wildcards] = [0, 0];
  for (const [i, condition] of conditions.entries()) {
    const field = text(condition.Field);
    const at = `Conditions[${i}]`;
    findings.expect(CONDITIONS.has(field), `${at}.Field`, `"${field}" is not a kind of condition`);
    const values = conditionValues(condition, stacks, rule.stack);
    const regexes = regexValues(condition);
    const number = values.length + regexes.length;
    findings.expect(
      number >= 1 && number <= RULE_LIMITS.valuesPerCondition,
      at,
      `${number} values, ${RULE_LIMITS.valuesPerCondition} are allowed`,
    );
    for (const value of duplicates(values)) findings.add(at, `"${value}" is a duplicate`);
    for (const value of values) checkValue(findings, at, field, value);
    for (const regex of regexes)
      findings.expect(
        regex.length <= RULE_LIMITS.valueLength && compiles(regex),
        at,
        `"${regex}" is not a regular expression`,
      );
    count += number;
    if (field !== 'http-request-method' && field !== 'source-ip')
      wildcards += (values.join('').match(/[*?]/g) ?? []).length;
    if (field === 'http-header') checkHeaderName(findings, at, text(configOf(condition).HttpHeaderName));
  }
  findings.expect(
    count <= RULE_LIMITS.valuesPerRule,
    'Conditions',
    `${count} values in total, ${RULE_LIMITS.valuesPerRule} are allowed`,
  );
  findings.expect(
    wildcards <= RULE_LIMITS.wildcardsPerRule,
    'Conditions',
    `${wildcards} wildcards, ${RULE_LIMITS.wildcardsPerRule} are allowed`,
  );
  for (const field of duplicates(conditions.map((condition) => text(condition.Field)))) {
    findings.expect(!SINGLE_CONDITIONS.has(field), 'Conditions', `two conditions on ${field}`);
  }
}

function checkHeaderName(findings: Findings, path: string, name: string): void {
  findings.expect(
    /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/.test(name) && name.length <= RULE_LIMITS.headerNameLength,
    path,
    `"${name}" is not a header name of at most ${RULE_LIMITS.headerNameLength} characters`,
  );
  findings.expect(name.toLowerCase() !== 'host', path, 'Host is matched by a host-header condition');
}

function checkForward(findings: Findings, path: string, action: Data, stacks: Stacks, stack: string): void {
  const groups = forwardTargets(action, stacks, stack);
  findings.expect(
    groups.length >= 1 && groups.length <= RULE_LIMITS.targetGroupsPerForward,
    path,
    `${groups.length} target groups, 1 to ${RULE_LIMITS.targetGroupsPerForward} are allowed`,
  );
  for (const { target, weight } of groups) {
    const value = numberOf(weight);
    findings.expect(
      value !== undefined && Number.isInteger(value) && value >= 0 && value <= RULE_LIMITS.weight,
      path,
      `weight ${JSON.stringify(weight)} of ${target} is not a whole number from 0 to ${RULE_LIMITS.weight}`,
    );
  }
  findings.expect(
    groups.some(({ weight }) => numberOf(weight) !== 0),
    path,
    'all weights are 0',
  );
  for (const target of duplicates(groups.map((group) => group.target))) findings.add(path, `${target} is a duplicate`);
  const stick = object(object(action.ForwardConfig).TargetGroupStickinessConfig);
  if (stick.Enabled !== true && groups.length > 1)
    for (const { target } of groups)
      findings.expect(
        !isSticky(stacks, target),
        path,
        `${target} has stickiness, but the rule, which has several target groups, does not`,
      );
  if (stick.Enabled === true) {
    const seconds = numberOf(stick.DurationSeconds) ?? 0;
    findings.expect(
      seconds >= 1 && seconds <= RULE_LIMITS.groupStickiness,
      path,
      `stickiness of ${seconds} seconds is not from 1 to ${RULE_LIMITS.groupStickiness}`,
    );
  }
}

function isSticky(stacks: Stacks, target: string): boolean {
  return attribute(stacks.get(target)?.properties ?? {}, 'stickiness.enabled') === 'true';
}

function checkFixedResponse(findings: Findings, path: string, response: Data): void {
  const { MessageBody, StatusCode, ContentType } = response;
  findings.expect(
    text(MessageBody).length <= RULE_LIMITS.fixedResponseBody,
    `${path}.MessageBody`,
    `longer than ${RULE_LIMITS.fixedResponseBody} characters`,
  );
  findings.expect(/^[245]\d\d$/.test(String(StatusCode)), `${path}.StatusCode`, `${StatusCode} is not 2xx, 4xx or 5xx`);
  if (ContentType !== undefined)
    findings.expect(
      FIXED_RESPONSE_TYPES.has(text(ContentType)),
      `${path}.ContentType`,
      `"${ContentType}" is not allowed`,
    );
}

function checkActions(findings: Findings, path: string, actions: unknown, stacks: Stacks, stack: string): void {
  const all = objects(actions);
  const terminal = all.filter((action) => TERMINAL.has(text(action.Type)));
  findings.expect(
    terminal.length === 1,
    path,
    `needs exactly one of ${[...TERMINAL].join(', ')}, has ${terminal.length}`,
  );
  if (all.length > 1) {
    const orders = all.map((action) => numberOf(action.Order) ?? 0);
    findings.expect(duplicates(orders).length === 0, path, 'each of several actions needs an Order');
    const last = all[orders.indexOf(Math.max(...orders))];
    findings.expect(TERMINAL.has(text(last?.Type)), path, 'the last action must be the one that responds');
  }
  for (const [i, action] of all.entries()) {
    const at = `${path}[${i}]`;
    if (action.Type === 'forward') checkForward(findings, at, action, stacks, stack);
    if (action.Type === 'fixed-response')
      checkFixedResponse(findings, `${at}.FixedResponseConfig`, object(action.FixedResponseConfig));
    if (action.Type === 'redirect')
      findings.expect(
        /^HTTP_30[12]$/.test(text(object(action.RedirectConfig).StatusCode)),
        `${at}.RedirectConfig.StatusCode`,
        'must be HTTP_301 or HTTP_302',
      );
  }
}

function compiles(regex: string): boolean {
  try {
    return new RegExp(regex) !== undefined;
  } catch {
    return false;
  }
}

const REWRITES: { readonly [type: string]: string } = {
  'host-header-rewrite': 'HostHeaderRewriteConfig',
  'url-rewrite': 'UrlRewriteConfig',
};

function checkTransforms(findings: Findings, transforms: readonly Data[]): void {
  for (const type of duplicates(transforms.map((transform) => transform.Type)))
    findings.add('Transforms', `two transforms ${type}`);
  for (const [i, transform] of transforms.entries()) {
    const at = `Transforms[${i}]`;
    const config = REWRITES[text(transform.Type)];
    const rewrites = objects(object(transform[config ?? '']).Rewrites);
    findings.expect(config !== undefined && rewrites.length === 1, at, 'needs a known Type and exactly one rewrite');
    for (const { Regex, Replace } of rewrites) {
      const regex = text(Regex);
      findings.expect(
        compiles(regex) && regex.length > 0 && regex.length <= RULE_LIMITS.regexLength,
        at,
        `"${regex}" is not a regular expression`,
      );
      findings.expect(
        !/\(\?<?[=!]|\(\?>|\\[1-9]|\\p\{|[*+?}]\+/.test(regex),
        at,
        `"${regex}" uses syntax that the load balancer does not support (look-around, back references, possessive quantifiers)`,
      );
      findings.expect(
        typeof Replace === 'string' && Replace.length <= RULE_LIMITS.regexLength,
        at,
        'has no replacement',
      );
    }
  }
}

/** Checks each rule, then what rules share: the priorities of a listener and the quotas of a load balancer. */
export function checkRules(stacks: Stacks): string[] {
  const all: string[] = [];
  const priorities = new Map<string, { readonly key: string; readonly priority: unknown }[]>();
  for (const rule of stacks.ofType(LISTENER_RULE)) {
    const findings = new Findings(rule.key);
    checkConditions(findings, rule, stacks);
    checkActions(findings, 'Actions', rule.properties.Actions, stacks, rule.stack);
    checkTransforms(findings, objects(rule.properties.Transforms));
    findings.expect(rule.properties.Priority !== undefined, 'Priority', 'required');
    const listener = stacks.target(rule.properties.ListenerArn, rule.stack);
    priorities.set(listener, [
      ...(priorities.get(listener) ?? []),
      { key: rule.key, priority: rule.properties.Priority },
    ]);
    all.push(...findings.all);
  }
  for (const [listener, rules] of priorities) {
    for (const priority of duplicates(rules.map((rule) => Number(rule.priority)))) {
      const keys = rules.filter((rule) => Number(rule.priority) === priority).map(({ key }) => key);
      all.push(`${listener}: priority ${priority} is used by ${keys.join(' and ')}`);
    }
  }
  for (const listener of stacks.ofType(LISTENER)) {
    const findings = new Findings(listener.key);
    checkActions(findings, 'DefaultActions', listener.properties.DefaultActions, stacks, listener.stack);
    all.push(...findings.all);
  }
  return [...all, ...checkQuotas(stacks)];
}

function checkQuotas(stacks: Stacks): string[] {
  const rules = new Map<string, number>();
  const groups = new Map<string, Set<string>>();
  const loadBalancerOf = (listener: string): string => {
    const resource = stacks.get(listener);
    return resource === undefined ? listener : stacks.target(resource.properties.LoadBalancerArn, resource.stack);
  };
  for (const resource of [...stacks.ofType(LISTENER_RULE), ...stacks.ofType(LISTENER)]) {
    const { properties, stack, type, key } = resource;
    const balancer = loadBalancerOf(type === LISTENER ? key : stacks.target(properties.ListenerArn, stack));
    if (type === LISTENER_RULE) rules.set(balancer, (rules.get(balancer) ?? 0) + 1);
    const attached = groups.get(balancer) ?? new Set();
    for (const action of objects(properties.Actions ?? properties.DefaultActions).filter(isObject)) {
      for (const { target } of forwardTargets(action, stacks, stack)) attached.add(target);
    }
    groups.set(balancer, attached);
  }
  const over = [...rules].filter(([, n]) => n > RULE_LIMITS.rulesPerLoadBalancer);
  const crowded = [...groups].filter(([, set]) => set.size > RULE_LIMITS.targetGroupsPerLoadBalancer);
  return [
    ...over.map(([balancer, n]) => `${balancer}: ${n} rules, ${RULE_LIMITS.rulesPerLoadBalancer} are allowed`),
    ...crowded.map(
      ([balancer, set]) =>
        `${balancer}: ${set.size} target groups, ${RULE_LIMITS.targetGroupsPerLoadBalancer} are allowed`,
    ),
  ];
}
