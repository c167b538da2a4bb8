import { App, Chart, type ChartProps } from 'cdk8s';
import type { BackendOptions } from '../../src/constructs/backend-options';
import type { ServingEndpointProps } from '../../src/constructs/endpoint-options';
import { ServingEndpoint } from '../../src/constructs/serving-endpoint';
import { KubernetesPlatform, type KubernetesPlatformProps } from '../../src/kubernetes';
import { backendOptions } from '../support/definitions';
import { checkManifests } from '../support/manifests';

/** Parsed JSON, untyped. */
type Json = ReturnType<typeof JSON.parse>;

/** A rendered manifest. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Record<string, string>;
    readonly annotations?: Record<string, string>;
  };
  readonly spec: Json;
  readonly [part: string]: Json;
}

/** A chart in its own app. */
export function newChart(props: ChartProps = {}): Chart {
  return new Chart(new App(), 'serving', props);
}

/** A chart with one endpoint `digits` and its backend `svm`. */
export function oneBackend(
  options: Partial<BackendOptions> = {},
  props: ServingEndpointProps = {},
  platform?: KubernetesPlatformProps,
) {
  const chart = newChart();
  if (platform !== undefined) new KubernetesPlatform(chart, 'Platform', platform);
  const endpoint = new ServingEndpoint(chart, 'digits', props);
  const backend = endpoint.addBackend('svm', backendOptions(options));
  return { chart, endpoint, backend };
}

/** The manifests of a chart. Any finding of the checks fails the test. */
export function manifestsOf(chart: Chart, external: string[] = []): Manifest[] {
  const manifests = chart.toJson();
  expect(checkManifests(manifests, { external })).toEqual([]);
  return manifests;
}

/** The only object with a kind and a name. */
export function findObject(manifests: Manifest[], kind: string, name: string): Manifest {
  const found = manifests.filter((manifest) => manifest.kind === kind && manifest.metadata.name === name);
  expect(found).toHaveLength(1);
  return found[0] as Manifest;
}

/** The Pod of the only backend. */
export function podOf(options: Partial<BackendOptions> = {}, external: string[] = []) {
  const { chart } = oneBackend(options);
  const { spec } = findObject(manifestsOf(chart, external), 'Deployment', 'digits-svm');
  return spec.template.spec;
}

/** The server container of the only backend. */
export function serverOf(options: Partial<BackendOptions> = {}, external: string[] = []) {
  return podOf(options, external).containers[0];
}
