import { changed } from './change';
import { account, type Case, configMap, hpa, pdb, policy, secret, service } from './kubernetes-fixture';
import { checkManifest } from './kubernetes-models';

const brokenOthers: readonly (readonly [object, ...Case])[] = [
  [service, 'a name that starts with a digit', { 'metadata.name': '1-app' }, /DNS-1035/],
  [service, 'no port', { 'spec.ports': [] }, /spec\.ports: required/],
  [service, 'ports without names', { 'spec.ports[1]': { port: 81 } }, /required with several ports/],
  [service, 'two ports with the same name', { 'spec.ports[1]': { name: 'http', port: 81 } }, /two ports/],
  [service, 'a duplicate port', { 'spec.ports[1]': { name: 'b', port: 80 } }, /is a duplicate/],
  [service, 'a port out of range', { 'spec.ports[0].port': 0 }, /from 1 to 65535/],
  [service, 'a target name that is too long', { 'spec.ports[0].targetPort': 'a-very-long-port' }, /longer than 15/],
  [
    service,
    'a headless load balancer',
    { 'spec.clusterIP': 'None', 'spec.type': 'LoadBalancer' },
    /None is not allowed/,
  ],
  [service, 'an unknown type', { 'spec.type': 'Public' }, /none of/],
  [service, 'a node port for a ClusterIP', { 'spec.ports[0].nodePort': 30000 }, /not allowed with type ClusterIP/],
  [hpa, 'no target', { 'spec.scaleTargetRef': undefined }, /required/],
  [hpa, 'no maximum', { 'spec.maxReplicas': undefined }, /required/],
  [hpa, 'a maximum below the minimum', { 'spec.maxReplicas': 1 }, /less than minReplicas/],
  [hpa, 'a minimum of 0', { 'spec.minReplicas': 0 }, /less than 1/],
  [hpa, 'a metric without a source', { 'spec.metrics[0].resource': undefined }, /exactly resource/],
  [hpa, 'a metric with another source', { 'spec.metrics[0].type': 'Pods' }, /exactly pods/],
  [
    hpa,
    'a target without a value',
    { 'spec.metrics[0].resource.target': { type: 'Utilization' } },
    /exactly averageUtilization/,
  ],
  [hpa, 'a target of 0', { 'spec.metrics[0].resource.target.averageUtilization': 0 }, /must be positive/],
  [hpa, 'a window longer than an hour', { 'spec.behavior.scaleDown.stabilizationWindowSeconds': 3601 }, /0 to 3600/],
  [
    hpa,
    'a period longer than half an hour',
    { 'spec.behavior.scaleDown.policies[0].periodSeconds': 1801 },
    /1 to 1800/,
  ],
  [hpa, 'a policy of 0', { 'spec.behavior.scaleDown.policies[0].value': 0 }, /must be positive/],
  [hpa, 'a negative tolerance', { 'spec.behavior.scaleDown.tolerance': '-1' }, /negative/],
  [pdb, 'both bounds', { 'spec.minAvailable': 1 }, /exactly one of minAvailable/],
  [pdb, 'no bound', { 'spec.maxUnavailable': undefined }, /has none/],
  [pdb, 'an invalid bound', { 'spec.maxUnavailable': '50' }, /neither a count/],
  [pdb, 'an unknown policy', { 'spec.unhealthyPodEvictionPolicy': 'Never' }, /none of/],
  [pdb, 'no selector', { 'spec.selector': undefined }, /covers nothing/],
  [configMap, 'more than a mebibyte', { 'data.a': 'x'.repeat(1024 * 1024 + 1) }, /more than 1048576/],
  [configMap, 'an invalid key', { "data['a/b']": 'x' }, /not a key/],
  [configMap, 'a key in both maps', { 'binaryData.a': 'AAAA' }, /is a duplicate/],
  [configMap, 'data that is not base64', { 'binaryData.b': '?' }, /not base64/],
  [configMap, 'a number', { 'data.b': 1 }, /1 is not a string/],
  [account, 'an invalid name', { 'metadata.name': 'a b' }, /DNS-1123/],
  [
    policy,
    'a peer with both an IP block and selectors',
    { 'spec.ingress[0].from[0].podSelector': {} },
    /either ipBlock or selectors/,
  ],
  [policy, 'an invalid block', { 'spec.ingress[0].from[0].ipBlock.cidr': '10.0.0.0' }, /block of addresses/],
  [service, 'no external name', { 'spec.type': 'ExternalName' }, /externalName: required/],
  [
    service,
    'a traffic policy for a ClusterIP',
    { 'spec.externalTrafficPolicy': 'Local' },
    /not allowed with type ClusterIP/,
  ],
  [
    service,
    'stickiness without affinity',
    { 'spec.sessionAffinityConfig.clientIP.timeoutSeconds': 60 },
    /needs sessionAffinity/,
  ],
  [
    service,
    'stickiness longer than a day',
    { 'spec.sessionAffinity': 'ClientIP', 'spec.sessionAffinityConfig.clientIP.timeoutSeconds': 86401 },
    /1 to 86400/,
  ],
  [service, 'an invalid application protocol', { 'spec.ports[0].appProtocol': 'h 2' }, /qualified name/],
  [secret, 'data that is not base64', { 'data.value': 'secret!' }, /not base64/],
  [secret, 'more than a mebibyte', { 'data.value': 'A'.repeat(4 * 349528) }, /more than 1048576/],
  [policy, 'an invalid port name', { 'spec.ingress[0].ports[0].port': 'Http' }, /not a port name/],
  [policy, 'a range that ends before it starts', { 'spec.ingress[0].ports[0].endPort': 7999 }, /less than port 8000/],
  [
    policy,
    'an invalid peer label',
    { 'spec.ingress[0].from[0]': { podSelector: { matchLabels: { a: 'b c' } } } },
    /label value/,
  ],
];

describe('checkManifest for objects without Pods', () => {
  test.each(
    [service, hpa, pdb, configMap, secret, account, policy].map((o) => [o.kind, o] as const),
  )('accepts a %s', (_kind, o) => {
    expect(checkManifest(o)).toEqual([]);
  });

  test.each(
    brokenOthers.map(([o, what, ...rest]) => [`${Reflect.get(o, 'kind')} ${what}`, o, ...rest] as const),
  )('finds in a %s', (_what, o, changes, finding) => {
    expect(checkManifest(changed(o, changes)).join('\n')).toMatch(finding);
  });

  test.each([
    ['an unknown kind', { apiVersion: 'v1', kind: 'Deployment', metadata: { name: 'a' } }],
    ['a namespace on a Namespace', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a', namespace: 'b' } }],
    ['no metadata', { apiVersion: 'v1', kind: 'ServiceAccount' }],
    ['a value that is not an object', null],
  ])('refuses %s', (_what, o) => {
    expect(checkManifest(o)).not.toEqual([]);
  });
});
