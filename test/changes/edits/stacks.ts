/** Edits of the stacks that platform, backends and endpoints are in. AWS only. */
import { type App, Stack } from 'aws-cdk-lib';
import {
  aws,
  Backend,
  type BackendOptions,
  HttpMethod,
  ServingEndpoint,
  type ServingEndpointProps,
} from '../../../src';
import { options } from '../definition';

/** An app of three stacks. */
interface Layout {
  readonly names?: { readonly [part in 'shared' | 'models' | 'routes']?: string };
  readonly stackName?: string;
  readonly backends?: { readonly [id: string]: Partial<BackendOptions> };
  readonly endpoint?: ServingEndpointProps;
  readonly weights?: readonly number[];
}

/** An edit of the stacks of an app. Both directions are checked. */
export interface StackEdit {
  readonly name: string;
  readonly from: Layout;
  readonly to: Layout;
}

export function declareStacks(
  app: App,
  { names = {}, stackName, backends = { svm: {}, resnet: {} }, ...more }: Layout,
): void {
  const shared = new Stack(app, names.shared ?? 'Shared');
  const models = new Stack(app, names.models ?? 'Models', { stackName });
  const routes = new Stack(app, names.routes ?? 'Routes');
  const platform = new aws.EcsPlatform(shared, 'Platform');
  const endpoint = new ServingEndpoint(routes, 'classifier', { platform, path: '/classify', ...more.endpoint });
  const all = Object.entries(backends).map(([id, change]) => new Backend(models, id, { ...options(change), platform }));
  for (const backend of all) endpoint.attachBackend(backend);
  if (more.weights === undefined) return;
  endpoint.splitTraffic({
    shares: all.map((backend, index) => ({ backend, weight: more.weights?.[index] as number })),
  });
}

export const STACK_EDITS: readonly StackEdit[] = [
  {
    name: 'the image of a backend in its own stack',
    from: {},
    to: { backends: { svm: { environment: { A: 'b' } }, resnet: {} } },
  },
  { name: 'the port of a backend in its own stack', from: {}, to: { backends: { svm: { port: 9000 }, resnet: {} } } },
  { name: 'a third backend in its own stack', from: {}, to: { backends: { svm: {}, resnet: {}, vit: {} } } },
  { name: 'weights across stacks', from: { weights: [9, 1] }, to: { weights: [1, 9] } },
  { name: 'the path of an endpoint in its own stack', from: {}, to: { endpoint: { path: '/images' } } },
  {
    name: 'a method of an endpoint in its own stack',
    from: {},
    to: { endpoint: { path: '/classify', methods: [HttpMethod.POST] } },
  },
  { name: 'the id of the stack of the endpoint', from: {}, to: { names: { routes: 'Other' } } },
  { name: 'the id of the stack of the backends', from: {}, to: { names: { models: 'Other' } } },
  { name: 'the id of the stack of the platform', from: {}, to: { names: { shared: 'Other' } } },
  { name: 'the name of the stack of the backends', from: {}, to: { stackName: 'models' } },
];
