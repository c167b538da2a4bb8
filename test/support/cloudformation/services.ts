/** Services and their task definitions. */
import { type Data, duplicates, Findings, list, object, objects, strings, text } from '../data';
import { cycleIn, deploymentOrder } from './graph';
import { FARGATE_LIMITS, FARGATE_MEMORY } from './limits';
import { forwardTargets, LISTENER, LISTENER_RULE } from './listener-rules';
import { checkLimits, numberOf } from './ranges';
import type { Resource, Stacks } from './stacks';

const SERVICE = 'AWS::ECS::Service';
const TASK = 'AWS::ECS::TaskDefinition';

function runsOnFargate(service: Data): boolean {
  const providers = objects(service.CapacityProviderStrategy).map((item) => item.CapacityProvider);
  return service.LaunchType === 'FARGATE' || providers.some((name) => name === 'FARGATE' || name === 'FARGATE_SPOT');
}

/** Task definitions that require Fargate or are used by a service on it. */
function fargateTasks(stacks: Stacks): readonly Resource[] {
  const used = stacks
    .ofType(SERVICE)
    .filter(({ properties }) => runsOnFargate(properties))
    .map(({ properties, stack }) => stacks.target(properties.TaskDefinition, stack));
  return stacks
    .ofType(TASK)
    .filter(
      ({ key, properties }) => used.includes(key) || strings(properties.RequiresCompatibilities).includes('FARGATE'),
    );
}

function checkFargate(findings: Findings, task: Data): void {
  const [cpu, memory] = [numberOf(task.Cpu), numberOf(task.Memory)];
  const sizes = FARGATE_MEMORY.get(cpu ?? 0);
  findings.expect(
    sizes?.includes((memory ?? 0) / 1024) === true,
    'Cpu',
    `${task.Cpu} with memory ${task.Memory} is not a size of Fargate`,
  );
  findings.expect(task.NetworkMode === 'awsvpc', 'NetworkMode', 'must be awsvpc on Fargate');
  for (const container of objects(task.ContainerDefinitions)) {
    const at = `container ${container.Name}`;
    findings.expect(
      !objects(container.ResourceRequirements).some((need) => need.Type === 'GPU'),
      at,
      'there is no GPU on Fargate',
    );
    findings.expect(container.Privileged !== true, at, 'Privileged is not possible on Fargate');
    const linux = object(container.LinuxParameters);
    // Fargate supports Tmpfs since 2026-01-06.
    for (const field of ['SharedMemorySize', 'Devices'])
      findings.expect(
        list(linux[field]).length === 0 && (Array.isArray(linux[field]) || linux[field] === undefined),
        at,
        `${field} is not possible on Fargate`,
      );
  }
  for (const volume of objects(task.Volumes))
    findings.expect(
      object(volume.Host).SourcePath === undefined,
      `volume ${volume.Name}`,
      'Host.SourcePath is not possible on Fargate',
    );
}

function checkContainers(findings: Findings, task: Data): void {
  const containers = objects(task.ContainerDefinitions);
  const names = containers.map(({ Name }) => text(Name));
  for (const name of duplicates(names)) findings.add('ContainerDefinitions', `two containers are named "${name}"`);
  findings.expect(
    containers.some(({ Essential }) => Essential !== false),
    'ContainerDefinitions',
    'none is essential',
  );
  const volumes = objects(task.Volumes).map((volume) => volume.Name);
  for (const container of containers) {
    const at = `container ${container.Name}`;
    for (const { ContainerName, Condition } of objects(container.DependsOn)) {
      const other = containers.find(({ Name }) => Name === ContainerName);
      if (other === undefined) findings.add(at, `depends on "${ContainerName}", which does not exist`);
      else if (Condition === 'HEALTHY')
        findings.expect(
          other.HealthCheck !== undefined,
          at,
          `waits for "${ContainerName}" to be healthy, which has no health check`,
        );
      else if (Condition === 'SUCCESS' || Condition === 'COMPLETE') {
        findings.expect(
          other.Essential === false,
          at,
          `waits for the end of "${ContainerName}", which is essential, so that its end stops the task`,
        );
      }
    }
    for (const { SourceVolume } of objects(container.MountPoints))
      findings.expect(volumes.includes(SourceVolume), at, `mounts "${SourceVolume}", which does not exist`);
    for (const need of objects(container.ResourceRequirements)) {
      if (need.Type === 'GPU')
        findings.expect(
          need.Value === undefined || /^([1-9]\d*|0\.\d+|ALL)$/.test(String(need.Value)),
          at,
          `"${need.Value}" is not a number of GPUs`,
        );
    }
    for (const name of duplicates(objects(container.Environment).map(({ Name }) => Name)))
      findings.add(at, `variable "${name}" is set twice`);
    for (const where of duplicates(objects(container.MountPoints).map(({ ContainerPath }) => ContainerPath)))
      findings.add(at, `"${where}" is mounted twice`);
  }
  const cycle = cycleIn(
    new Map(
      containers.map(({ Name, DependsOn }) => [
        text(Name),
        new Set(objects(DependsOn).map((d) => text(d.ContainerName))),
      ]),
    ),
  );
  if (cycle !== undefined)
    findings.add('ContainerDefinitions', `containers wait for each other: ${cycle.join(' -> ')}`);
}

