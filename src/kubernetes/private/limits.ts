import type { MatchLimits } from '../../plan/target-profile';

/**
 * What an HTTPRoute matches, and rewrites to; a path leaves room for the name of a backend below it. Some gateways pass the
 * path of a rewrite to an expression, in which `$` is a variable.
 * https://gateway-api.sigs.k8s.io/reference/spec/#httppathmatch
 */
export const MATCHING: MatchLimits = {
  maxPathLength: 960,
  maxHeaderNameLength: 256,
  maxHeaderValueLength: 4096,
  rewriteReserved: '$',
};

/** https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/horizontal-pod-autoscaler-v2/ */
export const MAX_SCALING_DELAY_SECONDS = 3600;
