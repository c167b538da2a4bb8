import { gpuInstanceType } from '../../src/aws/instance-types';
import { matchListener } from './cloudformation';
import { type Resource, Stacks, type Templates } from './cloudformation/stacks';
import { type Data, object, objects, strings, text } from './data';
import type { Answer, Observation, ObservedBackend } from './observation';
import { questionInScript, sampleIn } from './python-question';
import type { Outcome } from './request';

/** Reads the behavior of templates, only from the templates. Backends have the names in the tags of their services. */
export function observeAws(templates: Templates): Observation {
  const stacks = Stacks.of(templates);
  const services = stacks.ofType('AWS::ECS::Service');
  const nameOf = (service: Resource) =>
    text(objects(service.properties.Tags).find((tag) => tag.Key === 'serving:backend')?.Value);
  const byTargetGroup = new Map(
    services.flatMap((service) =>
      objects(service.properties.LoadBalancers).map(
        (one) => [stacks.target(one.TargetGroupArn, service.stack), nameOf(service)] as const,
      ),
    ),
  );
  const [balancer] = stacks.ofType('AWS::ElasticLoadBalancingV2::LoadBalancer');
  const idle = attribute(objects(balancer?.properties.LoadBalancerAttributes), 'idle_timeout.timeout_seconds');
  return {
    ask: (request) => answerOf(matchListener(stacks, request), (target) => byTargetGroup.get(target) ?? target),
    backends: Object.fromEntries(services.map((service) => [nameOf(service), observeService(stacks, service)])),
    balancerIdle: idle === undefined ? undefined : Number(idle),
    silenceOf: () => (idle === undefined ? undefined : Number(idle)),
  };
}

/** The response of an evaluated balancer to a request, with backends by name. */
export function answerOf(outcome: Outcome, nameOf: (target: string) => string): Answer {
  if (outcome.kind === 'redirect') throw new Error(`redirected by ${outcome.rule}`);
  if (outcome.kind === 'fixed') {
    if (outcome.status === 200 || outcome.status === 204) return { status: outcome.status };
    if (outcome.status !== 404 && outcome.status !== 405)
      throw new Error(`answered with ${outcome.status} by ${outcome.rule}`);
    return { status: outcome.status };
  }
  const { destinations } = outcome;
  const paths = [...new Set(destinations.map((destination) => destination.path))];
  if (paths.length !== 1) throw new Error(`servers of one route see several paths: ${paths.join(', ')}`);
  const forwardedPrefix = destinations[0]?.headers['x-forwarded-prefix'];
  return {
    ...(forwardedPrefix !== undefined && { forwardedPrefix }),
    ...(outcome.stickySeconds !== undefined && { keptFor: outcome.stickySeconds }),
    shares: Object.fromEntries(destinations.map(({ target, weight }) => [nameOf(target), weight])),
    path: paths[0] as string,
  };
}

function attribute(attributes: readonly Data[], key: string): string | undefined {
  const found = attributes.find((one) => one.Key === key);
  return found === undefined ? undefined : text(found.Value);
}

