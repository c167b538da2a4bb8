import { type Capability, Feature, SupportLevel, type TargetProfile } from '../../plan/target-profile';
import { DEFAULT_VERSION, minorVersion } from './version';

/** What a backend's own objects do, whatever carries its requests. */
const WORKLOAD_CAPABILITIES: Capability[] = [
  row(
    Feature.DEFAULT_READINESS,
    SupportLevel.EMULATED,
    'an open port where the server listens only when it is ready or has no interpreter, else a request by the interpreter of the server in its own container',
  ),
  row(Feature.DRAIN, SupportLevel.NATIVE, 'a sleep before the signal, then the grace period'),
  row(Feature.AUTOSCALING, SupportLevel.NATIVE, 'a HorizontalPodAutoscaler'),
  row(
    Feature.REQUEST_SCALING,
    SupportLevel.REFUSED,
    'it needs KEDA, which this platform does not render yet; use ScalingTarget.cpuUtilization or ScalingTarget.memoryUtilization',
  ),
  row(Feature.SCALING_DELAY, SupportLevel.NATIVE, 'the stabilization windows of the HorizontalPodAutoscaler'),
  row(
    Feature.MODEL_FETCH,
    SupportLevel.NATIVE,
    'a container that runs before the server; the ServiceAccount or variables that start with AWS_ give it access',
  ),
  row(
    Feature.MODEL_COPY,
    SupportLevel.NATIVE,
    'an init container of the image of the model, which copies its files into a volume',
  ),
  row(Feature.MODEL_BAKED, SupportLevel.NATIVE, 'the image of the pod'),
  row(Feature.MODEL_VOLUME, SupportLevel.NATIVE, 'a PersistentVolumeClaim, mounted read-only'),
  row(
    Feature.MODEL_PUBLISH,
    SupportLevel.REFUSED,
    "manifests are applied by others; run 'serving publish' before they are, and leave 'publishOnDeploy' out",
  ),
  row(
    Feature.TOKENS,
    SupportLevel.APPROXIMATED,
    "CDK fills them in where the Chart is given to 'cluster.addCdk8sChart'; 'cdk8s synth' writes them out as they are",
  ),
  row(Feature.GPU, SupportLevel.NATIVE, 'an extended resource, and a toleration of the taint of that name'),
];

/** The first release of Kubernetes that mounts images without a feature gate: https://kep.k8s.io/4639. */
const IMAGE_VOLUME_MINOR = 35;

/** What a backend's own objects do in a cluster of this minor version. */
function workloadCapabilities(minor: number): Capability[] {
  const imageVolume =
    minor >= IMAGE_VOLUME_MINOR
      ? row(
          Feature.MODEL_IMAGE_VOLUME,
          SupportLevel.NATIVE,
          'an image volume, which containerd 2.1 or CRI-O 1.31 mount',
        )
      : row(
          Feature.MODEL_IMAGE_VOLUME,
          SupportLevel.REFUSED,
          `image volumes are on from Kubernetes 1.${IMAGE_VOLUME_MINOR}, and 'kubernetesVersion' says 1.${minor}; leave 'delivery' out or use ModelDelivery.copy()`,
        );
  return [...WORKLOAD_CAPABILITIES, imageVolume];
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

function row(feature: Feature, level: SupportLevel, detail: string): Capability {
  return { feature, level, detail };
}
