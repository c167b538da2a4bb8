import { capabilityOf } from './capabilities';
import type { BackendIntent, EndpointIntent } from './intents';
import { type EndpointPlan, type LedgerEntry, LedgerTopic } from './serving-plan';
import { Feature, SupportLevel, type TargetProfile } from './target-profile';

/** The header with the path that was removed from a request before the server gets it. */
export const PREFIX_HEADER = 'X-Forwarded-Prefix';

/** The environment variable with that path, if it is the same for every request of the backend. */
export const PREFIX_VARIABLE = 'SERVING_PATH_PREFIX';

/** The path that an endpoint removes from its requests; empty if it removes none. */
export function removedBy({ stripPrefix, prefix }: EndpointIntent): string {
  return stripPrefix && prefix !== '/' ? prefix : '';
}

/** The path that all endpoints of a backend remove: empty if they remove different ones, undefined if none removes any. */
export function prefixOf(endpoints: EndpointIntent[]): string | undefined {
  const prefixes = [...new Set(endpoints.map(removedBy))];
  if (prefixes.every((prefix) => prefix === '')) return undefined;
  return prefixes.length === 1 ? prefixes[0] : '';
}

/** The words of the command with which a server gets that path, unless the definition sets it elsewhere. */
export function prefixWords({ environment, server }: BackendIntent, prefix: string | undefined): string[] {
  const { pathPrefixFlag, descriptor } = server;
  const variable = descriptor.pathPrefix?.variable;
  const isSet = variable !== undefined && Object.hasOwn(environment, variable);
  return !prefix || pathPrefixFlag === undefined || isSet ? [] : [pathPrefixFlag, prefix];
}

/** The variable with that path, unless the definition sets it. */
export function prefixVariable({ environment }: BackendIntent, prefix: string | undefined): Record<string, string> {
  return prefix === undefined || Object.hasOwn(environment, PREFIX_VARIABLE) ? {} : { [PREFIX_VARIABLE]: prefix };
}

/** How the server of a backend learns that path. */
export function prefixEntry(backend: BackendIntent, endpoints: EndpointIntent[], target: TargetProfile): LedgerEntry[] {
  const prefix = prefixOf(endpoints);
  if (prefix === undefined) return [];
  const { name } = backend.server.descriptor;
  const entry = (level: SupportLevel, detail: string): LedgerEntry[] => [
    { path: backend.path, feature: LedgerTopic.PATH_PREFIX, level, detail },
  ];
  const hasHeader = capabilityOf(target, Feature.FORWARDED_PREFIX).level === SupportLevel.NATIVE;
  if (prefix === '') {
    const each = [...new Set(endpoints.map(removedBy))].map((one) => (one === '' ? 'none' : `'${one}'`)).join(', ');
    const way = hasHeader
      ? `the application must read ${PREFIX_HEADER} of each request`
      : `${target.name} cannot pass them to the server; use a backend for each endpoint if the application builds links`;
    return entry(
      SupportLevel.APPLICATION,
      `its endpoints remove different prefixes (${each}), so ${PREFIX_VARIABLE} is empty; ${way}`,
    );
  }
  const [flag] = prefixWords(backend, prefix);
  if (flag !== undefined) return entry(SupportLevel.NATIVE, `${name} gets '${prefix}' by ${flag}`);
  const where = hasHeader ? `${PREFIX_VARIABLE} and ${PREFIX_HEADER} contain` : `${PREFIX_VARIABLE} contains`;
  return entry(
    SupportLevel.APPLICATION,
    `links and redirects of the application must start with '${prefix}', which ${where}`,
  );
}

/**
 * Marks the routes that remove no path, but whose backends expect the header from other routes, with an empty path: a
 * header that a client sends must not reach these backends.
 */
export function clearPrefixes(plans: EndpointPlan[]): EndpointPlan[] {
  const routes = plans.flatMap((plan) => plan.routes).filter(({ removedPrefix }) => removedPrefix !== undefined);
  if (routes.length === 0) return plans;
  const expecting = new Set(routes.flatMap(({ shares }) => shares.map(({ backend }) => backend)));
  return plans.map((plan) => ({
    ...plan,
    routes: plan.routes.map((route) =>
      route.removedPrefix === undefined && route.shares.some(({ backend }) => expecting.has(backend))
        ? { ...route, removedPrefix: '' }
        : route,
    ),
  }));
}
