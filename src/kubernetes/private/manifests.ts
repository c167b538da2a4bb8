/** The parts of Kubernetes objects that this package renders. Undefined fields are omitted. */
import type { ImagePullPolicy } from '../pod-settings-options';
import type { Affinity, Toleration, TopologySpread } from '../scheduling';

export interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly secretKeyRef: { readonly name: string; readonly key: string; readonly optional?: boolean };
  };
}

export interface EnvFromSource {
  readonly prefix?: string;
  readonly configMapRef?: { readonly name: string; readonly optional?: boolean };
  readonly secretRef?: { readonly name: string; readonly optional?: boolean };
}

export interface Probe {
  readonly httpGet?: {
    readonly path: string;
    readonly port: string;
    readonly httpHeaders?: { readonly name: string; readonly value: string }[];
  };
  readonly tcpSocket?: { readonly port: string };
  readonly exec?: { readonly command: string[] };
  readonly grpc?: { readonly port: number; readonly service?: string };
  readonly initialDelaySeconds?: number;
  readonly periodSeconds: number;
  readonly timeoutSeconds: number;
  readonly successThreshold?: number;
  readonly failureThreshold: number;
}

export interface VolumeMount {
  readonly name: string;
  readonly mountPath: string;
  readonly subPath?: string;
  readonly readOnly?: boolean;
}

export interface Volume {
  readonly name: string;
  readonly emptyDir?: { readonly medium?: 'Memory'; readonly sizeLimit?: string };
  readonly image?: { readonly reference: string; readonly pullPolicy: 'IfNotPresent' };
  readonly persistentVolumeClaim?: { readonly claimName: string; readonly readOnly: boolean };
}

export interface ContainerResources {
  readonly requests: Record<string, string>;
  readonly limits: Record<string, string>;
}

export interface ContainerSecurity {
  readonly allowPrivilegeEscalation: boolean;
  readonly capabilities: { readonly drop: string[] };
  readonly readOnlyRootFilesystem: boolean;
  readonly runAsNonRoot: boolean;
  readonly runAsUser: number;
}

export interface ContainerPort {
  readonly name: string;
  readonly containerPort: number;
  readonly protocol: 'TCP';
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly imagePullPolicy: `${ImagePullPolicy}`;
  /** Only of an init container, which is then a sidecar. */
  readonly restartPolicy?: 'Always';
  readonly command?: string[];
  readonly args?: string[];
  readonly workingDir?: string;
  readonly env?: EnvVar[];
  readonly envFrom?: EnvFromSource[];
  readonly ports?: ContainerPort[];
  readonly resources: ContainerResources;
  readonly securityContext: ContainerSecurity;
  readonly startupProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly lifecycle?: { readonly preStop: { readonly sleep: { readonly seconds: number } } };
  readonly volumeMounts: VolumeMount[];
}

export interface LabelSelector {
  readonly matchLabels: Record<string, string>;
}

export interface NodeRequirement {
  readonly key: string;
  readonly operator: 'In' | 'Gt' | 'Lt';
  readonly values: string[];
}

export interface TopologySpreadConstraint extends TopologySpread {
  readonly labelSelector: LabelSelector;
  readonly matchLabelKeys: string[];
}

export interface PodSecurity {
  readonly runAsNonRoot: boolean;
  readonly runAsUser: number;
  readonly fsGroup?: number;
  readonly fsGroupChangePolicy?: 'OnRootMismatch';
  readonly seccompProfile: { readonly type: 'RuntimeDefault' };
  readonly sysctls?: { readonly name: string; readonly value: string }[];
}

export interface PodSpec {
  readonly serviceAccountName: string;
  readonly automountServiceAccountToken: boolean;
  readonly enableServiceLinks: boolean;
  readonly imagePullSecrets?: { readonly name: string }[];
  readonly securityContext: PodSecurity;
  readonly terminationGracePeriodSeconds: number;
  readonly nodeSelector?: Record<string, string>;
  readonly affinity?: Affinity;
  readonly tolerations?: Toleration[];
  readonly topologySpreadConstraints?: TopologySpreadConstraint[];
  readonly priorityClassName?: string;
  readonly runtimeClassName?: string;
  readonly schedulerName?: string;
  readonly initContainers?: Container[];
  readonly containers: Container[];
  readonly volumes: Volume[];
}

export interface DeploymentSpec {
  readonly replicas?: number;
  readonly minReadySeconds: number;
  readonly progressDeadlineSeconds: number;
  readonly strategy: {
    readonly type: 'RollingUpdate';
    readonly rollingUpdate: { readonly maxSurge: string | number; readonly maxUnavailable: string | number };
  };
  readonly selector: LabelSelector;
  readonly template: {
    readonly metadata: { readonly labels: Record<string, string>; readonly annotations?: Record<string, string> };
    readonly spec: PodSpec;
  };
}

export interface ServicePort {
  readonly name: string;
  readonly port: number;
  readonly targetPort: string;
  readonly protocol: 'TCP';
  readonly appProtocol?: string;
}

export interface ServiceSpec {
  readonly type: 'ClusterIP';
  readonly clusterIP?: 'None';
  readonly selector: Record<string, string>;
  readonly ports: ServicePort[];
}

export interface PodDisruptionBudgetSpec {
  readonly maxUnavailable: number;
  readonly unhealthyPodEvictionPolicy: 'AlwaysAllow';
  readonly selector: LabelSelector;
}

export interface ResourceMetric {
  readonly type: 'Resource';
  readonly resource: {
    readonly name: string;
    readonly target: { readonly type: 'Utilization'; readonly averageUtilization: number };
  };
}

/** A metric that an adapter serves: of the Pods, or of everything together. */
export type CustomMetric =
  | { readonly type: 'Pods'; readonly pods: NamedMetric }
  | { readonly type: 'External'; readonly external: NamedMetric };

interface NamedMetric {
  readonly metric: { readonly name: string };
  readonly target: { readonly type: 'AverageValue'; readonly averageValue: string };
}

export interface HorizontalPodAutoscalerSpec {
  readonly scaleTargetRef: { readonly apiVersion: string; readonly kind: string; readonly name: string };
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly metrics?: (ResourceMetric | CustomMetric)[];
  readonly behavior: ScalingBehavior;
}

export interface ScalingBehavior {
  readonly scaleUp: { readonly stabilizationWindowSeconds: number };
  readonly scaleDown: { readonly stabilizationWindowSeconds: number };
}

/** What a ScaledObject of KEDA follows. All values of the metadata are strings. */
export interface Trigger {
  readonly type: 'cpu' | 'memory' | 'prometheus' | 'cron';
  readonly name?: string;
  readonly metricType?: 'Utilization' | 'AverageValue' | 'Value';
  readonly metadata: Record<string, string>;
}

export interface ScaledObjectSpec {
  readonly scaleTargetRef: { readonly apiVersion: string; readonly kind: string; readonly name: string };
  readonly pollingInterval?: number;
  readonly cooldownPeriod?: number;
  readonly minReplicaCount: number;
  readonly maxReplicaCount: number;
  readonly fallback?: {
    readonly failureThreshold: number;
    readonly replicas: number;
    readonly behavior: 'currentReplicasIfHigher';
  };
  readonly advanced: {
    readonly horizontalPodAutoscalerConfig: { readonly name: string; readonly behavior: ScalingBehavior };
  };
  readonly triggers: Trigger[];
}
