import { HttpMethod } from '../../src/constructs/endpoint-options';
import { renderHaproxy } from '../../src/kubernetes/private/router/haproxy';
import { routerProfile } from '../../src/kubernetes/private/router/profile';
import { withWorkloads } from '../../src/kubernetes/private/workload-capabilities';
import { backendOptions, endpointOn, testPlatform } from '../../test/support/definitions';
import type { Files } from './measure';

/** The files of the router for endpoints with two methods and a removed prefix; every second one has two backends. */
export function ourFiles(endpoints: number): Files {
  const platform = testPlatform({ target: withWorkloads(routerProfile(30)) });
  for (let index = 0; index < endpoints; index++) {
    const endpoint = endpointOn(platform, `model-${index}`, {
      path: `/team-${index % 10}/model-${index}`,
      methods: [HttpMethod.GET, HttpMethod.POST],
      stripPrefix: true,
    });
    const first = endpoint.addBackend('v1', backendOptions());
    if (!hasTwo(index)) continue;
    const second = endpoint.addBackend('v2', backendOptions());
    endpoint.splitTraffic({
      shares: [
        { backend: first, weight: 9 },
        { backend: second, weight: 1 },
      ],
    });
  }
  const options = { clusterDomain: 'cluster.local', replicas: 1, port: 8080, adminPort: 8404 };
  return renderHaproxy(platform.plan(), options);
}

/** Whether the endpoint with this number has two backends. */
export function hasTwo(index: number): boolean {
  return index % 2 === 0;
}
