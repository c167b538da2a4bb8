import {
  approximated,
  type CapabilityTable,
  capabilitiesOf,
  emulated,
  leftToApplication,
  native,
  refused,
} from '../../plan/capabilities';
import { type Capability, Feature, type TargetProfile } from '../../plan/target-profile';
import type { KedaSettings } from './keda';
import { type ScalingFeature, scalingCapabilities } from './scaling-capabilities';
import { DEFAULT_USER } from './security';
import { DEFAULT_VERSION, minorVersion } from './version';

/** What a definition states about its cluster. */
export interface Cluster {
  /** The minor version of Kubernetes. */
  readonly minor: number;
  /** Whether the nodes mount only a directory of an image volume. */
  readonly mountsImageDirectories: boolean;
  /** @default - it has no KEDA */
  readonly keda?: KedaSettings;
}

const DEFAULT_CLUSTER: Cluster = { minor: minorVersion(DEFAULT_VERSION), mountsImageDirectories: false };

/** What the objects of a backend support, with the router and with any gateway. */
const WORKLOADS = {
  [Feature.HEALTH_CHECK_HOST]: native('a header of the probes, and of the checks of the router'),
  [Feature.INITIAL_DELAY]: native('the initial delay of the startup probe, which precedes the other probes'),
  [Feature.STARTUP_CHECK]: native('the startup probe'),
  [Feature.LIVENESS_CHECK]: native('the liveness probe; the container is restarted'),
  [Feature.SMOKE_TEST]: emulated('the startup probe, in which the interpreter of the server sends the request'),
  [Feature.DEFAULT_READINESS]: emulated(
    'an open port if the server listens only when it is ready or has no interpreter; otherwise a request that its interpreter sends inside the container',
  ),
  [Feature.DRAIN]: native('a preStop sleep, then SIGTERM and the grace period'),
  [Feature.MODEL_FETCH]: native(
    'an init container, which gets access through the ServiceAccount or through variables that start with AWS_',
  ),
  [Feature.MODEL_FILE]: native('mounted over the file only'),
  [Feature.MODEL_COPY]: native('an init container with the image of the model, which copies its files into a volume'),
  [Feature.MODEL_BAKED]: native('the image of the server'),
  [Feature.MODEL_VOLUME]: native('a PersistentVolumeClaim, mounted read-only'),
  [Feature.MODEL_PUBLISH]: refused(
    "this package does not apply manifests; run 'serving publish' before they are applied, and omit 'publishOnDeploy'",
  ),
  [Feature.CACHE_VOLUME]: leftToApplication(
    'a PersistentVolumeClaim that all replicas write to, so its access mode must be ReadWriteMany, unless they are on one node',
  ),
  [Feature.SCRATCH_VOLUME]: native('an emptyDir, limited to its size'),
  [Feature.TOKENS]: approximated(
    "CDK resolves them if the Chart is passed to 'cluster.addCdk8sChart'; 'cdk8s synth' writes them unresolved",
  ),
  [Feature.CPU_LIMIT]: native('the limit of the container, next to its request'),
  [Feature.MEMORY_LIMIT]: native('the limit of the container, next to its request'),
  [Feature.SIDECARS]: native('native sidecars, which start before the server and stop after it'),
  [Feature.GPU]: native('an extended resource, and a toleration for the taint of the same name'),
  [Feature.IMAGE_USER]: refused(
    `a container runs as 'user', which defaults to that of a known image that is not root, otherwise to ${DEFAULT_USER}`,
  ),
} satisfies Partial<CapabilityTable>;

/** The features that depend on what routes the requests: the router or a gateway. */
export type RoutingFeature = Exclude<Feature, keyof typeof WORKLOADS | ScalingFeature | Feature.MODEL_IMAGE_VOLUME>;

/** The first release of Kubernetes that mounts images without a feature gate: https://kep.k8s.io/4639. */
const IMAGE_VOLUME_MINOR = 35;

/** What the objects of a backend support in a cluster. */
function workloadCapabilities(cluster: Cluster): Capability[] {
  return capabilitiesOf({
    ...WORKLOADS,
    ...scalingCapabilities(cluster.keda),
    [Feature.MODEL_IMAGE_VOLUME]: imageVolumes(cluster),
  });
}

function imageVolumes({ minor, mountsImageDirectories }: Cluster) {
  if (minor < IMAGE_VOLUME_MINOR) {
    return refused(
      `image volumes are enabled by default from Kubernetes 1.${IMAGE_VOLUME_MINOR} on, and 'kubernetesVersion' is 1.${minor}; omit 'delivery', or use ModelDelivery.copy()`,
    );
  }
  if (mountsImageDirectories) return native('an image volume, of which only the directory of the model is mounted');
  return emulated(
    "an image volume, which requires containerd 2.1 or CRI-O 1.31, and an init container that links its files to the path of the model; with 'containerRuntime' of at least containerd://2.2.0 or cri-o://1.33.0 it is mounted there",
  );
}

/** What an HTTP probe of the kubelet accepts: https://kubernetes.io/docs/concepts/workloads/pods/probes/ */
export const KUBELET_STATUSES = '200-399';

/** A profile of the router or a gateway, with the capabilities of every backend on Kubernetes added. */
export function withWorkloads(profile: TargetProfile, cluster = DEFAULT_CLUSTER): TargetProfile {
  const workloads = workloadCapabilities(cluster);
  const own = new Set(workloads.map(({ feature }) => feature));
  return {
    ...profile,
    healthCheck: { ...profile.healthCheck, statuses: KUBELET_STATUSES },
    containerUser: DEFAULT_USER,
    capabilities: [...profile.capabilities.filter(({ feature }) => !own.has(feature)), ...workloads],
  };
}
