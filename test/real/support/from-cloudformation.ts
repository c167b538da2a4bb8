/** Reads the task definitions of a CloudFormation template as an ECS agent does. */
import type { Readiness } from './container';
import type { ContainerDescription, Mount } from './container-root';
import { EXAMPLES, type Image, type Images, processOf } from './images';
import { readFetch, type Volumes, type Workload, withoutDigest } from './workload';

interface ContainerDefinition {
  readonly Name: string;
  readonly Image: unknown;
  readonly EntryPoint?: unknown[];
  readonly Command?: unknown[];
  readonly Environment?: { Name: string; Value: unknown }[];
  readonly Secrets?: { Name: string }[];
  readonly MountPoints?: { SourceVolume: string; ContainerPath: string; ReadOnly?: boolean }[];
  readonly PortMappings?: { ContainerPort: number }[];
  readonly DependsOn?: { ContainerName: string; Condition: string }[];
  readonly ReadonlyRootFilesystem?: boolean;
  readonly WorkingDirectory?: string;
  readonly User?: string;
  readonly HealthCheck?: { Command: string[] };
  readonly StopTimeout?: number;
  readonly LinuxParameters?: {
    readonly Capabilities?: { Drop?: string[] };
    readonly Tmpfs?: { ContainerPath: string; MountOptions?: string[] }[];
  };
}

interface TaskDefinition {
  readonly ContainerDefinitions: ContainerDefinition[];
  readonly RequiresCompatibilities?: string[];
  readonly Volumes?: { Name: string; Host?: { SourcePath?: string } }[];
}

interface Service {
  readonly TaskDefinition: { Ref: string };
  readonly LoadBalancers: { ContainerName: string; ContainerPort: number; TargetGroupArn: { Ref: string } }[];
}

interface TargetGroup {
  readonly HealthCheckPath?: string;
  readonly Matcher?: { HttpCode: string };
}

interface Template {
  readonly Resources: Record<string, { Type: string; Properties?: unknown }>;
}

/** The backends of a template with known images: those of the examples, unless others are passed. */
export function workloadsOfTemplate(template: Template, volumes: Volumes, images: Images = EXAMPLES): Workload[] {
  return Object.entries(template.Resources)
    .filter(([, { Type }]) => Type === 'AWS::ECS::TaskDefinition')
    .flatMap(([id, { Properties }]) => {
      const task = Properties as TaskDefinition;
      const server = task.ContainerDefinitions.find((container) => (container.PortMappings ?? []).length > 0);
      const image = server && images.find(text(server.Image));
      return server === undefined || image === undefined
        ? []
        : [workloadOf(id, template, task, server, image, volumes)];
    });
}

function workloadOf(
  id: string,
  template: Template,
  task: TaskDefinition,
  server: ContainerDefinition,
  image: Image,
  volumes: Volumes,
): Workload {
  const awaited = ({ Name: waiting, DependsOn = [] }: ContainerDefinition) =>
    DependsOn.map(({ ContainerName, Condition }) => {
      const container = task.ContainerDefinitions.find(({ Name }) => Name === ContainerName);
      if (container === undefined)
        throw new Error(`${id}: '${waiting}' waits for '${ContainerName}', which does not exist`);
      if (Condition !== 'SUCCESS')
        throw new Error(`${id}: '${waiting}' starts before '${ContainerName}' has succeeded (${Condition})`);
      return container;
    });
  const before = awaited(server);
  const isUnpack = ({ EntryPoint }: ContainerDefinition) => texts(EntryPoint)[0] === 'python3';
  const first = [...new Set(before.flatMap(awaited))].filter((container) => !before.includes(container));
  return {
    name: id,
    image: withoutDigest(text(server.Image)),
    server: serverOf(id, task, server, image, volumes),
    fetches: before
      .filter((container) => !isUnpack(container) && !isOpening(container))
      .map((container) =>
        readFetch(
          [
            ...(container.EntryPoint === undefined ? ['aws'] : texts(container.EntryPoint)),
            ...texts(container.Command),
          ],
          mountsOf(id, task, container, volumes),
        ),
      ),
    unpacks: before.filter(isUnpack).map((container) => ({
      argv: [...texts(container.EntryPoint), ...texts(container.Command)],
      mounts: mountsOf(id, task, container, volumes),
    })),
    copies: first.map((container) =>
      serverOf(id, task, { ...container, PortMappings: server.PortMappings }, image, volumes),
    ),
    links: [],
    readiness: readinessOf(id, template, server),
    probes: server.HealthCheck === undefined ? [] : [commandOf(server.HealthCheck.Command)],
    graceSeconds: server.StopTimeout ?? 30,
  };
}

