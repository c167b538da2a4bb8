import type { BackendPlan, RoutePlan } from '../../../plan/serving-plan';
import { BACKEND_COOKIE, COOKIE_PREFIX, replicaCookie } from '../sticky-cookies';

/** What separates the columns of a route from the seconds for which a client keeps its backend. */
const MARK = '~';

/** The name of the endpoint and the cookies of the request, and the value of the cookie with that name. */
const OWN_COOKIE = `"^([^;]+);(.*; *)?${BACKEND_COOKIE}\\1=([^;]*).*$","\\3"`;

/** The end of the row of a route whose clients keep one of several backends. */
export function stickyEnd({ stickySeconds }: RoutePlan, backends: number): string[] {
  return stickySeconds === undefined || backends < 2 ? [] : [`${MARK}${stickySeconds}`];
}

/** Whether the clients of a route keep one of several backends. */
export function isSticky(route: RoutePlan): boolean {
  return stickyEnd(route, route.shares.length).length > 0;
}

/** Reads the backend that the client has a cookie of. Other values than names of backends with a share have no effect. */
export function renderKept(): string[] {
  return [
    `  # A row that ends with ${MARK} and seconds: the client keeps its backend, by a cookie with the name of the endpoint.`,
    `  http-request set-var(txn.keep) var(txn.route),field(2,${MARK})`,
    '  acl keeps var(txn.keep) -m len gt 0',
    '  http-request set-var(txn.cookies) req.fhdr(cookie) if keeps',
    `  http-request set-var(txn.kept) 'var(txn.route),field(1,|),concat(;,txn.cookies),regsub(${OWN_COOKIE})' if keeps`,
  ];
}

/** Sends the client the cookie of its backend. Caches in front must not give it to other clients. */
export function renderKeeping(): string[] {
  const cookie = `${BACKEND_COOKIE}%[var(txn.route),field(1,|)]=%[var(txn.pool)]`;
  return [
    `  http-response add-header Set-Cookie "${cookie}; Path=/; Max-Age=%[var(txn.keep)]; HttpOnly" if keeps`,
    '  http-response add-header Cache-Control private if keeps',
  ];
}

/** Limits the cookies to TLS where a trusted proxy terminates it. Only such a proxy can have set the header. */
export function renderSecure(trustedProxies: readonly string[] = []): string[] {
  if (trustedProxies.length === 0) return [];
  return [
    '  http-request set-var(txn.scheme) req.hdr(X-Forwarded-Proto,1),lower',
    `  http-after-response replace-header Set-Cookie '^(${COOKIE_PREFIX}(backend|replica)-.*)$' '\\1; Secure' if { var(txn.scheme) -m str https }`,
  ];
}

/** The cookie of a replica: a hash of its address, so that it depends neither on the router nor on the order of replicas. */
export function renderReplicaCookie({ slug, intent: { stickySeconds } }: BackendPlan): string[] {
  if (stickySeconds === undefined) return [];
  return [
    `  cookie ${replicaCookie(slug)} insert indirect nocache httponly maxidle ${stickySeconds}s attr Max-Age=${stickySeconds} dynamic`,
    `  dynamic-cookie-key ${slug}`,
  ];
}
