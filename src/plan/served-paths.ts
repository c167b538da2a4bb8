import { overlap } from '../private/paths';
import type { BackendIntent, EndpointIntent } from './intents';
import { refuse } from './refuse';
import type { Refusal } from './serving-plan';

/** Refuses an endpoint whose requests a backend answers with 404 only, because its server has other path prefixes. */
export function refuseUnservedPaths(endpoint: EndpointIntent, backend: BackendIntent, refusals: Refusal[]): void {
  const { routePrefixes } = backend.server;
  const forwarded = endpoint.stripPrefix ? '/' : endpoint.prefix;
  if (routePrefixes === undefined || routePrefixes.some((prefix) => overlap(prefix, forwarded))) return;
  const prefixes = routePrefixes.map((prefix) => `'${prefix}'`).join(', ');
  refuse(
    refusals,
    'PathNotServed',
    endpoint.path,
    `endpoint '${endpoint.name}' forwards '${forwarded}', but the server of backend '${backend.name}' answers ${prefixes} only; set 'stripPrefix' of the endpoint to true to forward what follows '${forwarded}', or use one of these as its 'path'`,
  );
}
