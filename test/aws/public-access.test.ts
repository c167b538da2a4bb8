import { App, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { type AttachBackendOptions, type BackendOptions, ServingEndpoint, Warnings } from '../../src';
import { EcsEndpoint, EcsPlatform, type EcsPlatformProps } from '../../src/aws';
import { OwnAddress } from '../../src/plan/choices';
import { type Data, object } from '../support/data';
import { backendOptions } from '../support/definitions';

const ARN = 'arn:aws:acm:eu-west-1:123456789012:certificate/a';

/** An endpoint with a stable backend and a dark one. */
function definitionOf(props: EcsPlatformProps, change: Partial<BackendOptions> = {}, behind?: AttachBackendOptions) {
  const stack = new Stack(new App(), 'Serving');
  const certificate = Certificate.fromCertificateArn(stack, 'Certificate', ARN);
  const platform = new EcsPlatform(stack, 'Platform', { certificate, ...props });
  const endpoint = new ServingEndpoint(stack, 'endpoint');
  const stable = endpoint.addBackend('stable', backendOptions(change));
  const dark = endpoint.addBackend('dark', backendOptions(change));
  if (behind !== undefined) {
    const other = new ServingEndpoint(stack, 'other', { path: '/other' });
    other.attachBackend(dark, behind);
  }
  endpoint.splitTraffic({ shares: [{ backend: stable, weight: 1 }] });
  return { stack, platform, endpoint, dark };
}

const rulesOf = (endpoint: ServingEndpoint): string[] => EcsEndpoint.of(endpoint).rules.map(({ node }) => node.id);
const warningsOf = (stack: Stack) =>
  Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('publicBackendAddress'));

describe('a dark backend', () => {
  test.each<[string, EcsPlatformProps, Partial<BackendOptions>, string[], number]>([
    ['of an internal load balancer', {}, {}, ['Own-stable', 'Own-dark'], 0],
    ['of a public one', { publicAccess: true }, {}, [], 0],
    [
      'of a public one, asked for',
      { publicAccess: true },
      { ownAddress: OwnAddress.HEADER },
      ['Own-stable', 'Own-dark'],
      2,
    ],
    [
      'of a public one, asked for as a path',
      { publicAccess: true },
      { ownAddress: OwnAddress.PATH },
      ['Own-stable', 'Own-dark'],
      2,
    ],
    ['of an internal one, left out', {}, { ownAddress: OwnAddress.NONE }, [], 0],
  ])('%s has these rules of its own', (_, props, change, rules, warnings) => {
    const { stack, endpoint } = definitionOf(props, change);
    expect(rulesOf(endpoint).filter((id) => id.startsWith('Own-'))).toEqual(rules);
    expect(warningsOf(stack)).toHaveLength(warnings);
  });

  test('of a public load balancer has no address to ask for', () => {
    const { endpoint, dark } = definitionOf({ publicAccess: true });
    expect(() => endpoint.addressOf(dark)).toThrow(
      "[NoAddress] backend 'dark' has no own address at endpoint 'endpoint', because the load balancer is public; set 'ownAddress' (OwnAddress.HEADER) to give it one (at Serving/endpoint)",
    );
  });

  test('of a public load balancer has no address where that is denied', () => {
    const { endpoint, dark } = definitionOf({ publicAccess: true }, { ownAddress: OwnAddress.NONE });
    expect(() => endpoint.addressOf(dark)).toThrow(
      "[NoAddress] backend 'dark' has no own address ('ownAddress' is OwnAddress.NONE) at endpoint 'endpoint'",
    );
  });

  test('of a public load balancer may have one at one endpoint alone', () => {
    const { stack, endpoint } = definitionOf({ publicAccess: true }, {}, { ownAddress: OwnAddress.HEADER });
    expect(rulesOf(endpoint)).toEqual(['Shares']);
    expect(warningsOf(stack).map(({ id }) => id)).toEqual(['/Serving/other']);
  });

  test('warns until that is acknowledged', () => {
    const { stack } = definitionOf({ publicAccess: true }, { ownAddress: OwnAddress.HEADER });
    Warnings.of(stack).acknowledge('serving-constructs:publicBackendAddress.dark', 'a preview for everybody');
    expect(warningsOf(stack).map(({ entry }) => String(entry.data).split('[')[0])).toEqual([
      "backend 'stable' of endpoint 'endpoint' can be called from the internet at its own address, regardless of its share; omit 'ownAddress', or acknowledge this warning ",
    ]);
  });
});

test('a public load balancer has room for more endpoints, because it has fewer rules', () => {
  const refusalsOf = (publicAccess: boolean) => {
    // Two endpoints of one backend each need 2 shares, 2 anchors, and 2 own addresses where they have some.
    const stack = new Stack(new App(), 'Serving');
    const certificate = Certificate.fromCertificateArn(stack, 'Certificate', ARN);
    const platform = new EcsPlatform(stack, 'Platform', { certificate, publicAccess, ruleQuota: 5 });
    for (const name of ['a', 'b'])
      new ServingEndpoint(stack, name, { path: `/${name}` }).addBackend('v1', backendOptions());
    return platform.plan().refusals.map(({ code }) => code);
  };
  expect(refusalsOf(true)).toEqual([]);
  expect(refusalsOf(false)).toEqual(['TooManyRules']);
});

/** The resources of a definition, by logical id. */
function resourcesOf(props: EcsPlatformProps): Record<string, Data> {
  return Template.fromStack(definitionOf(props).stack).toJSON().Resources;
}

test('publicAccess changes nothing of what carries requests but the load balancer itself', () => {
  const [before, after] = [resourcesOf({}), resourcesOf({ publicAccess: true })];
  const gone = Object.keys(before).filter((id) => !(id in after));
  expect(gone.every((id) => /Own(stable|dark)/.test(id))).toBe(true);
  expect(gone).toHaveLength(2);
  expect(Object.keys(after).filter((id) => !(id in before))).toEqual([]);
  const changed = Object.keys(after).filter((id) => JSON.stringify(before[id]) !== JSON.stringify(after[id]));
  const kinds = changed.map((id) => object(after[id]).Type);
  expect(kinds.sort()).toEqual(['AWS::EC2::SecurityGroup', 'AWS::ElasticLoadBalancingV2::LoadBalancer']);
});
