import { type App, Chart } from 'cdk8s';
import { kubernetes } from 'serving-constructs';
import type { FleetPlatform } from '../fleet';
import { addEndpoint } from './endpoint';

/** The fleet on Kubernetes, written with this package. */
export function build(app: App, fleet: FleetPlatform[]): void {
  for (const { name, groups } of fleet) {
    const platform = new kubernetes.KubernetesPlatform(new Chart(app, name), 'Platform');
    for (const group of groups) {
      const chart = new Chart(app, group.name);
      for (const endpoint of group.endpoints) addEndpoint(chart, platform, endpoint);
    }
  }
}
