import { requireIdentifier } from '../private/checks';
import { ServingError } from '../private/errors';
import { checkOptions } from '../private/options';
import { tagClass } from '../private/package-copy';
import { GpuNodesKind } from './private/gpu-labels';
import { isLabelKey, isLabelValue, LABEL_VALUE } from './private/names';

/** Options of the nodes with GPUs of a cluster. */
export interface GpuNodesOptions {
  /**
   * The keys of further taints of the nodes that Pods with GPUs tolerate, such as `sku` on Azure. The taint of the
   * resource, such as `nvidia.com/gpu`, is always tolerated.
   *
   * @default - none
   */
  readonly taintKeys?: string[];
}

/** How the device plugin exposes Multi-Instance GPUs. */
export enum MigStrategy {
  /** Each profile has its own resource, such as `nvidia.com/mig-1g.10gb`. */
  MIXED = 'mixed',
  /** All GPUs of a node have the same profile and are the resource `nvidia.com/gpu`. Node labels contain the profile. */
  SINGLE = 'single',
}

/** Options of nodes that GPU Feature Discovery labels. */
export interface FeatureDiscoveryOptions extends GpuNodesOptions {
  /**
   * The `migStrategy` of the device plugin.
   *
   * @default MigStrategy.MIXED
   */
  readonly migStrategy?: MigStrategy;

  /**
   * Whether shared GPUs are the resource `nvidia.com/gpu.shared`: `renameByDefault` in the configuration of the device
   * plugin.
   *
   * @default false
   */
  readonly renamesShared?: boolean;
}

/** Options of nodes with labels of your own. */
export interface CustomGpuNodesOptions extends GpuNodesOptions {
  /** The key of the label, such as `acme.com/gpu`. */
  readonly labelKey: string;

  /**
   * The values of the label for each product, such as `{ 'A100-80GB': ['a100-large'], L4: ['l4'] }`. Products are spelled
   * as in `Gpu.nvidia`, or are its `customProduct`.
   */
  readonly values: { [product: string]: string[] };
}

/**
 * How the nodes of a cluster expose and label NVIDIA GPUs. Backends with a `product` or `memory` run on nodes whose
 * labels match.
 *
 * @example
 * new kubernetes.KubernetesPlatform(this, 'Platform', { gpuNodes: kubernetes.GpuNodes.gke() });
 */
export class GpuNodes {
  /**
   * Nodes with the labels of GPU Feature Discovery, a part of the NVIDIA GPU Operator, such as `nvidia.com/gpu.product`.
   *
   * MIG: the resource of the profile, or with `MigStrategy.SINGLE` the product label that ends in the profile. Shared
   * GPUs: the product label that ends in `-SHARED`, or with `renamesShared` the resource `nvidia.com/gpu.shared`.
   */
  public static featureDiscovery(options: FeatureDiscoveryOptions = {}): GpuNodes {
    checkOptions('kubernetes.FeatureDiscoveryOptions', options, 'options');
    return new GpuNodes(GpuNodesKind.FEATURE_DISCOVERY, 'nvidia.com/gpu.product', options);
  }

  /**
   * Nodes of Google Kubernetes Engine, with the label `cloud.google.com/gke-accelerator`.
   *
   * MIG: the label `cloud.google.com/gke-gpu-partition-size`. Shared GPUs: `cloud.google.com/gke-gpu-sharing-strategy`.
   */
  public static gke(options: GpuNodesOptions = {}): GpuNodes {
    checkOptions('kubernetes.GpuNodesOptions', options, 'options');
    return new GpuNodes(GpuNodesKind.GKE, 'cloud.google.com/gke-accelerator', options);
  }

  /** Nodes that Karpenter creates on AWS, with the label `karpenter.k8s.aws/instance-gpu-name`. Without MIG and sharing. */
  public static karpenter(options: GpuNodesOptions = {}): GpuNodes {
    checkOptions('kubernetes.GpuNodesOptions', options, 'options');
    return new GpuNodes(GpuNodesKind.KARPENTER, 'karpenter.k8s.aws/instance-gpu-name', options);
  }

  /** Nodes of EKS Auto Mode, with the label `eks.amazonaws.com/instance-gpu-name`. Without MIG and sharing. */
  public static eksAutoMode(options: GpuNodesOptions = {}): GpuNodes {
    checkOptions('kubernetes.GpuNodesOptions', options, 'options');
    return new GpuNodes(GpuNodesKind.AUTO_MODE, 'eks.amazonaws.com/instance-gpu-name', options);
  }

  /** Nodes with a label of your own. MIG: the resource of the profile. Without sharing. */
  public static custom(options: CustomGpuNodesOptions): GpuNodes {
    checkOptions('kubernetes.CustomGpuNodesOptions', options, 'options');
    const { labelKey, values } = options;
    checkKey('labelKey', labelKey);
    for (const [product, list] of Object.entries(values)) {
      for (const value of list) {
        if (isLabelValue(value)) continue;
        throw new ServingError('InvalidName', `'values.${product}' ('${value}') must be ${LABEL_VALUE}`);
      }
      if (list.length > 0) continue;
      throw new ServingError('EmptyList', `'values.${product}' must not be empty; list the label values, or remove it`);
    }
    return new GpuNodes(GpuNodesKind.CUSTOM, labelKey, options, values);
  }

  /** The key of the node label that selects the product. */
  public readonly labelKey: string;

  /** @internal */
  public readonly _kind: GpuNodesKind;

  /** @internal */
  public readonly _taintKeys: readonly string[];

  /** @internal */
  public readonly _values: { readonly [product: string]: readonly string[] };

  /** @internal */
  public readonly _discovery: FeatureDiscoveryOptions;

  private constructor(
    kind: GpuNodesKind,
    labelKey: string,
    options: FeatureDiscoveryOptions,
    values: { readonly [product: string]: readonly string[] } = {},
  ) {
    const { taintKeys = [], migStrategy, renamesShared } = options;
    for (const key of taintKeys) checkKey('taintKeys', key);
    this.labelKey = labelKey;
    this._kind = kind;
    this._taintKeys = [...taintKeys];
    this._values = { ...values };
    this._discovery = { migStrategy, renamesShared };
  }
}

tagClass('GpuNodes', GpuNodes);

function checkKey(prop: string, key: string): void {
  if (isLabelKey(requireIdentifier(prop, key))) return;
  throw new ServingError(
    'InvalidName',
    `'${prop}' ('${key}') must be a key such as 'acme.com/gpu': a name of at most 63 letters, digits, '-', '_' and '.', after an optional domain`,
  );
}
