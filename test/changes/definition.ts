/** A definition as data, of which an edit changes one thing. */
import { Construct } from 'constructs';
import {
  type AutoscalingOptions,
  Backend,
  type BackendOptions,
  HealthCheck,
  ModelServer,
  ServerImage,
  ServingEndpoint,
  type ServingEndpointProps,
} from '../../src';

/** A header rule that refers to its backend by id. */
export interface HeaderRuleData {
  readonly header: string;
  readonly value: string;
  readonly backend?: string;
  readonly path?: string;
}

export interface EndpointData {
  readonly props?: ServingEndpointProps;
  /** The backends, in order of declaration. */
  readonly backends: { readonly [id: string]: Partial<BackendOptions> };
  /** The weights by backend. @default - equal shares */
  readonly weights?: { readonly [id: string]: number };
  readonly headerRules?: readonly HeaderRuleData[];
  readonly autoscale?: { readonly [id: string]: AutoscalingOptions };
  /** The ids of shared backends that it also uses. */
  readonly shares?: readonly string[];
  /** The construct that it is wrapped in. */
  readonly inside?: string;
}

/** A definition. The platform is implicit unless `platform` creates one. */
export interface DefinitionData {
  readonly endpoints: { readonly [id: string]: EndpointData };
  /** Backends outside of endpoints. */
  readonly shared?: { readonly [id: string]: Partial<BackendOptions> };
  readonly platform?: (scope: Construct) => void;
}

/** An edit of a definition. Both directions are checked. */
export interface Edit {
  readonly name: string;
  readonly from: DefinitionData;
  readonly to: DefinitionData;
  /** The target that supports both definitions. @default - both */
  readonly target?: 'aws' | 'kubernetes';
}

export const IMAGE = ServerImage.fromRegistry(`acme/svm@sha256:${'0a'.repeat(32)}`);

export const options = (change: Partial<BackendOptions> = {}): BackendOptions => ({
  image: IMAGE,
  server: ModelServer.wsgi({ app: 'app' }),
  healthCheck: HealthCheck.http('/healthz'),
  replicas: 2,
  ...change,
});

/** The definition that most edits start from: one endpoint with two backends. */
export const BASE: DefinitionData = {
  endpoints: { classifier: { props: { path: '/classify' }, backends: { svm: {}, resnet: {} } } },
};

/** The base with other options of its endpoint. */
export function withEndpoint(props: ServingEndpointProps, change: Partial<EndpointData> = {}): DefinitionData {
  const { classifier } = BASE.endpoints as { classifier: EndpointData };
  return { endpoints: { classifier: { ...classifier, props: { ...classifier.props, ...props }, ...change } } };
}

/** The base with other options of its first backend. */
export function withBackend(change: Partial<BackendOptions>): DefinitionData {
  return withEndpoint({}, { backends: { svm: change, resnet: {} } });
}

/** The edit from the base to other options of the endpoint. */
export const endpointEdit = (name: string, props: ServingEndpointProps, change: Partial<EndpointData> = {}): Edit => ({
  name,
  from: BASE,
  to: withEndpoint(props, change),
});

/** The edit from the base to other options of its first backend. */
export const backendEdit = (name: string, change: Partial<BackendOptions>): Edit => ({
  name,
  from: BASE,
  to: withBackend(change),
});

/** Declares a definition. */
export function define(scope: Construct, { endpoints, shared = {}, platform }: DefinitionData): void {
  platform?.(scope);
  const own = new Map(Object.entries(shared).map(([id, change]) => [id, new Backend(scope, id, options(change))]));
  const places = new Map<string, Construct>();
  for (const [id, data] of Object.entries(endpoints)) {
    const inside = data.inside ?? '';
    if (inside !== '' && !places.has(inside)) places.set(inside, new Construct(scope, inside));
    defineEndpoint(places.get(inside) ?? scope, id, data, own);
  }
}

function defineEndpoint(scope: Construct, id: string, data: EndpointData, shared: ReadonlyMap<string, Backend>): void {
  const endpoint = new ServingEndpoint(scope, id, data.props);
  const backends = new Map(
    Object.entries(data.backends).map(([name, change]) => {
      const scaling = data.autoscale?.[name];
      const { replicas, ...rest } = options(change);
      const backend = endpoint.addBackend(name, scaling === undefined ? { replicas, ...rest } : rest);
      if (scaling !== undefined) backend.autoscale(scaling);
      return [name, backend];
    }),
  );
  for (const name of data.shares ?? []) {
    const backend = shared.get(name) as Backend;
    endpoint.attachBackend(backend);
    backends.set(name, backend);
  }
  const { weights, headerRules = [] } = data;
  if (weights === undefined && headerRules.length === 0) return;
  endpoint.splitTraffic({
    ...(weights !== undefined && {
      shares: Object.entries(weights).map(([name, weight]) => ({ backend: backends.get(name) as Backend, weight })),
    }),
    headerRules: headerRules.map(({ backend, ...rule }) => ({
      ...rule,
      ...(backend !== undefined && { backend: backends.get(backend) as Backend }),
    })),
  });
}
