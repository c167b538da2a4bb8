import { StreamProtocol } from '../../../plan/choices';
import { PREFLIGHT_METHOD } from '../../../plan/routes';
import { type EndpointPlan, RouteKind, type RoutePlan, type SharePlan } from '../../../plan/serving-plan';
import { greatestCommonDivisor } from '../../../plan/weights';
import { stickyEnd } from './sticky-sessions';
import { encode } from './words';

/** The columns of a route in front of its pools. */
export enum Column {
  ENDPOINT = 1,
  /** In milliseconds. */
  TIMEOUT = 2,
  PROTOCOL = 3,
  CUT = 4,
  PUT = 5,
  PREFIX = 6,
  MULTIPLIER = 7,
  TOTAL = 8,
}

/** The columns of a row, for readers of the maps. */
export const COLUMNS =
  'endpoint|timeout in ms|protocol|removed segments|new prefix|removed prefix|step|total|up to|backend|up to|backend...';

/** The protocol of a route whose endpoint streams by WebSocket. */
export const WEB_SOCKET = 'ws';

/** What stands for the method of a preflight request, and the protocol of its route. No method contains a colon. */
export const PREFLIGHT = `${PREFLIGHT_METHOD}:preflight`;

/** The values of the protocol column: what a client may upgrade to. gRPC is refused elsewhere. */
const PROTOCOLS: { readonly [protocol in StreamProtocol]: string } = {
  [StreamProtocol.SERVER_SENT_EVENTS]: '',
  [StreamProtocol.WEB_SOCKET]: WEB_SOCKET,
  [StreamProtocol.GRPC]: '',
};

/** The value of the `CUT` column that removes the whole path. */
export const CUT_ALL = 'all';

/** The column with the cumulative share of the pools up to the one at `index`. */
export function uptoColumn(index: number): number {
  return Column.TOTAL + 1 + 2 * index;
}

/** The column with the name of the pool at `index`. */
export function poolColumn(index: number): number {
  return uptoColumn(index) + 1;
}

/** What happens to the requests of a route, as one row of columns. */
export function renderRoute(route: RoutePlan, endpoint: EndpointPlan, slugOf: (backend: string) => string): string {
  const shares = sharing(route);
  const total = shares.reduce((sum, share) => sum + share.weight, 0);
  let upto = 0;
  const pools = shares.flatMap((share) => {
    upto += share.weight;
    return [String(upto), slugOf(share.backend)];
  });
  const [cut, put] = rewriteOf(route);
  return [
    endpoint.slug,
    String(Math.round(1000 * route.silenceSeconds)),
    route.kind === RouteKind.PREFLIGHT
      ? PREFLIGHT
      : PROTOCOLS[endpoint.intent.protocol ?? StreamProtocol.SERVER_SENT_EVENTS],
    cut,
    encode(put),
    encode(route.removedPrefix ?? ''),
    String(multiplierOf(total)),
    String(total),
    ...pools,
    ...stickyEnd(route, shares.length),
  ].join('|');
}

/** The shares of a route that get requests. A single one has weight 1, so that the router need not count. */
export function sharing(route: RoutePlan): SharePlan[] {
  const shares = route.shares.filter((share) => share.weight > 0);
  return shares.length === 1 ? shares.map((share) => ({ ...share, weight: 1 })) : shares;
}

/** The number of leading path segments to remove, and the prefix to add. */
function rewriteOf(route: RoutePlan): [cut: string, put: string] {
  if (route.replacePath !== undefined) return [CUT_ALL, route.replacePath];
  if (route.replacePrefix === undefined || route.prefix === '/') return ['', ''];
  return [String(route.prefix.split('/').length - 1), route.replacePrefix === '/' ? '' : route.replacePrefix];
}

/** Whether a route puts something in the place of the segments that it removes. */
export function hasNewPrefix(route: RoutePlan): boolean {
  return rewriteOf(route)[1] !== '';
}

/** The different numbers of segments that routes remove. */
export function cutDepths(routes: RoutePlan[]): number[] {
  const depths = new Set(routes.map((route) => Number(rewriteOf(route)[0])).filter((depth) => depth > 0));
  return [...depths].sort((a, b) => a - b);
}

/**
 * The step between the slots of consecutive requests. It is coprime with the total, so that every slot is used once per
 * round, and close to its golden section, so that the slots of one backend are spread out.
 */
export function multiplierOf(total: number): number {
  const ideal = 0.618 * total;
  let best = 1;
  for (let distance = 0; distance <= total; distance++) {
    const near = [Math.floor(ideal) - distance, Math.ceil(ideal) + distance].filter(
      (step) => step >= 1 && greatestCommonDivisor(step, total) === 1,
    );
    if (near.length > 0) {
      best = near.reduce((a, b) => (Math.abs(b - ideal) < Math.abs(a - ideal) ? b : a));
      break;
    }
  }
  return best;
}
