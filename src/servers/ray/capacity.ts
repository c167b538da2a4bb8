import { ServingError } from '../../private/errors';
import type { ServeConfig, ServeDeployment } from './config-types';
import { nameOf, rangeOf } from './rules';
import { type ConfigSource, spell } from './validate';

/** The compute of a container. */
export interface RayCompute {
  readonly cpu?: number;
  readonly gpus?: number;
  /** The path of the backend, for messages. */
  readonly at?: string;
}

/** What a deployment reserves at its start. */
interface Demand {
  readonly name: string;
  readonly replicas: number;
  /** Of each replica. */
  readonly amount: number;
}

/** Ray schedules in units of this size. */
const UNIT = 1e-4;

/**
 * The CPUs that Ray schedules on, which are the same on every target: without a number Ray would use those of the machine
 * where the container has no CPU limit. Refuses deployments that together reserve more, because they would wait for ever.
 */
export function raysCpus(source: ConfigSource, config: ServeConfig, { cpu = 1, gpus = 0, at }: RayCompute): number {
  const cpus = Math.max(1, Math.ceil(cpu));
  const forCpu = demandsOf(config, 'num_cpus');
  const forGpu = demandsOf(config, 'num_gpus');
  const options = spell(source, 'ray_actor_options');
  refuseExcess(
    forGpu,
    gpus,
    (total, list) => {
      const has = gpus === 0 ? 'the backend has none' : `'gpu' of the backend has ${gpus}`;
      return `the deployments of ${source.name} reserve ${total} GPUs (${list}), but ${has}, so that they would never start; set 'gpu' to Gpu.nvidia({ count: ${Math.ceil(total)} }), or lower '${spell(source, 'num_gpus')}' of '${options}'`;
    },
    at,
  );
  refuseExcess(
    forCpu,
    cpus,
    (total, list) => {
      return `the deployments of ${source.name} reserve ${total} CPUs (${list}), but 'cpu' in 'resources' of the backend (${cpu}) provides ${cpus}, so that they would never start; set 'cpu' to ${Math.ceil(total)}, or set '${spell(source, 'num_cpus')}' of '${options}', which is 1 by default`;
    },
    at,
  );
  return cpus;
}

type Message = (total: number, list: string) => string;

function refuseExcess(demands: readonly Demand[], available: number, message: Message, at?: string): void {
  const total = Math.round(demands.reduce((sum, { replicas, amount }) => sum + replicas * amount, 0) / UNIT) * UNIT;
  if (total <= available + UNIT / 2) return;
  const list = demands
    .filter(({ replicas, amount }) => replicas * amount > 0)
    .map(({ name, replicas, amount }) => `'${name}' ${replicas === 1 ? '' : `${replicas} x `}${amount}`)
    .join(', ');
  throw new ServingError('ConflictingProps', message(Number(total.toFixed(4)), list), at);
}

const BUNDLE_KEYS = { num_cpus: 'CPU', num_gpus: 'GPU' } as const;
const DEFAULTS = { num_cpus: 1, num_gpus: 0 } as const;

/** What the deployments reserve. An application that lists none has at least one. */
function demandsOf({ applications }: ServeConfig, resource: 'num_cpus' | 'num_gpus'): Demand[] {
  return applications.flatMap((application) => {
    const { deployments = [] } = application;
    if (deployments.length === 0) return [{ name: nameOf(application), replicas: 1, amount: DEFAULTS[resource] }];
    return deployments.map((deployment) => ({
      name: deployment.name,
      replicas: replicasOf(deployment),
      amount: amountOf(deployment, resource),
    }));
  });
}

function amountOf(deployment: ServeDeployment, resource: 'num_cpus' | 'num_gpus'): number {
  const { placement_group_bundles: bundles, ray_actor_options: options = {} } = deployment;
  if (bundles) return bundles.reduce((sum, bundle) => sum + (bundle[BUNDLE_KEYS[resource]] ?? 0), 0);
  return options[resource] ?? DEFAULTS[resource];
}

/** The number of replicas at the start. */
function replicasOf({ num_replicas: replicas, autoscaling_config: scaling }: ServeDeployment): number {
  if (scaling) return rangeOf(scaling, replicas).initial;
  return typeof replicas === 'number' ? replicas : 1;
}
