/** Who labels the nodes. */
export enum GpuNodesKind {
  FEATURE_DISCOVERY = 'GPU Feature Discovery',
  GKE = 'GKE',
  KARPENTER = 'Karpenter',
  AUTO_MODE = 'EKS Auto Mode',
  CUSTOM = 'custom labels',
}

/** The values of `cloud.google.com/gke-accelerator` for each model: https://cloud.google.com/kubernetes-engine/docs/how-to/gpus. */
export const GKE_ACCELERATORS: { readonly [model: string]: readonly string[] } = {
  P4: ['nvidia-tesla-p4'],
  'P100-PCIE-16GB': ['nvidia-tesla-p100'],
  'V100-SXM2-16GB': ['nvidia-tesla-v100'],
  T4: ['nvidia-tesla-t4'],
  L4: ['nvidia-l4'],
  'A100-SXM4-40GB': ['nvidia-tesla-a100'],
  'A100-SXM4-80GB': ['nvidia-a100-80gb'],
  'H100 80GB HBM3': ['nvidia-h100-80gb', 'nvidia-h100-mega-80gb'],
  H200: ['nvidia-h200-141gb'],
  B200: ['nvidia-b200'],
  GB200: ['nvidia-gb200'],
  'RTX PRO 6000 Blackwell Server Edition': ['nvidia-rtx-pro-6000'],
};

/**
 * The values of `instance-gpu-name` of Karpenter and EKS Auto Mode, which derive them from the names in the EC2 API:
 * https://karpenter.sh/docs/reference/instance-types/. Models that no documented instance type has are missing.
 */
export const KARPENTER_GPU_NAMES: { readonly [model: string]: readonly string[] } = {
  'V100-SXM2-16GB': ['v100'],
  'V100-SXM2-32GB': ['v100'],
  T4: ['t4'],
  T4G: ['t4g'],
  A10G: ['a10g'],
  'A100-SXM4-40GB': ['a100'],
  'A100-SXM4-80GB': ['a100'],
  L4: ['l4'],
  L40S: ['l40s'],
  'H100 80GB HBM3': ['h100'],
  H200: ['h200'],
  B200: ['b200'],
};
