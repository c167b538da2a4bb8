import { LoadBalancing, OwnAddress, ServerProtocol, StreamProtocol } from './choices';
import { ScalingMetric } from './intents/autoscaling';
import { ModelDeliveryKind } from './intents/model';
import { Feature } from './target-profile';

/** The feature that each choice of a definition requires, if any. */
type Needs<Choice extends string, None = undefined> = { readonly [choice in Choice]: Feature | None };

/** By load balancing algorithm. */
export const FEATURE_OF_BALANCING: Needs<LoadBalancing, never> = {
  [LoadBalancing.ROUND_ROBIN]: Feature.ROUND_ROBIN,
  [LoadBalancing.LEAST_OUTSTANDING_REQUESTS]: Feature.LEAST_OUTSTANDING,
};

/** By stream protocol. Responses in parts are plain HTTP. */
export const FEATURE_OF_PROTOCOL: Needs<StreamProtocol> = {
  [StreamProtocol.SERVER_SENT_EVENTS]: undefined,
  [StreamProtocol.WEB_SOCKET]: Feature.WEB_SOCKET,
  // Required by its backends.
  [StreamProtocol.GRPC]: undefined,
};

/** By protocol of a server. */
export const FEATURE_OF_SERVER_PROTOCOL: Needs<ServerProtocol> = {
  [ServerProtocol.HTTP1]: undefined,
  [ServerProtocol.HTTP2]: Feature.HTTP2,
  [ServerProtocol.GRPC]: Feature.GRPC,
};

/** By kind of address that a backend has in addition to the shares. */
export const FEATURE_OF_ADDRESS: Needs<OwnAddress> = {
  [OwnAddress.HEADER]: Feature.OWN_ADDRESS,
  [OwnAddress.PATH]: Feature.OWN_ADDRESS,
  [OwnAddress.NONE]: undefined,
};

/** By scaling metric. Counting requests requires the balancer; CPU and memory utilization do not. */
export const FEATURE_OF_METRIC: Needs<ScalingMetric, never> = {
  [ScalingMetric.CPU]: Feature.AUTOSCALING,
  [ScalingMetric.MEMORY]: Feature.AUTOSCALING,
  [ScalingMetric.REQUESTS_PER_SECOND]: Feature.REQUEST_SCALING,
  [ScalingMetric.ONGOING_REQUESTS]: Feature.REQUEST_SCALING,
  [ScalingMetric.QUEUE_DEPTH]: Feature.QUEUE_SCALING,
  [ScalingMetric.GPU]: Feature.GPU_SCALING,
  [ScalingMetric.CUSTOM]: Feature.CUSTOM_SCALING,
  [ScalingMetric.QUERY]: Feature.QUERY_SCALING,
};

/** By kind of model delivery. */
export const FEATURE_OF_DELIVERY: Needs<ModelDeliveryKind> = {
  [ModelDeliveryKind.IN_IMAGE]: undefined,
  [ModelDeliveryKind.FETCH]: Feature.MODEL_FETCH,
  [ModelDeliveryKind.IMAGE_VOLUME]: Feature.MODEL_IMAGE_VOLUME,
  [ModelDeliveryKind.COPY]: Feature.MODEL_COPY,
  [ModelDeliveryKind.BAKED]: Feature.MODEL_BAKED,
  [ModelDeliveryKind.VOLUME]: Feature.MODEL_VOLUME,
};
