import { isTold, keepAliveOf } from '../../servers/knobs';
import type { ServerDescriptor } from '../../servers/server-descriptor';
import type { BackendIntent } from '../intents';
import { refuse } from '../refuse';
import { KEEP_ALIVE_SECONDS, MARGIN_SECONDS } from '../rules';
import type { BalancerPlan, Refusal } from '../serving-plan';
import type { TargetProfile } from '../target-profile';

/** How long a server can keep an idle connection, and one that never sends, in seconds. */
function patienceOf(
  descriptor: ServerDescriptor,
  wanted: number,
  watchdog: number,
): { keepAlive: number; silent: number } {
  const keepAlive = keepAliveOf(descriptor, wanted);
  const { seconds = Number.POSITIVE_INFINITY, plus } = descriptor.silentLimit ?? {};
  const added = plus === 'keepAlive' ? keepAlive : plus === 'watchdog' ? watchdog : 0;
  return { keepAlive, silent: seconds + added };
}

/** The idle time that a server allows its balancer, whatever its watchdog, which follows the balancer. */
export function idleAllowedBy({ server }: BackendIntent): number {
  const { POSITIVE_INFINITY: endless } = Number;
  const { keepAlive, silent } = patienceOf(server.descriptor, endless, endless);
  return Math.min(keepAlive, silent) - MARGIN_SECONDS;
}

/** What the server is asked to keep, and whether the balancer has to end its connections. */
export function solveKeepAlive(
  target: TargetProfile,
  balancer: BalancerPlan,
  backend: BackendIntent,
  watchdog: number,
  refusals: Refusal[],
): { keepAlive: number; silent: number; closeEach: boolean } {
  const { descriptor } = backend.server;
  const needed = balancer.idle + MARGIN_SECONDS;
  const { keepAlive, silent } = patienceOf(descriptor, Math.max(KEEP_ALIVE_SECONDS, needed), watchdog);
  const solved = {
    keepAlive: Number.isFinite(keepAlive) ? keepAlive : 0,
    silent,
    closeEach: false,
  };
  if (Math.min(keepAlive, silent) >= needed) return solved;
  if (target.idle.canCloseEach) return { ...solved, closeEach: true };
  const [what, seconds] =
    keepAlive < needed ? ['keep-alive', keepAlive] : ['limit for connections that have not sent anything', silent];
  refuse(
    refusals,
    'KeepAliveTooShort',
    backend.path,
    `the ${what} of ${descriptor.name} (${seconds} s) must be at least ${needed} s: ${target.name} keeps idle connections for ` +
      `${balancer.idle} s${target.idle.settable === false ? '' : ` because of its longest request (${balancer.requestTimeout} s)`}, and a server that closes first loses requests; ` +
      `use a server whose keep-alive can be set, ${target.idle.settable === false ? "state a shorter 'idleTimeout' if that is what it has" : 'a shorter request timeout'}, or a platform of its own for this backend${waysOut(descriptor)}`,
  );
  return solved;
}

/** What else the user can do, where that is more than can be said of every server. */
function waysOut({ keepAliveKnob: knob, versionNote }: ServerDescriptor): string {
  const code =
    knob !== undefined && !isTold(knob) ? [`set ${knob.name} in its ${knob.place} and declare 'keepAlive'`] : [];
  const version = versionNote === undefined ? [] : [`say the 'version' (${versionNote})`];
  return [...code, ...version].map((way) => `; or ${way}`).join('');
}
