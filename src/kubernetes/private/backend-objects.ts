import { type ApiObject, Lazy } from 'cdk8s';
import type { AutoscalingBinding, BackendBinding } from '../../constructs/bindings';
import type { TargetPlatform } from '../../constructs/target-platform';
import type { BackendIntent } from '../../plan/intents';
import type { BackendPlan } from '../../plan/serving-plan';
import { ServingError } from '../../private/errors';
import type { GpuNodes } from '../gpu-nodes';
import type { PodSettingsOptions } from '../pod-settings-options';
import { autoscalerSpec } from './autoscaler';
import { type GpuPlacement, gpuPlacement } from './gpu-placement';
import { type KedaSettings, scaledObjectSpec, TAKES_OVER } from './keda';
import { annotationsOf, Component, type Labels, labelsOf } from './labels';
import type { DeploymentSpec } from './manifests';
import { describeModels } from './models';
import { addObject, writeAfter } from './objects';
import type { PodOptions } from './pod';
import { deploymentSpec, disruptionSpec, serviceSpec } from './workload';

/** The settings that all backends of a platform share. */
export interface WorkloadSettings {
  readonly fetchImage: string;
  readonly hubImage: string;
  readonly archiveImage: string;
  /** Whether models in image volumes are linked to their paths. */
  readonly linksImages: boolean;
  readonly imagePullSecrets: string[];
  /** @default - nodes with the labels of GPU Feature Discovery */
  readonly gpuNodes?: GpuNodes;
  /** @default - autoscalers of Kubernetes */
  readonly keda?: KedaSettings;
}

/** The parts of an object that differ between the objects of a backend. */
interface ObjectOptions {
  /** @default - the kind */
  readonly id?: string;
  /** @default - that of the backend */
  readonly name?: string;
  readonly annotations?: Record<string, string>;
  readonly body: Record<string, unknown>;
}

/** An apply without the number of replicas scales a Deployment that has one to the default of the API, which is 1. */
export function handoverOf({ slug }: BackendIntent): string {
  return `; if Deployment '${slug}' is running, hand its replicas over before the next apply, which otherwise scales it to 1, as docs/autoscaling.md describes`;
}

/**
 * The objects of one backend. Only the Deployment is rendered at synthesis, because only its values can still change with
 * later declarations.
 */
export class BackendObjects {
  public readonly deployment: ApiObject;
  public readonly service: ApiObject;
  public readonly podsService: ApiObject;
  public serviceAccount?: ApiObject;
  public serviceAccountName: string;
  public podDisruptionBudget?: ApiObject;
  public horizontalPodAutoscaler?: ApiObject;
  public scaledObject?: ApiObject;
  public hasExternalAutoscaler = false;

  private readonly labels: Labels;
  private readonly gpu?: GpuPlacement;
  private readonly podSettings: PodSettingsOptions;

  constructor(
    private readonly platform: TargetPlatform,
    private readonly backend: BackendBinding,
    private readonly settings: WorkloadSettings,
  ) {
    const { intent } = backend;
    this.gpu = gpuPlacement(backend, settings.gpuNodes);
    this.podSettings = backend.settings;
    const { selector, all } = labelsOf(Component.BACKEND, intent.slug, backend.scope);
    this.labels = { selector, all: { ...all, ...this.podSettings.labels } };
    const { serviceAccountName, _annotations: annotations } = this.podSettings.serviceAccount ?? {};
    this.serviceAccountName = serviceAccountName ?? intent.slug;
    if (serviceAccountName === undefined)
      this.serviceAccount = this.add('ServiceAccount', 'v1', {
        annotations,
        body: { automountServiceAccountToken: false },
      });
    this.deployment = this.add('Deployment', 'apps/v1', {
      annotations: {
        ...annotationsOf(intent),
        ...(intent.models.length > 0 && {
          'serving-constructs/models': Lazy.any({ produce: () => describeModels(this.plan().models) }),
        }),
      },
      body: { spec: Lazy.any({ produce: () => this.deploymentSpec() }) },
    });
    this.service = this.add('Service', 'v1', { body: { spec: serviceSpec(intent, this.labels.selector, false) } });
    this.podsService = this.add('Service', 'v1', {
      id: 'PodsService',
      name: `${intent.slug}-pods`,
      body: { spec: serviceSpec(intent, this.labels.selector, true) },
    });
    writeAfter(this.deployment, [
      ...(this.serviceAccount === undefined ? [] : [this.serviceAccount]),
      this.service,
      this.podsService,
    ]);
    backend.scope.node.defaultChild = this.deployment;
    if (intent.replicas > 1) this.addDisruptionBudget();
  }

