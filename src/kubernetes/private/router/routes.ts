import { StreamProtocol } from '../../../plan/choices';
import type { EndpointPlan, RoutePlan, SharePlan } from '../../../plan/serving-plan';
import { greatestCommonDivisor } from '../../../plan/weights';
import { encode } from './words';

/** The columns of a route in front of its pools. */
export enum Column {
  ENDPOINT = 1,
  TIMEOUT = 2,
  PROTOCOL = 3,
  CUT = 4,
  PUT = 5,
  MULTIPLIER = 6,
  TOTAL = 7,
}

/** The protocol of a route whose endpoint streams by WebSocket. */
export const WEB_SOCKET = 'ws';

/** What stands in the column of the protocol: what a client may upgrade to. gRPC is refused. */
const PROTOCOLS: { readonly [protocol in StreamProtocol]: string } = {
  [StreamProtocol.SERVER_SENT_EVENTS]: '',
  [StreamProtocol.WEB_SOCKET]: WEB_SOCKET,
  [StreamProtocol.GRPC]: '',
};

/** The column that cuts off the whole path. */
export const CUT_ALL = 'all';

/** The column up to which request number the pool at `index` is next. */
export function uptoColumn(index: number): number {
  return Column.TOTAL + 1 + 2 * index;
}

/** The column with the name of the pool at `index`. */
export function poolColumn(index: number): number {
  return uptoColumn(index) + 1;
}

/** What becomes of the requests of a route, as one line of columns. */
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
    String(endpoint.silenceSeconds),
    PROTOCOLS[endpoint.intent.protocol ?? StreamProtocol.SERVER_SENT_EVENTS],
    cut,
    encode(put),
    String(multiplierOf(total)),
    String(total),
    ...pools,
  ].join('|');
}

/** The shares of a route that get requests: of one backend alone the whole, so that nothing has to be counted. */
export function sharing(route: RoutePlan): SharePlan[] {
  const shares = route.shares.filter((share) => share.weight > 0);
  return shares.length === 1 ? shares.map((share) => ({ ...share, weight: 1 })) : shares;
}

/** How many segments of the path are cut off, and what is put in front of the rest. */
function rewriteOf(route: RoutePlan): [cut: string, put: string] {
  if (route.replacePath !== undefined) return [CUT_ALL, route.replacePath];
  if (route.replacePrefix === undefined || route.prefix === '/') return ['', ''];
  return [String(route.prefix.split('/').length - 1), route.replacePrefix === '/' ? '' : route.replacePrefix];
}

/** The numbers of segments that routes cut off. */
export function cutDepths(routes: RoutePlan[]): number[] {
  const depths = new Set(routes.map((route) => Number(rewriteOf(route)[0])).filter((depth) => depth > 0));
  return [...depths].sort((a, b) => a - b);
}

/**
 * The step between the places of two requests: coprime with the total, so that every place comes up once in a round, and
 * near its golden section, so that the places of one backend lie apart.
 */
export function multiplierOf(total: number): number {
  const wanted = 0.618 * total;
  let best = 1;
  for (let distance = 0; distance <= total; distance++) {
    const near = [Math.floor(wanted) - distance, Math.ceil(wanted) + distance].filter(
      (step) => step >= 1 && greatestCommonDivisor(step, total) === 1,
    );
    if (near.length > 0) {
      best = near.reduce((a, b) => (Math.abs(b - wanted) < Math.abs(a - wanted) ? b : a));
      break;
    }
  }
  return best;
}