function checkLoadBalancers(
  findings: Findings,
  service: Resource,
  stacks: Stacks,
  comesBefore: ReturnType<typeof deploymentOrder>,
): void {
  const task = object(stacks.get(stacks.target(service.properties.TaskDefinition, service.stack))?.properties);
  const rules = [...stacks.ofType(LISTENER_RULE), ...stacks.ofType(LISTENER)];
  for (const { TargetGroupArn, ContainerName, ContainerPort } of objects(service.properties.LoadBalancers)) {
    const group = stacks.target(TargetGroupArn, service.stack);
    const container = objects(task.ContainerDefinitions).find(({ Name }) => Name === ContainerName);
    const ports = objects(container?.PortMappings).map((mapping) => mapping.ContainerPort);
    if (task.ContainerDefinitions !== undefined)
      findings.expect(
        ports.includes(ContainerPort),
        'LoadBalancers',
        `container "${ContainerName}" has no port ${ContainerPort}`,
      );
    const attached = rules.filter(({ properties, stack }) =>
      objects(properties.Actions ?? properties.DefaultActions).some((action) =>
        forwardTargets(action, stacks, stack).some(({ target }) => target === group),
      ),
    );
    findings.expect(attached.length > 0, 'LoadBalancers', `no rule of a listener forwards to ${group}`);
    const waits = attached.some((rule) => comesBefore(rule, service));
    if (attached.length > 0)
      findings.expect(
        waits,
        'DependsOn',
        `none of the rules that attach ${group} to a load balancer is created before the service`,
      );
  }
}

function checkScaling(stacks: Stacks): string[] {
  return stacks.ofType('AWS::ApplicationAutoScaling::ScalableTarget').flatMap(({ key, stack, properties }) => {
    const findings = new Findings(key);
    const [min, max] = [numberOf(properties.MinCapacity), numberOf(properties.MaxCapacity)];
    if (min !== undefined && max !== undefined)
      findings.expect(min <= max, 'MinCapacity', `${min} is more than MaxCapacity ${max}`);
    const id = stacks.text(properties.ResourceId, stack);
    const service = [...id.matchAll(/\$\{([^}#]+)(#[^}]*)?\}/g)]
      .map((match) => stacks.get(match[1]))
      .find((resource) => resource?.type === SERVICE);
    if (service !== undefined)
      findings.expect(
        service.properties.DesiredCount === undefined,
        '',
        `${service.key} has a DesiredCount, which resets what this scales at every deployment`,
      );
    return findings.all;
  });
}

function checkDeployment(findings: Findings, service: Data): void {
  const { MinimumHealthyPercent, MaximumPercent } = object(service.DeploymentConfiguration);
  const [min, max] = [numberOf(MinimumHealthyPercent), numberOf(MaximumPercent)];
  findings.expect(
    !(min === 100 && max === 100),
    'DeploymentConfiguration',
    'with 100 and 100 percent no deployment can ever move',
  );
}

export function checkServices(stacks: Stacks): string[] {
  const fargate = fargateTasks(stacks);
  const all: string[] = checkLimits(fargate, FARGATE_LIMITS);
  for (const task of stacks.ofType(TASK)) {
    const findings = new Findings(task.key);
    checkContainers(findings, task.properties);
    if (fargate.includes(task)) checkFargate(findings, task.properties);
    all.push(...findings.all);
  }
  const comesBefore = deploymentOrder(stacks);
  for (const service of stacks.ofType(SERVICE)) {
    const findings = new Findings(service.key);
    checkLoadBalancers(findings, service, stacks, comesBefore);
    checkDeployment(findings, service.properties);
    all.push(...findings.all);
  }
  return [...all, ...checkScaling(stacks)];
}
