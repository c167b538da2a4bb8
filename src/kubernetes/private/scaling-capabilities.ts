import { type CapabilityTable, native, refused } from '../../plan/capabilities';
import { Feature } from '../../plan/target-profile';
import type { KedaSettings } from './keda';

/** The features of autoscalers. */
export type ScalingFeature =
  | Feature.AUTOSCALING
  | Feature.REQUEST_SCALING
  | Feature.QUEUE_SCALING
  | Feature.GPU_SCALING
  | Feature.CUSTOM_SCALING
  | Feature.QUERY_SCALING
  | Feature.SCHEDULES
  | Feature.SCALE_TO_ZERO
  | Feature.SCALING_DELAY;

const HAND_OVER =
  'a Deployment that runs with a fixed number of replicas must hand it over first, as docs/autoscaling.md describes';

/** What a HorizontalPodAutoscaler supports. */
const WITHOUT_KEDA: CapabilityTable<ScalingFeature> = {
  [Feature.AUTOSCALING]: native(`a HorizontalPodAutoscaler; ${HAND_OVER}`),
  [Feature.REQUEST_SCALING]: refused(
    "it needs KEDA and a query; set 'keda' of the platform and use PrometheusTarget.ofTotal, or use ScalingTarget.cpuUtilization or ScalingTarget.memoryUtilization",
  ),
  [Feature.QUEUE_SCALING]: refused(
    "it needs KEDA and a query; set 'keda' of the platform and use PrometheusTarget.ofTotal with the server's metric of waiting requests, or kubernetes.MetricTarget.ofAverage, if an adapter serves it",
  ),
  [Feature.GPU_SCALING]: refused(
    "it needs KEDA and a query; set 'keda' of the platform and use PrometheusTarget.ofAverage with DCGM_FI_DEV_GPU_UTIL of the DCGM exporter, or kubernetes.MetricTarget.ofAverage, if an adapter serves it",
  ),
  [Feature.CUSTOM_SCALING]: native(
    'a metric of the HorizontalPodAutoscaler; an adapter in the cluster must serve custom.metrics.k8s.io or external.metrics.k8s.io',
  ),
  [Feature.QUERY_SCALING]: refused(
    "it needs KEDA; set 'keda' of the platform with a 'prometheusAddress', or use kubernetes.MetricTarget.ofAverage, if an adapter serves the result under a name",
  ),
  [Feature.SCHEDULES]: refused(
    "it needs KEDA; set 'keda' of the platform, or omit 'schedules' and use a CronJob that changes minReplicas of the HorizontalPodAutoscaler",
  ),
  [Feature.SCALE_TO_ZERO]: refused(
    "a HorizontalPodAutoscaler does not start the first replica; set 'minReplicas' to 1, or 'keda' of the platform",
  ),
  [Feature.SCALING_DELAY]: native('the stabilization windows of the HorizontalPodAutoscaler'),
};

/** What a ScaledObject supports. */
const WITH_KEDA: CapabilityTable<ScalingFeature> = {
  [Feature.AUTOSCALING]: native(`a ScaledObject of KEDA; ${HAND_OVER}`),
  [Feature.REQUEST_SCALING]: refused(
    'no metric of requests is the same in every cluster; use PrometheusTarget.ofTotal with that of the router, the gateway or the server',
  ),
  [Feature.QUEUE_SCALING]: refused(
    "the labels of the server's metric depend on the cluster; use PrometheusTarget.ofTotal with a query that sums it",
  ),
  [Feature.GPU_SCALING]: refused(
    'the labels of the metric depend on the cluster; use PrometheusTarget.ofAverage with DCGM_FI_DEV_GPU_UTIL of the DCGM exporter',
  ),
  [Feature.CUSTOM_SCALING]: refused(
    "a ScaledObject of KEDA has no metrics of an adapter; use PrometheusTarget.ofTotal or PrometheusTarget.ofAverage, or omit 'keda' of the platform",
  ),
  [Feature.QUERY_SCALING]: native(
    'a prometheus trigger of a ScaledObject, which keeps the number of replicas while the query has no result',
  ),
  [Feature.SCHEDULES]: native(
    'a cron trigger of a ScaledObject for each schedule, which also applies when it is deployed within the time of a schedule',
  ),
  [Feature.SCALE_TO_ZERO]: native(
    'a ScaledObject with a minimum of 0, which keeps the last replica for the delay of scaling down',
  ),
  [Feature.SCALING_DELAY]: native('the stabilization windows of the HorizontalPodAutoscaler that KEDA creates'),
};

const WITHOUT_ADDRESS: CapabilityTable<Feature.QUERY_SCALING> = {
  [Feature.QUERY_SCALING]: refused(
    "'keda' of the platform has no 'prometheusAddress'; set it, such as 'http://prometheus.monitoring:9090'",
  ),
};

/** What the autoscaler of a cluster supports. */
export function scalingCapabilities(keda: KedaSettings | undefined): CapabilityTable<ScalingFeature> {
  if (keda === undefined) return WITHOUT_KEDA;
  return keda.prometheusAddress === undefined ? { ...WITH_KEDA, ...WITHOUT_ADDRESS } : WITH_KEDA;
}
