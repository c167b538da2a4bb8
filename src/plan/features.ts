import { LoadBalancing, OwnAddress, StreamProtocol } from './choices';
import { ScalingMetric } from './intents/autoscaling';
import { ModelDeliveryKind } from './intents/model';
import { Feature } from './target-profile';

/** What a target must be able to do for each choice of a definition; none where there is nothing to do. */
type Needs<Choice extends string, None = undefined> = { readonly [choice in Choice]: Feature | None };

/** For each way to choose a replica. */
export const FEATURE_OF_BALANCING: Needs<LoadBalancing, never> = {
  [LoadBalancing.ROUND_ROBIN]: Feature.ROUND_ROBIN,
  [LoadBalancing.LEAST_OUTSTANDING_REQUESTS]: Feature.LEAST_OUTSTANDING,
};

/** For each kind of streams. Answers that come in parts are plain HTTP. */
export const FEATURE_OF_PROTOCOL: Needs<StreamProtocol> = {
  [StreamProtocol.SERVER_SENT_EVENTS]: undefined,
  [StreamProtocol.WEB_SOCKET]: Feature.WEB_SOCKET,
  [StreamProtocol.GRPC]: Feature.GRPC,
};

/** For each address of a backend beside the shares. */
export const FEATURE_OF_ADDRESS: Needs<OwnAddress> = {
  [OwnAddress.HEADER]: Feature.OWN_ADDRESS,
  [OwnAddress.PATH]: Feature.OWN_ADDRESS,
  [OwnAddress.NONE]: undefined,
};

/** For each measure of an autoscaler. Counting requests needs the balancer; the use of processors and memory does not. */
export const FEATURE_OF_METRIC: Needs<ScalingMetric, never> = {
  [ScalingMetric.CPU]: Feature.AUTOSCALING,
  [ScalingMetric.MEMORY]: Feature.AUTOSCALING,
  [ScalingMetric.REQUESTS_PER_SECOND]: Feature.REQUEST_SCALING,
  [ScalingMetric.ONGOING_REQUESTS]: Feature.REQUEST_SCALING,
};

/** For each way in which a model is delivered. */
export const FEATURE_OF_DELIVERY: Needs<ModelDeliveryKind> = {
  [ModelDeliveryKind.IN_IMAGE]: undefined,
  [ModelDeliveryKind.FETCH]: Feature.MODEL_FETCH,
  [ModelDeliveryKind.IMAGE_VOLUME]: Feature.MODEL_IMAGE_VOLUME,
  [ModelDeliveryKind.COPY]: Feature.MODEL_COPY,
  [ModelDeliveryKind.BAKED]: Feature.MODEL_BAKED,
  [ModelDeliveryKind.VOLUME]: Feature.MODEL_VOLUME,
};
