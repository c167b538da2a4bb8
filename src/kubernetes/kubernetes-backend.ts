import type { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import type { Backend } from '../constructs/backend';
import { ServingError } from '../private/errors';
import { checkValue } from '../private/options';
import { Rendered } from '../private/rendered';
import type { INamedObject } from './named-object';
import type { BackendObjects } from './private/backend-objects';
import { nameOfObject, requireObjectName } from './private/names';

/** The Deployment of a backend, in the form in which an autoscaler of cdk8s-plus asks for its target. */
export interface ScaledDeployment {
  /** The API version of the Deployment. */
  readonly apiVersion: string;
  /** The kind, `Deployment`. */
  readonly kind: string;
  /** The name of the Deployment. */
  readonly name: string;
  /** The containers of cdk8s-plus: none, because the Pods are plain objects. */
  // biome-ignore lint/suspicious/noExplicitAny: the type is one of cdk8s-plus, which no signature may name.
  readonly containers: any[];
  /**
   * The number of replicas that the definition sets.
   *
   * @default - the autoscaler has it
   */
  readonly replicas?: number;
}

const FACADES = new Rendered<KubernetesBackend>('kubernetesBackend');

/**
 * What a backend became on Kubernetes.
 *
 * Every object is a plain `ApiObject`: what you patch with `addJsonPatch` or add to its `metadata` is what is written.
 * The Deployment can be the target of an autoscaler of cdk8s-plus, instead of `backend.autoscale`.
 */
export class KubernetesBackend {
  /** The Kubernetes side of a backend. */
  public static of(backend: Backend): KubernetesBackend {
    checkValue('Backend', backend, 'backend');
    const facade = FACADES.of(backend);
    if (facade === undefined) {
      throw new ServingError(
        'WrongPlatform',
        `backend '${backend.backendName}' runs on platform '${backend.platform.kind}', not on Kubernetes`,
        backend,
      );
    }
    return facade;
  }

  /** @internal */
  public static _register(scope: IConstruct, objects: BackendObjects): KubernetesBackend {
    const facade = new KubernetesBackend(objects);
    FACADES.set(scope, facade);
    return facade;
  }

  /** The Deployment; its container is called `server`. */
  public readonly deployment: ApiObject;
  /** The Service that shares requests among the replicas. */
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

  /** The ServiceAccount of the pods; none after `useServiceAccount`. */
  public get serviceAccount(): ApiObject | undefined {
    return this.objects.serviceAccount;
  }

  /** The name of the ServiceAccount of the pods. */
  public get serviceAccountName(): string {
    return this.objects.serviceAccountName;
  }

  /** The PodDisruptionBudget; none where at most one replica runs. */
  public get podDisruptionBudget(): ApiObject | undefined {
    return this.objects.podDisruptionBudget;
  }

  /** The HorizontalPodAutoscaler; none without an autoscaling policy. */
  public get horizontalPodAutoscaler(): ApiObject | undefined {
    return this.objects.horizontalPodAutoscaler;
  }

  /** Lets the Pods run as a ServiceAccount of cdk8s or cdk8s-plus, instead of one of their own. */
  public useServiceAccount(serviceAccount: INamedObject): void {
    this.objects.useServiceAccount(nameOfObject('serviceAccount', serviceAccount, 'ServiceAccount'));
  }

  /** Lets the Pods run as a ServiceAccount that exists in the namespace of the chart, instead of one of their own. */
  public useServiceAccountName(name: string): void {
    this.objects.useServiceAccount(requireObjectName('name', name, 'ServiceAccount'));
  }

  /** Called by an autoscaler of cdk8s-plus: the number of replicas is then its own. */
  public markHasAutoscaler(): void {
    this.objects.leaveReplicasToOther();
    this.hasAutoscaler = true;
  }

  /** The Deployment as the target of an autoscaler of cdk8s-plus, which must say its metrics. */
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
