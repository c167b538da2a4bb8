/** The user's own router image is checked against the safe releases of HAProxy. */
import { App, Chart } from 'cdk8s';
import { kubernetes } from '../../src';
import { TargetRenderer } from '../../src/constructs/target-renderer';
import { ROUTER_IMAGE, routerImageProblem } from '../../src/kubernetes/private/router/image';

const DIGEST = `sha256:${'b'.repeat(64)}`;

test.each([
  ROUTER_IMAGE,
  'haproxy:3.0.28-alpine',
  'haproxy:3.0.100',
  'docker.io/library/haproxy:3.2.26',
  'haproxytech/haproxy-alpine:3.4.6',
  'haproxy:3.5.0',
  'haproxy:4.0.0',
  // Their version is unknown.
  'haproxy:3.0-alpine',
  'haproxy:lts',
  `haproxy@${DIGEST}`,
  'registry.example.com/platform/router:2.4.1',
  'jcmoraisjr/haproxy-ingress:0.14.7',
])('%s is accepted', (reference) => {
  expect(routerImageProblem(reference)).toBeUndefined();
});

test.each([
  ['haproxy:3.0.11-alpine', '3.0.11', '3.0.28'],
  [`haproxy:3.0.27-alpine@${DIGEST}`, '3.0.27', '3.0.28'],
  ['registry.example.com/mirror/haproxy:3.2.23-alpine3.24', '3.2.23', '3.2.24'],
  ['haproxy:2.6.12', '2.6.12', '2.6.34'],
  ['haproxy:v2.8.3', '2.8.3', '2.8.29'],
  ['haproxytech/haproxy-debian:3.4.4', '3.4.4', '3.4.5'],
  // A branch that is no longer maintained.
  ['haproxy:3.1.99', '3.1.99', '3.4.5'],
])('%s is vulnerable', (reference, version, required) => {
  expect(routerImageProblem(reference)).toEqual({ kind: 'vulnerable', version, required });
});

test.each([
  ['haproxy:2.5.14-alpine', '2.5.14'],
  ['haproxy:1.9.16', '1.9.16'],
])('%s is unsupported', (reference, version) => {
  expect(routerImageProblem(reference)).toEqual({ kind: 'unsupported', version, required: '2.6' });
});

describe('a platform', () => {
  const warningsOf = (image: string) => {
    const warn = jest.spyOn(TargetRenderer.prototype, 'warn').mockImplementation();
    try {
      const chart = new Chart(new App(), 'serving');
      new kubernetes.KubernetesPlatform(chart, 'Platform', { router: { image } }).node.validate();
      return warn.mock.calls.map(([scope, id, message]) => [scope.node.path, id, message]);
    } finally {
      warn.mockRestore();
    }
  };

  test('warns once about a vulnerable router', () => {
    expect(warningsOf('haproxy:3.0.11-alpine')).toEqual([
      [
        'serving/Platform',
        'routerImage',
        "'router.image' ('haproxy:3.0.11-alpine') is HAProxy 3.0.11, which has known request smuggling vulnerabilities; use 3.0.28 or newer, or omit 'router.image'",
      ],
    ]);
  });

  test('does not warn about a safe one', () => {
    expect(warningsOf('haproxy:3.2.26-alpine')).toEqual([]);
  });
});