  /** The number of replicas that the definition sets; 1 is the default, which an autoscaler may override. */
  public get fixedReplicas(): number | undefined {
    const { replicas } = this.backend.intent;
    return replicas > 1 ? replicas : undefined;
  }

  public addAutoscaler(policy: AutoscalingBinding): void {
    if (this.hasExternalAutoscaler) this.refuseSecondAutoscaler();
    if (policy.intent.maxReplicas > 1) this.addDisruptionBudget();
    const { keda } = this.settings;
    if (keda === undefined) this.horizontalPodAutoscaler = this.addHorizontalPodAutoscaler(policy);
    else this.scaledObject = this.addScaledObject(policy, keda);
  }

  private addHorizontalPodAutoscaler({ scope, intent }: AutoscalingBinding): ApiObject {
    const { slug: name } = this.backend.intent;
    const autoscaler = addObject(scope, 'HorizontalPodAutoscaler', {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      name,
      labels: this.labels.all,
      body: { spec: autoscalerSpec(intent, name) },
    });
    writeAfter(autoscaler, [this.deployment]);
    return autoscaler;
  }

  private addScaledObject(policy: AutoscalingBinding, keda: KedaSettings): ApiObject {
    const { slug: name } = this.backend.intent;
    const autoscaler = addObject(policy.scope, 'ScaledObject', {
      apiVersion: 'keda.sh/v1alpha1',
      kind: 'ScaledObject',
      name,
      labels: this.labels.all,
      annotations: TAKES_OVER,
      body: { spec: scaledObjectSpec(policy, name, keda) },
    });
    writeAfter(autoscaler, [this.deployment]);
    return autoscaler;
  }

  public leaveReplicasToAutoscaler(): void {
    if ((this.horizontalPodAutoscaler ?? this.scaledObject) !== undefined) this.refuseSecondAutoscaler();
    this.requireNoReplicas();
    this.hasExternalAutoscaler = true;
    this.addDisruptionBudget();
    this.platform._change();
  }

  public useServiceAccount(name: string): void {
    this.backend.scope.node.tryRemoveChild('ServiceAccount');
    this.serviceAccount = undefined;
    this.serviceAccountName = name;
  }

  private addDisruptionBudget(): void {
    this.podDisruptionBudget ??= this.add('PodDisruptionBudget', 'policy/v1', {
      body: { spec: disruptionSpec(this.labels.selector) },
    });
  }

  private requireNoReplicas(): void {
    const { intent, scope } = this.backend;
    if (intent.hasFixedReplicas !== true) return;
    throw new ServingError(
      'ReplicasWithAutoscaling',
      `'replicas' (${intent.replicas}) of backend '${intent.name}' conflicts with its autoscaler; remove 'replicas'${handoverOf(intent)}`,
      scope,
    );
  }

  private refuseSecondAutoscaler(): never {
    const { name } = this.backend.intent;
    throw new ServingError(
      'DuplicateAutoscaling',
      `backend '${name}' has two autoscalers; remove its autoscaling policy or the autoscaler of cdk8s-plus`,
      this.backend.scope,
    );
  }

  private add(kind: string, apiVersion: string, options: ObjectOptions): ApiObject {
    const { id = kind, name = this.backend.intent.slug, annotations, body } = options;
    return addObject(this.backend.scope, id, { apiVersion, kind, name, labels: this.labels.all, annotations, body });
  }

  private plan(): BackendPlan {
    return this.platform.plan().backend(this.backend.intent.path);
  }

  private deploymentSpec(): DeploymentSpec {
    const plan = this.plan();
    const scaled = plan.autoscaling !== undefined || this.hasExternalAutoscaler;
    const options: PodOptions = {
      ...this.settings,
      image: this.backend.image.reference as string,
      models: this.backend.models,
      secrets: this.backend.secrets,
      environmentFrom: this.backend.environmentFrom ?? [],
      sidecars: this.backend.sidecars ?? [],
      serviceAccountName: this.serviceAccountName,
      settings: this.podSettings,
      gpu: this.gpu,
    };
    return deploymentSpec(plan, this.labels, options, scaled);
  }
}
