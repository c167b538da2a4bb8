import type { Explanation } from '../plan/explanation';
import type { ServingPlan } from '../plan/plan';
import { TIMEOUT_RULES } from '../plan/rules';
import type { BackendPlan, EndpointPlan, RoutePlan } from '../plan/serving-plan';
import { chainTable, ladderTable } from './ladder';
import { onCallNotes } from './on-call';
import type { Section, Table } from './sections';

/** Everything a plan says, platform by platform: refusals, routes, timeout ladders, and the capability ledger. */
export function explain(explanations: Explanation[]): Section[] {
  const sections = explanations.flatMap(explainPlatform);
  const used = new Set(explanations.flatMap(({ plan }) => [...plan.endpoints, ...plan.backends].flatMap(rulesOf)));
  return [...sections, ...lockSection(explanations), ...(used.size === 0 ? [] : [rulesSection(used)])];
}

/** Which lock files digests and destinations come from. Without any, nothing of them is in the definition. */
function lockSection(explanations: Explanation[]): Section[] {
  const files = [...new Set(explanations.flatMap(({ lockFiles = [] }) => lockFiles))].sort();
  return files.length === 0
    ? []
    : [{ level: 0, title: 'lock files', table: { headings: ['file'], rows: files.map((file) => [file]) } }];
}

function explainPlatform({ platform, target, plan, refusals }: Explanation): Section[] {
  return [
    { level: 0, title: `${platform} on ${target}` },
    ...(refusals.length === 0 ? [] : [refusalSection(refusals)]),
    ...plan.endpoints.map((endpoint) => routeSection(plan, endpoint)),
    ...plan.endpoints.map(({ name, path, ladder }) => ({
      level: 1,
      title: `timeouts of ${name} (${path})`,
      table: ladderTable(ladder),
    })),
    ...plan.backends.flatMap((backend) => [
      {
        level: 1,
        title: `timeouts of ${backend.name} (${backend.path})`,
        table: ladderTable(backend.ladder),
        notes: onCallNotes(plan.balancer, backend),
      },
      { level: 1, title: `way to ${backend.name} (${backend.path})`, table: chainTable(backend.chain) },
    ]),
    { level: 1, title: 'capabilities', table: ledgerTable(platform, plan) },
  ];
}

function refusalSection(refusals: string[]): Section {
  return { level: 1, title: 'refused', table: { headings: ['error'], rows: refusals.map((refusal) => [refusal]) } };
}

function routeSection(plan: ServingPlan, endpoint: EndpointPlan): Section {
  const numbered = endpoint.routes.some((route) => route.rules.length > 0);
  return {
    level: 1,
    title: `routes of ${endpoint.name} (${endpoint.path})`,
    table: {
      headings: [...(numbered ? ['priority'] : []), 'kind', 'hosts', 'path', 'methods', 'headers', 'goes to'],
      rows: inOrder(endpoint.routes).map((route) => [
        ...(numbered ? [prioritiesOf(route)] : []),
        ...routeCells(plan, route),
      ]),
      numbers: ['priority'],
    },
  };
}

/** Routes in the order in which they are tried: by their first rule where rules have numbers. */
function inOrder(routes: readonly RoutePlan[]): RoutePlan[] {
  const first = ({ rules }: RoutePlan): number => Math.min(...rules.map(({ priority }) => priority));
  return routes.every(({ rules }) => rules.length === 0)
    ? [...routes]
    : [...routes].sort((a, b) => first(a) - first(b));
}

function routeCells(plan: ServingPlan, route: RoutePlan): string[] {
  const headers = route.headers.map(({ name, values }) => `${name}: ${values.join(' or ')}`);
  return [
    route.kind,
    anyOf(route.hosts),
    route.prefix,
    anyOf(route.methods),
    headers.join(', ') || '-',
    goal(plan, route),
  ];
}

function goal(plan: ServingPlan, route: RoutePlan): string {
  if (route.shares.length === 0) return `405, allowed: ${route.allow.join(', ')}`;
  const names = new Map(plan.backends.map((backend) => [backend.path, backend.name]));
  const total = route.shares.reduce((sum, share) => sum + share.weight, 0);
  const shares = route.shares.map(({ backend, weight }) => `${names.get(backend)} ${weight}/${total}`);
  const path = route.replacePath ?? route.replacePrefix;
  return `${shares.join(', ')}${path === undefined || path === route.prefix ? '' : ` as ${path}`}`;
}

/** Where an earlier rule held the place, the place that the rule wanted stands beside the one it got. */
function prioritiesOf(route: RoutePlan): string {
  return route.rules
    .map(({ priority, movedFrom }) => (movedFrom === undefined ? `${priority}` : `${priority} (wanted ${movedFrom})`))
    .join(', ');
}

function ledgerTable(platform: string, plan: ServingPlan): Table {
  return {
    headings: ['construct', 'feature', 'level', 'how'],
    rows: plan.ledger.map(({ path, feature, level, detail }) => [path || platform, feature, level, detail]),
  };
}

function rulesOf({ ladder }: Pick<BackendPlan, 'ladder'>): string[] {
  return ladder.hops.map((hop) => hop.rule);
}

function rulesSection(used: Set<string>): Section {
  const rows = Object.entries(TIMEOUT_RULES).filter(([id]) => used.has(id));
  return {
    level: 0,
    title: 'rules',
    table: {
      headings: ['rule', 'what holds', 'source'],
      rows: rows.map(([id, rule]) => [id, rule.sentence, rule.source]),
    },
  };
}

function anyOf(values: string[]): string {
  return values.length === 0 ? 'any' : values.join(', ');
}
