import type { Explanation } from '../plan/explanation';
import type { ServingPlan } from '../plan/plan';
import { type BackendPlan, type EndpointPlan, RouteKind, type RoutePlan } from '../plan/serving-plan';
import { actionSections } from './actions';
import { keyTimesTable } from './key-times';
import type { Section } from './sections';

/** The summary: the URL and shares of each endpoint, what needs action, the most important times, and the commands. */
export function summarySections(explanation: Explanation): Section[] {
  const { plan } = explanation;
  return [
    ...plan.endpoints.map((endpoint) => endpointSection(explanation, endpoint)),
    ...actionSections(explanation),
    ...(plan.backends.length === 0 ? [] : [{ level: 1, title: 'times', table: keyTimesTable(plan) }]),
    ...commandSections(plan),
  ];
}

function endpointSection({ plan, reach = [] }: Explanation, endpoint: EndpointPlan): Section {
  const { url, notes = [] } = reach.find((one) => one.endpoint === endpoint.path) ?? {};
  const methods = endpoint.intent.methods.length === 0 ? [] : [`methods: ${endpoint.intent.methods.join(', ')}`];
  return {
    level: 1,
    title: endpoint.name,
    ...(url !== undefined && { aside: url }),
    table: {
      headings: ['share', 'backend', 'replicas', 'own address'],
      rows: plan.backends
        .filter(({ endpoints }) => endpoints.includes(endpoint.path))
        .map((backend) => [
          shareOf(endpoint, backend),
          backend.name,
          replicasOf(backend),
          ownAddressOf(endpoint, backend),
        ]),
      numbers: ['share'],
      code: ['own address'],
    },
    notes: [...methods, ...notes],
  };
}

/** The share of the requests that no other rule matches. */
function shareOf({ shares }: EndpointPlan, { path }: BackendPlan): string {
  const total = shares.reduce((sum, { weight }) => sum + weight, 0);
  const { weight = 0 } = shares.find(({ backend }) => backend === path) ?? {};
  const percent = total === 0 ? 0 : (100 * weight) / total;
  return `${percent > 0 && percent < 0.01 ? '< 0.01' : Math.round(percent * 100) / 100} %`;
}

function replicasOf({ minReplicas, maxReplicas }: BackendPlan): string {
  return minReplicas === maxReplicas ? `${minReplicas}` : `${minReplicas} to ${maxReplicas}`;
}

/** The header or path that selects a backend regardless of its share. */
function ownAddressOf({ routes }: EndpointPlan, { path }: BackendPlan): string {
  const leadsHere = ({ shares, stickySeconds }: RoutePlan): boolean =>
    stickySeconds === undefined && shares.length === 1 && shares[0]?.backend === path;
  const own = routes.filter((route) => route.kind !== RouteKind.SHARES && leadsHere(route)).map(addressOf);
  return own.length === 0 ? '-' : own.join(', ');
}

function addressOf({ headers, prefix, pickedByHeader }: RoutePlan): string {
  const header = pickedByHeader ? headers.at(-1) : undefined;
  return header === undefined ? prefix : `${header.name}: ${header.values.join(' or ')}`;
}

function commandSections({ backends }: ServingPlan): Section[] {
  if (backends.length === 0) return [];
  const rows = backends.map(({ name, command, args = [] }) => {
    const words = [...command, ...args].map(quoted).join(' ');
    if (command.length > 0) return [name, words];
    return [name, args.length === 0 ? "the image's own" : `the image's ENTRYPOINT ${words}`];
  });
  return [
    { level: 1, title: 'commands', table: { headings: ['backend', 'command'], rows, code: ['command'], plain: true } },
  ];
}

/** An argument, quoted for a shell if necessary. */
function quoted(word: string): string {
  return /^[\w@%+=:,./*-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
