import type { BackendIntent, EndpointIntent, ServerIntent } from '../intents';
import { DrainBehavior } from '../server/descriptor';
import { type BackendTimes, HopKind, type LadderPlan } from '../serving-plan';
import { DrainOrder, type TargetProfile } from '../target-profile';
import { type Hop, isLimited, type RouteLimits } from './hops';
import { LadderRows, type Slack } from './ladder';
import { addRouteLimits } from './route-limits';
import { afterOf } from './stop';

/** The input of a backend's ladder. */
export interface BackendRows {
  readonly backend: BackendIntent;
  readonly endpoints: EndpointIntent[];
  readonly chain: Hop[];
  readonly limits: RouteLimits;
  readonly times: BackendTimes;
}

/** The times that a server gets by flags and variables. */
export function passedTimes({ timeFlags, timeVariables = [] }: ServerIntent): string[] {
  return [...timeFlags, ...timeVariables].map(({ time }) => time);
}

/** The times of a backend from the balancer to SIGKILL, then those of its start. */
export function backendLadder(target: TargetProfile, from: BackendRows, slacks: Slack[]): LadderPlan {
  const { backend, times } = from;
  const rows = new LadderRows(slacks);
  rows.add('longest request', times.requestTimeout, 'T');
  rows.add('batch wait', backend.server.batching?.delaySeconds, 'R10');
  addRouteLimits(rows, from.limits, from.endpoints);
  for (const hop of from.chain) addHop(rows, target, hop);
  addStop(rows, target, backend, times);
  const passed = passedTimes(backend.server);
  if (passed.includes('request')) rows.add('server request timeout', times.request, 'R7');
  if (passed.includes('watchdog')) rows.add('server watchdog', times.watchdog, 'R8');
  if (times.fetch > 0) rows.add('model fetch', times.fetch, 'B1');
  rows.add('load', times.load, 'B2');
  rows.add('start-up', times.startup, 'B3');
  return { requestTimeoutSeconds: times.requestTimeout, hops: rows.hops };
}

function addHop(rows: LadderRows, { idle }: TargetProfile, hop: Hop): void {
  switch (hop.kind) {
    case HopKind.BALANCER:
      // Also if it closes each connection: the timer is still configured.
      rows.add('balancer idle', hop.serverIdle, idle.cutsSilence ? 'R2' : 'E1');
      break;
    case HopKind.SIDECAR:
      rows.add('sidecar client idle', hop.clientIdle, 'E4');
      rows.add('sidecar silence', hop.silence, 'R2');
      rows.add('sidecar request', hop.request, 'E2');
      rows.add('sidecar idle', hop.serverIdle, 'E1');
      break;
    default:
      if (hop.clientIdle > 0) rows.add('server keep-alive', hop.clientIdle, keepAliveRule(idle.cutsSilence, hop));
      rows.add('server silent connection', hop.firstByte, 'R5');
  }
}

function addStop(rows: LadderRows, target: TargetProfile, backend: BackendIntent, times: BackendTimes): void {
  const together = target.drainOrder === DrainOrder.TOGETHER;
  if (together)
    rows.add(
      'wait before the signal',
      times.preStop,
      times.preStop > Math.ceil(target.propagationSeconds) ? 'PT' : 'P',
    );
  else rows.add('deregistration delay', times.deregistration, 'D1');
  if (backend.server.descriptor.drain !== DrainBehavior.DROPS_REQUESTS)
    rows.add('server drain', times.drain, afterOf(backend) > 0 ? 'S2' : 'F');
  rows.add('stop timeout', times.stop, 'D2');
  if (together) rows.add('grace period', times.grace, 'G');
}

function keepAliveRule(cutsSilence: boolean, server: Hop): 'R1' | 'R4' | 'E1' {
  if (!cutsSilence) return 'E1';
  return isLimited(server) ? 'R4' : 'R1';
}