function observeService(stacks: Stacks, service: Resource): ObservedBackend {
  const task = stacks.get(stacks.target(service.properties.TaskDefinition, service.stack));
  const containers = objects(task?.properties.ContainerDefinitions);
  const [link] = objects(service.properties.LoadBalancers);
  const server = containers.find((container) => container.Name === link?.ContainerName);
  const group = stacks.get(stacks.target(link?.TargetGroupArn, service.stack));
  if (task === undefined || server === undefined || group === undefined)
    throw new Error(`${service.key} is incomplete`);
  const literal = (value: unknown) => stacks.text(value, task.stack);
  const { properties } = group;
  const attributes = objects(properties.TargetGroupAttributes);
  const gpu = objects(server.ResourceRequirements).find((need) => need.Type === 'GPU');
  return {
    image: literal(server.Image),
    command: [...strings(server.EntryPoint), ...strings(server.Command)],
    replacesEntryPoint: server.EntryPoint !== undefined,
    workingDirectory: server.WorkingDirectory === undefined ? undefined : text(server.WorkingDirectory),
    environment: Object.fromEntries(objects(server.Environment).map(({ Name, Value }) => [text(Name), literal(Value)])),
    secrets: objects(server.Secrets).map(({ Name }) => text(Name)),
    port: Number(link?.ContainerPort),
    additionalPorts: objects(server.PortMappings)
      .filter(({ ContainerPort }) => ContainerPort !== link?.ContainerPort)
      .map(({ Name, ContainerPort }) => ({ name: text(Name), port: Number(ContainerPort) })),
    sidecars: sidecarsOf(containers, server, literal),
    replicas: service.properties.DesiredCount === undefined ? undefined : Number(service.properties.DesiredCount),
    scaling: scalingOf(stacks, service),
    keepsReplicaFor:
      attribute(attributes, 'stickiness.enabled') === 'true' && attribute(attributes, 'stickiness.type') === 'lb_cookie'
        ? Number(attribute(attributes, 'stickiness.lb_cookie.duration_seconds'))
        : undefined,
    health: {
      path: text(properties.HealthCheckPath),
      statuses: text(object(properties.Matcher).HttpCode),
      interval: Number(properties.HealthCheckIntervalSeconds),
      timeout: Number(properties.HealthCheckTimeoutSeconds),
      healthyThreshold: Number(properties.HealthyThresholdCount),
      unhealthyThreshold: Number(properties.UnhealthyThresholdCount),
    },
    liveness: livenessOf(object(server.HealthCheck)),
    smokeTest: containers.map(({ Command }) => sampleIn(strings(Command))).find((sample) => sample !== undefined),
    questions: [
      {
        by: 'balancer',
        path: text(properties.HealthCheckPath),
        statuses: text(object(properties.Matcher).HttpCode),
        host: undefined,
        timeout: Number(properties.HealthCheckTimeoutSeconds),
      },
    ],
    gpus: Number(gpu?.Value ?? 0),
    gpuModels: gpu === undefined ? undefined : gpuModelsOf(stacks),
    ...computeOf(task.properties, server),
    readOnlyRootFilesystem: server.ReadonlyRootFilesystem === true,
    user: server.User === undefined ? undefined : text(server.User),
    writable: [
      ...objects(server.MountPoints)
        .filter(({ ReadOnly }) => ReadOnly !== true)
        .map(({ ContainerPath }) => ({ path: text(ContainerPath), inMemory: false })),
      ...objects(object(server.LinuxParameters).Tmpfs).map(({ ContainerPath }) => ({
        path: text(ContainerPath),
        inMemory: true,
      })),
    ],
    models: modelsOf(containers, server),
    balancerDrain: Number(attribute(attributes, 'deregistration_delay.timeout_seconds')),
    preStop: 0,
    stop: Number(server.StopTimeout),
    startup: Number(service.properties.HealthCheckGracePeriodSeconds),
  };
}

/** A health check of a container that sends a request. */
function livenessOf(check: Data): ObservedBackend['liveness'] {
  const question = questionInScript(strings(check.Command).at(-1));
  if (question === undefined) return undefined;
  return { ...question, interval: Number(check.Interval), unhealthyThreshold: Number(check.Retries) };
}

/** The models of the instances, if all have the same. */
function gpuModelsOf(stacks: Stacks): readonly string[] | undefined {
  const [template, ...others] = stacks.ofType('AWS::EC2::LaunchTemplate');
  if (template === undefined || others.length > 0) return undefined;
  return gpuInstanceType(text(object(template.properties.LaunchTemplateData).InstanceType))?.models;
}

const METRICS: { readonly [name: string]: string } = {
  ECSServiceAverageCPUUtilization: 'cpu',
  ECSServiceAverageMemoryUtilization: 'memory',
};

function scalingOf(stacks: Stacks, service: Resource): ObservedBackend['scaling'] {
  const scalable = stacks
    .ofType('AWS::ApplicationAutoScaling::ScalableTarget')
    .find((one) => stacks.text(one.properties.ResourceId, one.stack).endsWith(`{${service.key}}`));
  if (scalable === undefined) return undefined;
  const policies = stacks
    .ofType('AWS::ApplicationAutoScaling::ScalingPolicy')
    .filter((policy) => stacks.target(policy.properties.ScalingTargetId, policy.stack) === scalable.key)
    .map((policy) => object(policy.properties.TargetTrackingScalingPolicyConfiguration));
  return {
    min: Number(scalable.properties.MinCapacity),
    max: Number(scalable.properties.MaxCapacity),
    targets: Object.fromEntries(
      policies.map((policy) => {
        const metric = text(object(policy.PredefinedMetricSpecification).PredefinedMetricType);
        return [METRICS[metric] ?? metric, Number(policy.TargetValue)];
      }),
    ),
  };
}

