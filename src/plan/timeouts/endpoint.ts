import type { EndpointIntent } from '../intents';
import { MARGIN_SECONDS } from '../rules';
import { HopKind, type LadderPlan } from '../serving-plan';
import type { TargetProfile } from '../target-profile';
import { routeSilenceOf } from './backend';
import type { SolvedBalancer } from './balancer';
import { longestOf } from './demand';
import { LadderRows } from './ladder';
import { rowOf } from './relations';

/** The times of an endpoint from its client to the balancer. What they ask of a client is advice: nothing can be told it. */
export function endpointLadder(target: TargetProfile, balancer: SolvedBalancer, endpoint: EndpointIntent): LadderPlan {
  const { requestTimeoutSeconds, streamSeconds, heartbeatSeconds } = endpoint;
  const longest = Math.ceil(longestOf(endpoint));
  const rows = new LadderRows([balancer.slack]);
  rows.add('client timeout, at least', longest + MARGIN_SECONDS, 'R6');
  for (const hop of balancer.front) {
    if (hop.kind === HopKind.CLIENT) {
      rows.add('client pool idle, at most', hop.serverIdle, 'R6');
      continue;
    }
    rows.add(rowOf(hop, 'client'), hop.clientIdle, 'E4');
    rows.add(`${hop.name}: silence`, hop.silence, 'R2');
    rows.add(`${hop.name}: request`, hop.request, 'E2');
    if (!hop.passesThrough) rows.add(rowOf(hop, 'server'), hop.serverIdle, 'E4');
  }
  const { cutsSilence } = target.idle;
  if (!cutsSilence) rows.add('balancer client idle', balancer.plan.clientIdle, balancer.front.length > 1 ? 'E4' : 'R6');
  rows.add('balancer idle', cutsSilence ? balancer.plan.idle : undefined, 'R2');
  rows.add('longest request', requestTimeoutSeconds, 'T');
  if (streamSeconds !== undefined) rows.add('longest stream', streamSeconds, 'S3');
  if (heartbeatSeconds !== undefined) rows.add('heartbeat', heartbeatSeconds, cutsSilence ? 'R3' : 'E3');
  if (target.requestTimeout) {
    if (streamSeconds === undefined) rows.add('route timeout', Math.ceil(requestTimeoutSeconds) + MARGIN_SECONDS, 'E2');
    else rows.add('route silence', routeSilenceOf(endpoint), 'E3');
  }
  return { requestTimeoutSeconds: longest, hops: rows.hops };
}
