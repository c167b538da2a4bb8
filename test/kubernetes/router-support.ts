import { CONFIG_FILE, type RouterFiles, renderHaproxy } from '../../src/kubernetes/private/router/haproxy';
import type { HaproxyOptions } from '../../src/kubernetes/private/router/options';
import { routerProfile } from '../../src/kubernetes/private/router/profile';
import { withWorkloads } from '../../src/kubernetes/private/workload-capabilities';
import type { ServingPlan } from '../../src/plan/plan';
import { testPlatform } from '../support/definitions';

/** The target profile of the built-in router. */
export const TARGET = withWorkloads(routerProfile(30));

const OPTIONS: HaproxyOptions = { clusterDomain: 'cluster.local', replicas: 2, port: 8080, adminPort: 8404 };

/** A platform in its own tree, with a plan for the router. */
export function routerPlatform() {
  return testPlatform({ target: TARGET });
}

/** The files of the router for a plan. */
export function render(plan: ServingPlan, change: Partial<HaproxyOptions> = {}): RouterFiles {
  return renderHaproxy(plan, { ...OPTIONS, ...change });
}

/** The configuration of the router for a plan. */
export function configurationOf(plan: ServingPlan): string {
  return render(plan)[CONFIG_FILE] as string;
}
