import type { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import type { Backend } from '../constructs/backend';
import { Rendered } from '../constructs/private/rendered';
import type { INamedObject } from './named-object';
import type { BackendObjects } from './private/backend-objects';
import { nameOfObject, requireObjectName } from './private/names';

/** The Deployment of a backend, in the form that an autoscaler of cdk8s-plus expects of its target. */
export interface ScaledDeployment {
  /** The API version of the Deployment. */
  readonly apiVersion: string;
  /** The kind, `Deployment`. */
  readonly kind: string;
  /** The name of the Deployment. */
  readonly name: string;
  /** The containers of cdk8s-plus: none, because the Pods are plain objects. */
  // biome-ignore lint/suspicious/noExplicitAny: the type belongs to cdk8s-plus, which no signature may reference.
  readonly containers: any[];
  /**
   * The number of replicas that the definition sets.
   *
   * @default - the autoscaler sets it
   */
  readonly replicas?: number;
}

const FACADES = new Rendered<'Backend', KubernetesBackend>('kubernetesBackend', 'Backend', 'Kubernetes');

/**
 * The Kubernetes objects of a backend.
 *
 * Every object is a plain `ApiObject`: patches with `addJsonPatch` and additions to its `metadata` appear in the manifest.
 * The Deployment can be the target of an autoscaler of cdk8s-plus, instead of `backend.autoscale`.
 *
 * @example
 * declare const backend: Backend;
 * const { deployment } = kubernetes.KubernetesBackend.of(backend);
 * deployment.addJsonPatch(cdk8s.JsonPatch.add('/spec/template/spec/priorityClassName', 'inference'));
 */
export class KubernetesBackend {
  /** The Kubernetes objects of a backend. */
  public static of(backend: Backend): KubernetesBackend {
    return FACADES.of(backend);
  }

  /** @internal */
  public static _register(scope: IConstruct, objects: BackendObjects): KubernetesBackend {
    const facade = new KubernetesBackend(objects);
    FACADES.set(scope, facade);
    return facade;
  }

  /** The Deployment; its container is named `server`. */
  public readonly deployment: ApiObject;
  /** The Service that distributes requests among the replicas. */
  public readonly service: ApiObject;
  /** The headless Service that lists the ready replicas, with the port `http`. */
  public readonly podsService: ApiObject;
  /** Whether an autoscaler of cdk8s-plus has the Deployment as its target. */
  public hasAutoscaler = false;

  private constructor(private readonly objects: BackendObjects) {
    this.deployment = objects.deployment;
    this.service = objects.service;
    this.podsService = objects.podsService;
  }

  /** The ServiceAccount of the Pods; undefined after `useServiceAccount`. */
  public get serviceAccount(): ApiObject | undefined {
    return this.objects.serviceAccount;
  }

  /** The name of the ServiceAccount of the Pods. */
  public get serviceAccountName(): string {
    return this.objects.serviceAccountName;
  }

  /** The PodDisruptionBudget; undefined if at most one replica can run. */
  public get podDisruptionBudget(): ApiObject | undefined {
    return this.objects.podDisruptionBudget;
  }

  /** The HorizontalPodAutoscaler; undefined without an autoscaling policy, or with `keda` of the platform. */
  public get horizontalPodAutoscaler(): ApiObject | undefined {
    return this.objects.horizontalPodAutoscaler;
  }

  /** The ScaledObject of KEDA; undefined without an autoscaling policy, or without `keda` of the platform. */
  public get scaledObject(): ApiObject | undefined {
    return this.objects.scaledObject;
  }

  /** Runs the Pods with a ServiceAccount of cdk8s or cdk8s-plus instead of the generated one. */
  public useServiceAccount(serviceAccount: INamedObject): void {
    this.objects.useServiceAccount(nameOfObject('serviceAccount', serviceAccount, 'ServiceAccount'));
  }

  /** Runs the Pods with an existing ServiceAccount in the namespace of the chart instead of the generated one. */
  public useServiceAccountName(name: string): void {
    this.objects.useServiceAccount(requireObjectName('name', name, 'ServiceAccount'));
  }

  /** Called by an autoscaler of cdk8s-plus, which then owns the number of replicas. */
  public markHasAutoscaler(): void {
    this.objects.leaveReplicasToAutoscaler();
    this.hasAutoscaler = true;
  }

  /** The Deployment as the target of an autoscaler of cdk8s-plus, which must specify its metrics. */
  public toScalingTarget(): ScaledDeployment {
    const { apiVersion, kind, name } = this.deployment;
    return { apiVersion, kind, name, containers: [], replicas: this.objects.fixedReplicas };
  }

  /** @internal */
  public get _maxReplicas(): number | undefined {
    if (!this.hasAutoscaler) return undefined;
    const constructs: (IConstruct & { target?: unknown; maxReplicas?: number })[] =
      this.deployment.node.root.node.findAll();
    return constructs.find((construct) => construct.target === this)?.maxReplicas;
  }
}
