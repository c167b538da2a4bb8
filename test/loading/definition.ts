import type { Construct } from 'constructs';
import { Duration, HttpMethod, ModelServer, ScalingTarget, ServerImage, ServingEndpoint } from '../../src';

/** A definition that does not depend on a target. */
export function imageClassifier(scope: Construct): ServingEndpoint {
  const endpoint = new ServingEndpoint(scope, 'image classifier', {
    path: '/classify',
    methods: [HttpMethod.POST],
    requestTimeout: Duration.seconds(60),
  });
  const svm = endpoint.addBackend('SVM:v1', {
    image: ServerImage.fromRegistry('acme/svm:1.4.2'),
    server: ModelServer.wsgi({ app: 'app' }),
  });
  svm.autoscale({ minReplicas: 2, maxReplicas: 8, targets: [ScalingTarget.cpuUtilization(60)] });
  return endpoint;
}
