import { approximated, type CapabilityTable, capabilitiesOf, emulated, native, refused } from '../../plan/capabilities';
import { type Capability, Feature, type TargetProfile } from '../../plan/target-profile';
import { DEFAULT_VERSION, minorVersion } from './version';

/** What a backend's own objects do, whatever carries its requests. */
const WORKLOADS = {
  [Feature.DEFAULT_READINESS]: emulated(
    'an open port where the server listens only when it is ready or has no interpreter, else a request by the interpreter of the server in its own container',
  ),
  [Feature.DRAIN]: native('a sleep before the signal, then the grace period'),
  [Feature.AUTOSCALING]: native('a HorizontalPodAutoscaler'),
  [Feature.REQUEST_SCALING]: refused(
    'it needs KEDA, which this platform does not render yet; use ScalingTarget.cpuUtilization or ScalingTarget.memoryUtilization',
  ),
  [Feature.SCALING_DELAY]: native('the stabilization windows of the HorizontalPodAutoscaler'),
  [Feature.MODEL_FETCH]: native(
    'a container that runs before the server; the ServiceAccount or variables that start with AWS_ give it access',
  ),
  [Feature.MODEL_COPY]: native('an init container of the image of the model, which copies its files into a volume'),
  [Feature.MODEL_BAKED]: native('the image of the pod'),
  [Feature.MODEL_VOLUME]: native('a PersistentVolumeClaim, mounted read-only'),
  [Feature.MODEL_PUBLISH]: refused(
    "manifests are applied by others; run 'serving publish' before they are, and leave 'publishOnDeploy' out",
  ),
  [Feature.TOKENS]: approximated(
    "CDK fills them in where the Chart is given to 'cluster.addCdk8sChart'; 'cdk8s synth' writes them out as they are",
  ),
  [Feature.GPU]: native('an extended resource, and a toleration of the taint of that name'),
  [Feature.IMAGE_USER]: refused("a container runs as 'user', which is 10001 where the definition sets none"),
} satisfies Partial<CapabilityTable>;

/** What is left to what carries the requests: the router or a gateway. */
export type CarrierFeature = Exclude<Feature, keyof typeof WORKLOADS | Feature.MODEL_IMAGE_VOLUME>;

/** The first release of Kubernetes that mounts images without a feature gate: https://kep.k8s.io/4639. */
const IMAGE_VOLUME_MINOR = 35;

/** What a backend's own objects do in a cluster of this minor version. */
function workloadCapabilities(minor: number): Capability[] {
  return capabilitiesOf({
    ...WORKLOADS,
    [Feature.MODEL_IMAGE_VOLUME]:
      minor >= IMAGE_VOLUME_MINOR
        ? native('an image volume, which containerd 2.1 or CRI-O 1.31 mount')
        : refused(
            `image volumes are on from Kubernetes 1.${IMAGE_VOLUME_MINOR}, and 'kubernetesVersion' says 1.${minor}; leave 'delivery' out or use ModelDelivery.copy()`,
          ),
  });
}

/** A profile of what carries requests, with what every backend on Kubernetes can do. */
export function withWorkloads(profile: TargetProfile, minor = minorVersion(DEFAULT_VERSION)): TargetProfile {
  const workloads = workloadCapabilities(minor);
  const own = new Set(workloads.map(({ feature }) => feature));
  return {
    ...profile,
    capabilities: [...profile.capabilities.filter(({ feature }) => !own.has(feature)), ...workloads],
  };
}
