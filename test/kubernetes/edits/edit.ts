import { App, Chart, type ChartProps } from 'cdk8s';
import type { AutoscalingOptions } from '../../../src/constructs/autoscaling-policy';
import type { Backend } from '../../../src/constructs/backend';
import type { BackendOptions } from '../../../src/constructs/backend-options';
import type { ServingEndpointProps } from '../../../src/constructs/endpoint-options';
import { ServingEndpoint } from '../../../src/constructs/serving-endpoint';
import { Gateway, GatewayProfile, KubernetesPlatform, type KubernetesPlatformProps } from '../../../src/kubernetes';
import type { Data } from '../../support/data';
import { backendOptions } from '../../support/definitions';

/** What routes the requests. */
export type Routing = 'router' | 'gateway';

/** The parts of a definition that edits add to. */
export interface Parts {
  readonly chart: Chart;
  readonly endpoint: ServingEndpoint;
  readonly backend: Backend;
}

/** One state of a definition: an endpoint `digits` with the backend `svm`, and what differs from that. */
export interface State {
  readonly backend?: Partial<BackendOptions>;
  readonly endpoint?: ServingEndpointProps;
  readonly autoscale?: AutoscalingOptions;
  readonly platform?: KubernetesPlatformProps;
  readonly chart?: ChartProps;
  /** The ids of the chart, the endpoint and the backend. @default - serving, digits and svm */
  readonly ids?: readonly [chart: string, endpoint: string, backend: string];
  /** Declarations after those. */
  readonly more?: (parts: Parts) => void;
}

/** The findings that an edit may have: a pattern, and why it cannot do without, or what the user does. */
export type Allowed = readonly (readonly [finding: RegExp, reason: string])[];

/** Two states that are one edit apart. Both directions are edits. */
export interface Edit {
  readonly name: string;
  /** The options that it sets, as `BackendOptions.replicas`. */
  readonly options?: readonly string[];
  /** @default - the minimal definition */
  readonly from?: State;
  readonly to: State;
  /** Whether it replaces the Pods of `digits-svm`, in both directions. @default false */
  readonly pods?: boolean;
  /** @default - both */
  readonly routing?: Routing;
  readonly forth?: Allowed;
  readonly back?: Allowed;
}

const GATEWAY = { gateway: Gateway.fromName('public', { profile: GatewayProfile.ENVOY_GATEWAY }) };

/** The manifests of a state, in the order of the file. */
export function manifestsIn(state: State, routing: Routing): Data[] {
  const [chartId, endpointId, backendId] = state.ids ?? ['serving', 'digits', 'svm'];
  const chart = new Chart(new App(), chartId, state.chart);
  new KubernetesPlatform(chart, 'Platform', { ...(routing === 'gateway' && GATEWAY), ...state.platform });
  const endpoint = new ServingEndpoint(chart, endpointId, { path: '/digits', ...state.endpoint });
  const backend = endpoint.addBackend(backendId, backendOptions(state.backend));
  if (state.autoscale !== undefined) backend.autoscale(state.autoscale);
  state.more?.({ chart, endpoint, backend });
  return chart.toJson();
}

/** An edit of one option of the backend. */
export function backendEdit(
  option: keyof BackendOptions,
  value: Partial<BackendOptions>,
  rest: Partial<Edit> = {},
): Edit {
  return {
    name: `backend ${option}`,
    options: [`BackendOptions.${option}`],
    to: { backend: value },
    pods: true,
    ...rest,
  };
}

/** An edit of one option of the endpoint. */
export function endpointEdit(
  option: keyof ServingEndpointProps,
  value: ServingEndpointProps,
  rest: Partial<Edit> = {},
): Edit {
  return { name: `endpoint ${option}`, options: [`ServingEndpointProps.${option}`], to: { endpoint: value }, ...rest };
}

/** What leaves the manifests stays in the cluster until it is pruned. */
export const PRUNE = 'nothing is deleted by an apply; prune after the rollout, as docs/kubernetes.md describes';

/** Other names are other objects. */
export const OTHER_NAMES =
  'other names are other objects; apply the backends first and wait, as docs/kubernetes.md describes';
