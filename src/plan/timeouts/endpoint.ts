import type { EndpointIntent } from '../intents';
import { MARGIN_SECONDS } from '../rules';
import { HopKind, type LadderPlan } from '../serving-plan';
import type { TargetProfile } from '../target-profile';
import { demandOf } from './balancer';
import { longestOf } from './demand';
import { balancerHop } from './hops';
import { LadderRows, Slack } from './ladder';
import { cutRow, relationsOfHop, rowOf } from './relations';
import { addPathLimits, addRouteLimits, limitsOf } from './route-limits';
import type { SolvedBalancer } from './solving';

/** The row of the shortest timeout that clients need. */
export const CLIENT_TIMEOUT = 'client timeout, at least';

/** The times of an endpoint from its client to the balancer. Those of the client are advice, because it cannot be configured. */
export function endpointLadder(target: TargetProfile, balancer: SolvedBalancer, endpoint: EndpointIntent): LadderPlan {
  const { requestTimeoutSeconds, ownTimeoutSeconds, pathTimes = [], streamSeconds, heartbeatSeconds } = endpoint;
  const { cutsSilence } = target.idle;
  const limits = limitsOf(target, [endpoint]);
  const own = balancerHop(target, balancer.plan.idle, limits, balancer.setBy);
  const demand = demandOf([endpoint]);
  const relations = [...balancer.front, own]
    .filter(({ kind }) => kind !== HopKind.CLIENT)
    .flatMap((hop) => relationsOfHop(hop, demand));
  const rows = new LadderRows([new Slack(relations), balancer.slack]);

  const longest = Math.ceil(longestOf(endpoint));
  rows.add(CLIENT_TIMEOUT, longest + MARGIN_SECONDS, 'R6');
  for (const hop of balancer.front) {
    if (hop.kind === HopKind.CLIENT) {
      rows.add(rowOf(hop, 'server'), hop.serverIdle, 'R6');
      continue;
    }
    rows.add(rowOf(hop, 'client'), hop.clientIdle, 'E4');
    rows.add(cutRow(hop, 'silence'), hop.silence, 'R2');
    rows.add(cutRow(hop, 'request'), hop.request, 'E2');
    if (!hop.passesThrough) rows.add(rowOf(hop, 'server'), hop.serverIdle, 'E4');
  }
  if (cutsSilence) rows.add('balancer idle', balancer.plan.idle, 'R2');
  else rows.add('balancer client idle', balancer.plan.clientIdle, balancer.front.length > 1 ? 'E4' : 'R6');
  rows.add('connection attempts', target.connectSeconds, 'E5');
  rows.add('longest request', requestTimeoutSeconds, 'T');
  for (const { path, requestTimeoutSeconds: seconds } of pathTimes)
    rows.add(`longest request for ${path}`, seconds, 'T');
  if (ownTimeoutSeconds !== undefined) rows.add('longest request for other paths', ownTimeoutSeconds, 'T');
  if (streamSeconds !== undefined) rows.add('longest stream', streamSeconds, 'S3');
  if (heartbeatSeconds !== undefined) rows.add('heartbeat', heartbeatSeconds, cutsSilence ? 'R3' : 'E3');
  addRouteLimits(rows, limits, [endpoint]);
  addPathLimits(rows, target, endpoint);
  return { requestTimeoutSeconds: longest, hops: rows.hops };
}