/** The health check of the target group of the server. */
function readinessOf(id: string, template: Template, server: ContainerDefinition): Readiness {
  const services = Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::ECS::Service');
  const service = services
    .map(({ Properties }) => Properties as Service)
    .find((candidate) => candidate.TaskDefinition.Ref === id);
  const target = service?.LoadBalancers.find(({ ContainerName }) => ContainerName === server.Name);
  const group = template.Resources[target?.TargetGroupArn.Ref ?? '']?.Properties as TargetGroup | undefined;
  if (target === undefined || group === undefined)
    throw new Error(`${id}: no service puts the server into a target group`);
  if (!(server.PortMappings ?? []).some(({ ContainerPort }) => ContainerPort === target.ContainerPort)) {
    throw new Error(`${id}: the target's port ${target.ContainerPort} is not a port of the server`);
  }
  const ranges = (group.Matcher?.HttpCode ?? '200').split(',').map((range) => range.split('-').map(Number));
  const accept = (status: number) => ranges.some(([low = 0, high = low]) => status >= low && status <= high);
  return { path: group.HealthCheckPath ?? '/', accept };
}

function serverOf(
  id: string,
  task: TaskDefinition,
  server: ContainerDefinition,
  image: Image,
  volumes: Volumes,
): ContainerDescription {
  const [port] = server.PortMappings ?? [];
  if (port === undefined) throw new Error(`${id}: the server has no port`);
  const argv = processOf(image, texts(server.EntryPoint), texts(server.Command));
  const secrets = (server.Secrets ?? []).map(({ Name }) => [Name, 'a secret']);
  return {
    image,
    argv,
    env: Object.fromEntries([...(server.Environment ?? []).map(({ Name, Value }) => [Name, text(Value)]), ...secrets]),
    workingDir: server.WorkingDirectory,
    user: server.User === undefined ? undefined : Number(server.User),
    port: port.ContainerPort,
    mounts: mountsOf(id, task, server, volumes, image),
    readOnlyRootFilesystem: server.ReadonlyRootFilesystem ?? false,
    capabilities: keptBy(server),
  };
}

/** The capabilities that the server's engine keeps, of those that matter for files. */
function keptBy({ LinuxParameters }: ContainerDefinition): string[] {
  const dropped = LinuxParameters?.Capabilities?.Drop ?? [];
  return dropped.includes('ALL')
    ? []
    : ['CHOWN', 'DAC_OVERRIDE', 'FOWNER'].filter((capability) => !dropped.includes(capability));
}

/** Whether a container opens the volumes that it mounts to every user. */
function isOpening({ EntryPoint, Command = [] }: ContainerDefinition): boolean {
  return texts(EntryPoint).join() === 'chmod' && text(Command[0]) === '1777';
}

/**
 * An empty volume belongs to root with mode 0755, unless a container opens it. On Fargate it gets the owner and mode of the
 * image's directory only if the image declares the volume; on instances always. A tmpfs has the mode of its options.
 */
function mountsOf(
  id: string,
  task: TaskDefinition,
  container: ContainerDefinition,
  volumes: Volumes,
  image?: Image,
): Mount[] {
  const onFargate = (task.RequiresCompatibilities ?? []).includes('FARGATE');
  const opened = task.ContainerDefinitions.filter(isOpening).flatMap(({ Command = [], MountPoints = [] }) =>
    MountPoints.filter(({ ContainerPath }) => texts(Command).includes(ContainerPath)).map(
      (mount) => mount.SourceVolume,
    ),
  );
  const inMemory = (container.LinuxParameters?.Tmpfs ?? []).map(({ ContainerPath, MountOptions = [] }) => {
    const mode = MountOptions.find((option) => option.startsWith('mode='))?.slice('mode='.length) ?? '755';
    const folder = `tmpfs${ContainerPath.replaceAll('/', '-')}`;
    return {
      containerPath: ContainerPath,
      hostPath: volumes.folder(id, folder, Number.parseInt(mode, 8)),
      readOnly: false,
    };
  });
  const mounted = (container.MountPoints ?? []).map(({ SourceVolume, ContainerPath, ReadOnly }) => {
    const volume = (task.Volumes ?? []).find(({ Name }) => Name === SourceVolume);
    if (volume === undefined) throw new Error(`${id}: the volume '${SourceVolume}' is not defined`);
    if (volume.Host?.SourcePath !== undefined)
      throw new Error(`${id}: the volume '${SourceVolume}' is a directory of the host`);
    const copied = ContainerPath === '/tmp' && (!onFargate || (image?.volumes.includes('/tmp') ?? false));
    const hostPath = volumes.folder(id, SourceVolume, copied || opened.includes(SourceVolume) ? 0o1777 : 0o755);
    return { containerPath: ContainerPath, hostPath, readOnly: ReadOnly ?? false };
  });
  return [...mounted, ...inMemory];
}

function commandOf([kind, ...words]: string[]): string[] {
  return kind === 'CMD-SHELL' ? ['/bin/sh', '-c', words.join(' ')] : words;
}

function texts(values: unknown[] | undefined): string[] {
  return (values ?? []).map(text);
}

/** A template value as text. Values that only a deployment can resolve become readable placeholders. */
function text(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const [intrinsic, argument] = Object.entries(value as Record<string, unknown>)[0] ?? [];
  if (intrinsic === 'Ref') return argument === 'AWS::URLSuffix' ? 'amazonaws.com' : `<${argument}>`;
  if (intrinsic === 'Fn::Join') {
    const [separator, parts] = argument as [string, unknown[]];
    return parts.map(text).join(separator);
  }
  if (intrinsic === 'Fn::GetAtt') return `<${(argument as string[]).join('.')}>`;
  throw new Error(`cannot read ${JSON.stringify(value)}`);
}