/** The containers that the server waits for, and that therefore stop after it. Each must wait for those before it. */
function sidecarsOf(
  containers: readonly Data[],
  server: Data,
  literal: (value: unknown) => string,
): ObservedBackend['sidecars'] {
  const before = objects(server.DependsOn).filter((one) => one.Condition !== 'SUCCESS');
  return before.map(({ ContainerName, Condition }, index) => {
    const sidecar = containers.find((container) => container.Name === ContainerName) ?? {};
    const waitsFor = objects(sidecar.DependsOn).map((one) => one.ContainerName);
    if (index > 0 && !waitsFor.includes(before[index - 1]?.ContainerName))
      throw new Error('sidecars start in any order');
    const check = strings(object(sidecar.HealthCheck).Command);
    return {
      name: text(ContainerName),
      image: literal(sidecar.Image),
      command: [...strings(sidecar.EntryPoint), ...strings(sidecar.Command)],
      environment: Object.fromEntries(
        objects(sidecar.Environment).map(({ Name, Value }) => [text(Name), literal(Value)]),
      ),
      secrets: objects(sidecar.Secrets).map(({ Name }) => text(Name)),
      ports: objects(sidecar.PortMappings).map(({ Name, ContainerPort }) => ({
        name: text(Name),
        port: Number(ContainerPort),
      })),
      cpu: Number(sidecar.Cpu) / 1024,
      memoryMib: Number(sidecar.Memory),
      readOnlyRootFilesystem: sidecar.ReadonlyRootFilesystem === true,
      sharedDirectories: sharedBy(sidecar, server),
      check: Condition === 'HEALTHY' ? check.slice(1) : undefined,
    };
  });
}

function sharedBy(sidecar: Data, server: Data): string[] {
  const mounts = objects(server.MountPoints);
  return objects(sidecar.MountPoints).flatMap(({ SourceVolume, ContainerPath }) =>
    mounts.some((mount) => mount.SourceVolume === SourceVolume && mount.ContainerPath === ContainerPath)
      ? [text(ContainerPath)]
      : [],
  );
}

/** Models, by the containers that must succeed before the server starts, and the volumes that both mount. */
function modelsOf(containers: readonly Data[], server: Data): ObservedBackend['models'] {
  const before = objects(server.DependsOn).filter((one) => one.Condition === 'SUCCESS');
  return before.flatMap(({ ContainerName }) => {
    const fetch = containers.find((container) => container.Name === ContainerName);
    const command = strings(fetch?.Command);
    const copies = strings(fetch?.EntryPoint)[0] === 'cp' && command[0] === '-R';
    const uri = copies ? text(fetch?.Image) : command.find((word) => /^(?:s3|hf|https):/.test(word));
    if (uri === undefined) return [];
    const target = command.at(-1) as string;
    const mounts = objects(fetch?.MountPoints).filter((mount) => target.startsWith(text(mount.ContainerPath)));
    const seen = objects(server.MountPoints).find((mount) =>
      mounts.some((one) => one.SourceVolume === mount.SourceVolume),
    );
    const from = mounts.find((mount) => mount.SourceVolume === seen?.SourceVolume);
    const path = `${text(seen?.ContainerPath)}${target.slice(text(from?.ContainerPath).length)}`;
    return [{ path: path.replace(/(.)\/$/, '$1'), uri }];
  });
}

/** A task on Fargate has one size for what is reserved and for the limits; a container on instances has both. */
function computeOf(task: Data, server: Data): Pick<ObservedBackend, 'reserved' | 'cpuLimit' | 'memoryMib'> {
  if (task.Memory !== undefined) {
    const size = { cpu: Number(task.Cpu) / 1024, memoryMib: Number(task.Memory) };
    return { reserved: size, cpuLimit: size.cpu, memoryMib: size.memoryMib };
  }
  const limit = Number(server.Memory);
  const reserved = { cpu: Number(server.Cpu) / 1024, memoryMib: Number(server.MemoryReservation ?? limit) };
  return { reserved, cpuLimit: undefined, memoryMib: limit };
}
