import type { ApiObject } from 'cdk8s';
import type { AutoscalingBinding, BackendBinding } from '../../constructs/bindings';
import type { TargetPlatform } from '../../constructs/target-platform';
import { TargetRenderer } from '../../constructs/target-renderer';
import type { BackendIntent, ComputeLimits, PatchIntent } from '../../plan/intents';
import { ServingError } from '../../private/errors';
import { IMAGES, referenceOf } from '../../workload/private/bundled-images';
import type { GpuNodes } from '../gpu-nodes';
import { KubernetesBackend } from '../kubernetes-backend';
import { BackendObjects, handoverOf, type WorkloadSettings } from './backend-objects';
import { GpuNodesKind } from './gpu-labels';
import type { KedaSettings } from './keda';
import { isObjectName, isSecretKey } from './names';
import { reportNameClashes } from './objects';
import { checkNodeSelector } from './placement';
import { podPatches } from './pod-patches';
import { checkServicePorts } from './ports';
import { rootWarnings } from './security';

/** Who creates nodes for Pods that fit on no existing one. */
const PROVISIONED: ReadonlySet<GpuNodesKind | undefined> = new Set([GpuNodesKind.KARPENTER, GpuNodesKind.AUTO_MODE]);

/** The settings that all backends of a platform share, before defaults. */
export interface RendererSettings {
  readonly fetchImage?: string;
  readonly hubImage?: string;
  readonly archiveImage?: string;
  readonly linksImages: boolean;
  readonly imagePullSecrets: string[];
  readonly gpuNodes?: GpuNodes;
  readonly keda?: KedaSettings;
}

/** Creates the objects of backends. Subclasses route the requests to them. */
export abstract class KubernetesRenderer extends TargetRenderer {
  private readonly settings: WorkloadSettings;
  private readonly objects = new Map<string, BackendObjects>();
  private readonly facades = new Map<string, KubernetesBackend>();

  constructor(
    protected readonly platform: TargetPlatform,
    settings: RendererSettings,
  ) {
    super();
    const {
      fetchImage = referenceOf(IMAGES.fetch),
      hubImage = referenceOf(IMAGES.hub),
      archiveImage = referenceOf(IMAGES.archives),
    } = settings;
    this.settings = { ...settings, fetchImage, hubImage, archiveImage };
    reportNameClashes(platform, this);
  }

  public bindBackend(backend: BackendBinding): void {
    checkSecrets(backend);
    this.platform._warn(backend.scope, rootWarnings(backend.intent));
    checkNodeSelector(backend);
    checkServicePorts(backend.intent, backend.scope);
    const objects = new BackendObjects(this.platform, backend, this.settings);
    this.objects.set(backend.intent.path, objects);
    this.facades.set(backend.intent.path, KubernetesBackend._register(backend.scope, objects));
  }

  public bindAutoscaling(autoscaling: AutoscalingBinding): void {
    (this.objects.get(autoscaling.intent.backend) as BackendObjects).addAutoscaler(autoscaling);
  }

  public override handoverOf({ intent }: BackendBinding): string {
    return handoverOf(intent);
  }

  public override patchesOf(backend: BackendBinding): PatchIntent[] {
    return podPatches(backend, this.settings.imagePullSecrets.length > 0);
  }

  /** The Deployment of a backend, by its construct path. */
  protected deploymentOf(path: string): ApiObject {
    return (this.objects.get(path) as BackendObjects).deployment;
  }

  /** The maximum number of replicas that an autoscaler of cdk8s-plus may run, and whether the cluster adds nodes. */
  public override limitsOf(backend: BackendIntent): ComputeLimits {
    const maxReplicas = this.facades.get(backend.path)?._maxReplicas;
    const addsNodes = PROVISIONED.has(this.settings.gpuNodes?._kind);
    return { ...(maxReplicas !== undefined && { maxReplicas }), ...(addsNodes && { addsNodes }) };
  }
}

/** Names that are valid elsewhere, such as paths in AWS Secrets Manager, can be invalid for a Kubernetes Secret. */
function checkSecrets(backend: BackendBinding): void {
  const uses = [
    backend.secrets,
    ...(backend.sidecars ?? []).map((sidecar) => sidecar.secrets),
    ...backend.models.map(({ _resources }) => _resources.secrets ?? {}),
  ].flatMap((all) => Object.entries(all));
  for (const [variable, { secretName = '', key = variable }] of uses) {
    if (!isObjectName(secretName)) {
      throw new ServingError(
        'InvalidName',
        `the secret '${secretName}' of '${variable}' is not a valid name of a Kubernetes Secret, which consists of lowercase letters, digits, '-' and '.'; rename it, or use KubernetesSecret.fromName on this platform`,
        backend.scope,
      );
    }
    if (!isSecretKey(key)) {
      throw new ServingError(
        'InvalidName',
        `the key '${key}' of secret '${secretName}' must consist of 1 to 253 letters, digits, '-', '_' and '.'`,
        backend.scope,
      );
    }
  }
}
