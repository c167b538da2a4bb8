import { App, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { type AttachBackendOptions, type BackendOptions, ServingEndpoint, Warnings } from '../../src';
import { EcsEndpoint, EcsPlatform, type EcsPlatformProps } from '../../src/aws';
import { OwnAddress } from '../../src/plan/choices';
import { type Data, object } from '../support/data';
import { backendOptions } from '../support/definitions';

const ARN = 'arn:aws:acm:eu-west-1:123456789012:certificate/a';

/** An endpoint with a stable backend and one without a share. */
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

describe('a backend without a share', () => {
  test.each<[string, EcsPlatformProps, Partial<BackendOptions>, string[], number]>([
    ['behind an internal load balancer', {}, {}, ['Own-stable', 'Own-dark'], 0],
    ['behind a public one', { publicAccess: true }, {}, [], 0],
    [
      'behind a public one, with a header address',
      { publicAccess: true },
      { ownAddress: OwnAddress.HEADER },
      ['Own-stable', 'Own-dark'],
      2,
    ],
    [
      'behind a public one, with a path address',
      { publicAccess: true },
      { ownAddress: OwnAddress.PATH },
      ['Own-stable', 'Own-dark'],
      2,
    ],
    ['behind an internal one, with the address disabled', {}, { ownAddress: OwnAddress.NONE }, [], 0],
  ])('%s has the expected rules and warnings', (_, props, change, rules, warnings) => {
    const { stack, endpoint } = definitionOf(props, change);
    expect(rulesOf(endpoint).filter((id) => id.startsWith('Own-'))).toEqual(rules);
    expect(warningsOf(stack)).toHaveLength(warnings);
  });

  test('behind a public load balancer has no address by default', () => {
    const { endpoint, dark } = definitionOf({ publicAccess: true });
    expect(() => endpoint.addressOf(dark)).toThrow(
      "[NoAddress] backend 'dark' has no own address at endpoint 'endpoint', because the load balancer is public; set 'ownAddress' (OwnAddress.HEADER) to give it one (at Serving/endpoint)",
    );
  });

  test('behind a public load balancer has no address if it is disabled', () => {
    const { endpoint, dark } = definitionOf({ publicAccess: true }, { ownAddress: OwnAddress.NONE });
    expect(() => endpoint.addressOf(dark)).toThrow(
      "[NoAddress] backend 'dark' has no own address ('ownAddress' is OwnAddress.NONE) at endpoint 'endpoint'",
    );
  });

  test('behind a public load balancer can have an address at one endpoint only', () => {
    const { stack, endpoint } = definitionOf({ publicAccess: true }, {}, { ownAddress: OwnAddress.HEADER });
    expect(rulesOf(endpoint)).toEqual(['Shares']);
    expect(warningsOf(stack).map(({ id }) => id)).toEqual(['/Serving/other']);
  });

  test('has a warning until it is acknowledged', () => {
    const { stack } = definitionOf({ publicAccess: true }, { ownAddress: OwnAddress.HEADER });
    Warnings.of(stack).acknowledge('serving-constructs:publicBackendAddress.dark', 'a preview for everybody');
    expect(warningsOf(stack).map(({ entry }) => String(entry.data).split('[')[0])).toEqual([
      "backend 'stable' of endpoint 'endpoint' can be called from the internet at its own address, regardless of its share; omit 'ownAddress', or acknowledge this warning ",
    ]);
  });
});

test('a public load balancer supports more endpoints, because each needs fewer rules', () => {
  const refusalsOf = (publicAccess: boolean) => {
    // Two endpoints with one backend each need 2 rules for shares, 2 anchors, and 2 for addresses if they have any.
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

test('publicAccess changes only the load balancer, its security group and the rules of backend addresses', () => {
  const [before, after] = [resourcesOf({}), resourcesOf({ publicAccess: true })];
  const removed = Object.keys(before).filter((id) => !(id in after));
  expect(removed.every((id) => /Own(stable|dark)/.test(id))).toBe(true);
  expect(removed).toHaveLength(2);
  expect(Object.keys(after).filter((id) => !(id in before))).toEqual([]);
  const changed = Object.keys(after).filter((id) => JSON.stringify(before[id]) !== JSON.stringify(after[id]));
  const kinds = changed.map((id) => object(after[id]).Type);
  expect(kinds.sort()).toEqual(['AWS::EC2::SecurityGroup', 'AWS::ElasticLoadBalancingV2::LoadBalancer']);
});
