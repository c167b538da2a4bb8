/** Warnings about clients that the router trusts too much or too little are reported at synthesis. */
import { App, Chart } from 'cdk8s';
import { Intermediary, kubernetes, Warnings } from '../../src';
import { TargetRenderer } from '../../src/constructs/target-renderer';
import type { KubernetesPlatformProps } from '../../src/kubernetes';

const behind = [Intermediary.cloudFront(), Intermediary.nginx()];

function warningsOf(props: KubernetesPlatformProps, acknowledged: string[] = []): [id: string, message: string][] {
  const warn = jest.spyOn(TargetRenderer.prototype, 'warn').mockImplementation();
  try {
    const chart = new Chart(new App(), 'serving');
    const platform = new kubernetes.KubernetesPlatform(chart, 'Platform', props);
    for (const id of acknowledged) Warnings.of(chart).acknowledge(`serving-constructs:${id}`);
    platform.node.validate();
    return warn.mock.calls.map(([, id, message]) => [id, message]);
  } finally {
    warn.mockRestore();
  }
}

describe('an untrusted proxy in front of the router', () => {
  test('causes a warning', () => {
    const [name, other] = behind.map((hop) => hop._intent().name);
    expect(warningsOf({ behind })).toEqual([
      [
        'untrustedProxies',
        `'behind' declares '${name}' and '${other}' in front of the router, but 'trustedProxies' is not set: the router replaces the forwarded headers of '${name}' and '${other}', so servers see the address of the proxy as that of the client, and 'http' as the scheme; list the networks of the proxy in 'router.trustedProxies', or acknowledge this`,
      ],
    ]);
  });

  test('causes none once it is acknowledged', () => {
    expect(warningsOf({ behind }, ['untrustedProxies'])).toEqual([]);
  });

  test.each<[string, KubernetesPlatformProps]>([
    ['trusted', { behind, router: { trustedProxies: ['10.0.0.0/8'] } }],
    ['in front of a gateway', { behind, gateway: kubernetes.Gateway.fromName('gateway') }],
    ['absent', {}],
  ])('causes none if it is %s', (_, props) => {
    expect(warningsOf(props)).toEqual([]);
  });
});

describe('networks of trusted proxies', () => {
  test.each(['0.0.0.0/0', '::/0', '0.0.0.0/1', '2000::/3'])('are too wide: %s', (network) => {
    expect(warningsOf({ router: { trustedProxies: ['10.0.0.0/8', network] } })).toEqual([
      [
        `publicTrustedProxies.${network}`,
        `'trustedProxies[1]' ('${network}') contains public addresses, whose clients could forge their address, scheme and host and bypass the connection limit; list only the networks of your proxies, or acknowledge this`,
      ],
    ]);
  });

  test('are acknowledged one by one', () => {
    const router = { trustedProxies: ['0.0.0.0/0', '::/0'] };
    const left = warningsOf({ router }, ['publicTrustedProxies.::/0']);
    expect(left.map(([id]) => id)).toEqual(['publicTrustedProxies.0.0.0.0/0']);
  });

  test.each(['10.0.0.0/8', 'fc00::/7', '192.0.2.7', 'fd00::7'])('are fine: %s', (network) => {
    expect(warningsOf({ router: { trustedProxies: [network] } })).toEqual([]);
  });
});
