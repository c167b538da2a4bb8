import { approximated, type CapabilityTable, capabilitiesOf, emulated, native, refused } from '../../plan/capabilities';
import { type Capability, Feature, type TargetProfile } from '../../plan/target-profile';
import { DEFAULT_VERSION, minorVersion } from './version';

/** What the objects of a backend support, with the router and with any gateway. */
const WORKLOADS = {
  [Feature.DEFAULT_READINESS]: emulated(
    'an open port if the server listens only when it is ready or has no interpreter; otherwise a request that its interpreter sends inside the container',
  ),
  [Feature.DRAIN]: native('a preStop sleep, then SIGTERM and the grace period'),
  [Feature.AUTOSCALING]: native('a HorizontalPodAutoscaler'),
  [Feature.REQUEST_SCALING]: refused(
    'it needs KEDA, which this platform does not render yet; use ScalingTarget.cpuUtilization or ScalingTarget.memoryUtilization',
  ),
  [Feature.SCALING_DELAY]: native('the stabilization windows of the HorizontalPodAutoscaler'),
  [Feature.MODEL_FETCH]: native(
    'an init container, which gets access through the ServiceAccount or through variables that start with AWS_',
  ),
  [Feature.MODEL_COPY]: native('an init container with the image of the model, which copies its files into a volume'),
  [Feature.MODEL_BAKED]: native('the image of the server'),
  [Feature.MODEL_VOLUME]: native('a PersistentVolumeClaim, mounted read-only'),
  [Feature.MODEL_PUBLISH]: refused(
    "this package does not apply manifests; run 'serving publish' before they are applied, and omit 'publishOnDeploy'",
  ),
  [Feature.TOKENS]: approximated(
    "CDK resolves them if the Chart is passed to 'cluster.addCdk8sChart'; 'cdk8s synth' writes them unresolved",
  ),
  [Feature.CPU_LIMIT]: native('the limit of the container, next to its request'),
  [Feature.MEMORY_LIMIT]: native('the limit of the container, next to its request'),
  [Feature.GPU]: native('an extended resource, and a toleration for the taint of the same name'),
  [Feature.IMAGE_USER]: refused("a container runs as 'user', which defaults to 10001"),
} satisfies Partial<CapabilityTable>;

/** The features that depend on what routes the requests: the router or a gateway. */
export type RoutingFeature = Exclude<Feature, keyof typeof WORKLOADS | Feature.MODEL_IMAGE_VOLUME>;

/** The first release of Kubernetes that mounts images without a feature gate: https://kep.k8s.io/4639. */
const IMAGE_VOLUME_MINOR = 35;

/** What the objects of a backend support in a cluster of this minor version. */
function workloadCapabilities(minor: number): Capability[] {
  return capabilitiesOf({
    ...WORKLOADS,
    [Feature.MODEL_IMAGE_VOLUME]:
      minor >= IMAGE_VOLUME_MINOR
        ? native('an image volume, which requires containerd 2.1 or CRI-O 1.31')
        : refused(
            `image volumes are enabled by default from Kubernetes 1.${IMAGE_VOLUME_MINOR} on, and 'kubernetesVersion' is 1.${minor}; omit 'delivery', or use ModelDelivery.copy()`,
          ),
  });
}

/** A profile of the router or a gateway, with the capabilities of every backend on Kubernetes added. */
export function withWorkloads(profile: TargetProfile, minor = minorVersion(DEFAULT_VERSION)): TargetProfile {
  const workloads = workloadCapabilities(minor);
  const own = new Set(workloads.map(({ feature }) => feature));
  return {
    ...profile,
    capabilities: [...profile.capabilities.filter(({ feature }) => !own.has(feature)), ...workloads],
  };
}
