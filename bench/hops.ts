import { App, Chart } from 'cdk8s';
import { extension, ModelServer, ServerImage, ServingEndpoint, ServingPlatform } from '../src';

/** How many hops a plan evaluates for a number of endpoints, each with its own backend, behind one router. */
export function hopsEvaluated(endpoints: number): number {
  const chart = new Chart(new App(), 'fleet');
  for (let index = 0; index < endpoints; index++) {
    new ServingEndpoint(chart, `model-${index}`, { path: `/${index}` }).addBackend('v1', {
      image: ServerImage.fromRegistry('acme/model:1.0.0'),
      server: ModelServer.uvicorn({ app: 'app' }),
    });
  }
  return extension.TargetPlatform.planOf(ServingPlatform.of(chart))._hopsEvaluated;
}
