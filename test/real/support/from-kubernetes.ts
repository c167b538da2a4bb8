/** Reads the Deployments of a manifest as a kubelet does. */
import { join } from 'node:path';
import type { Readiness } from './container';
import type { ContainerDescription, Mount } from './container-root';
import { EXAMPLES, type Image, type Images, processOf } from './images';
import { readFetch, type Volumes, type Workload, withoutDigest } from './workload';

interface Probe {
  readonly exec?: { command: string[] };
  readonly tcpSocket?: { port: string | number };
  readonly httpGet?: { path: string; port: string | number };
}

interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: string[];
  readonly args?: string[];
  readonly workingDir?: string;
  readonly env?: { name: string; value?: string; valueFrom?: unknown }[];
  readonly ports?: { name?: string; containerPort: number }[];
  readonly volumeMounts?: { name: string; mountPath: string; subPath?: string; readOnly?: boolean }[];
  readonly securityContext?: { runAsUser?: number; runAsNonRoot?: boolean; readOnlyRootFilesystem?: boolean };
  readonly startupProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly lifecycle?: { preStop?: { sleep?: { seconds: number } } };
}

interface PodSpec {
  readonly containers: Container[];
  readonly initContainers?: Container[];
  readonly volumes?: { name: string; emptyDir?: object; configMap?: object; image?: { reference: string } }[];
  readonly securityContext?: { runAsUser?: number; runAsNonRoot?: boolean };
  readonly terminationGracePeriodSeconds?: number;
}

interface Manifest {
  readonly kind: string;
  readonly metadata: { name: string };
  readonly spec?: unknown;
}

/** The backends of a manifest with known images: those of the examples, unless others are passed. */
export function workloadsOfManifests(manifests: Manifest[], volumes: Volumes, images = EXAMPLES): Workload[] {
  return manifests
    .filter(({ kind }) => kind === 'Deployment')
    .flatMap(({ metadata, spec }) => {
      const pod = (spec as { template: { spec: PodSpec } }).template.spec;
      return pod.containers.flatMap((server) => {
        const image = images.find(server.image);
        return image === undefined ? [] : [workloadOf(metadata.name, pod, server, image, { volumes, images })];
      });
    });
}

interface Places {
  readonly volumes: Volumes;
  readonly images: Images;
}

function workloadOf(name: string, pod: PodSpec, server: Container, image: Image, places: Places): Workload {
  const probes = [server.startupProbe, server.readinessProbe, server.livenessProbe].filter(
    (probe) => probe !== undefined,
  );
  const initContainers = (pod.initContainers ?? []).map((container) => ({
    argv: [...(container.command ?? ['aws']), ...(container.args ?? [])].map((word) =>
      expand(word, container.env ?? []),
    ),
    mounts: mountsOf(name, pod, container, places),
  }));
  return {
    name,
    image: withoutDigest(server.image),
    server: serverOf(name, pod, server, image, places),
    fetches: initContainers
      .filter(({ argv }) => argv[0] !== 'cp' && argv[0] !== 'python3')
      .map(({ argv, mounts }) => readFetch(argv, mounts)),
    copies: [],
    unpacks: initContainers.filter(({ argv }) => argv[0] === 'python3'),
    links: initContainers.filter(({ argv }) => argv[0] === 'cp'),
    readiness: readinessOf(name, server),
    probes: probes.flatMap(({ exec }) => (exec === undefined ? [] : [exec.command])),
    graceSeconds: (pod.terminationGracePeriodSeconds ?? 30) - (server.lifecycle?.preStop?.sleep?.seconds ?? 0),
  };
}

/** The request of the kubelet's probe. Other probes run after a request succeeds. */
function readinessOf(name: string, server: Container): Readiness {
  const probe = server.readinessProbe;
  if (probe === undefined) throw new Error(`${name}: the server has no readiness probe`);
  const port = probe.httpGet?.port ?? probe.tcpSocket?.port;
  if (
    port !== undefined &&
    !(server.ports ?? []).some((known) => known.name === port || known.containerPort === port)
  ) {
    throw new Error(`${name}: the port '${port}' of the probe is not a port of the server`);
  }
  if (probe.httpGet === undefined) return { path: '/', accept: (status) => status < 500 };
  return { path: probe.httpGet.path, accept: (status) => status >= 200 && status < 400 };
}

function serverOf(name: string, pod: PodSpec, server: Container, image: Image, places: Places): ContainerDescription {
  const [port] = server.ports ?? [];
  if (port === undefined) throw new Error(`${name}: the server has no port`);
  const user = server.securityContext?.runAsUser ?? pod.securityContext?.runAsUser ?? image.user;
  const nonRoot = server.securityContext?.runAsNonRoot ?? pod.securityContext?.runAsNonRoot ?? false;
  if (nonRoot && user === 0) throw new Error(`${name}: the kubelet refuses to run this container as root`);
  const expanded = (words: string[] = []) => words.map((word) => expand(word, server.env ?? []));
  const argv = processOf(image, expanded(server.command), expanded(server.args));
  return {
    image,
    argv,
    env: Object.fromEntries(
      (server.env ?? []).map(({ name, value, valueFrom }) => [
        name,
        valueFrom === undefined ? (value ?? '') : 'a secret',
      ]),
    ),
    workingDir: server.workingDir,
    user,
    port: port.containerPort,
    mounts: mountsOf(name, pod, server, places),
    readOnlyRootFilesystem: server.securityContext?.readOnlyRootFilesystem ?? false,
  };
}

/** An emptyDir is writable for every user, and an image volume is read-only. */
function mountsOf(name: string, pod: PodSpec, container: Container, { volumes, images }: Places): Mount[] {
  return (container.volumeMounts ?? []).map((mount) => {
    const volume = (pod.volumes ?? []).find((candidate) => candidate.name === mount.name);
    const mounted = volume?.image && images.mount?.(volume.image.reference);
    if (volume?.emptyDir === undefined && mounted === undefined)
      throw new Error(`${name}: the volume '${mount.name}' is neither an emptyDir nor an image that is known`);
    const folder = mounted ?? volumes.folder(name, mount.name, 0o777);
    return {
      containerPath: mount.mountPath,
      hostPath: join(folder, mounted === undefined || images.mountsDirectories ? (mount.subPath ?? '') : ''),
      readOnly: mounted !== undefined || (mount.readOnly ?? false),
    };
  });
}

/** The kubelet replaces $(NAME) in commands, and $$ by $. */
function expand(word: string, env: { name: string; value?: string }[]): string {
  return word.replace(/\$(\$|\((\w+)\))/g, (match, escaped, name) =>
    escaped === '$' ? '$' : (env.find((variable) => variable.name === name)?.value ?? match),
  );
}
