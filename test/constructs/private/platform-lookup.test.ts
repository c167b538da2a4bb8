import { App as CdkApp, Lazy, NestedStack, Stack, Stage, Token } from 'aws-cdk-lib';
import { App as Cdk8sApp, Chart } from 'cdk8s';
import { Construct, RootConstruct } from 'constructs';
import { EcsPlatform } from '../../../src/aws';
import { ServingEndpoint } from '../../../src/constructs/serving-endpoint';
import { ServingPlatform } from '../../../src/constructs/serving-platform';
import { KubernetesPlatform } from '../../../src/kubernetes';
import { Duration } from '../../../src/units/duration';
import { backendOptions } from '../../support/definitions';
import { TestPlatform } from '../../support/test-platform';

const stack = () => new Stack(new CdkApp(), 'Serving');
const chart = () => new Chart(new Cdk8sApp(), 'serving');

describe('the platform of an endpoint', () => {
  test('is the built-in one of its Stack', () => {
    const scope = stack();
    const { platform } = new ServingEndpoint(scope, 'endpoint');
    expect(platform).toBeInstanceOf(EcsPlatform);
    expect(platform.node.path).toBe('Serving/ServingPlatform');
    expect(new ServingEndpoint(new Construct(scope, 'Deep'), 'other', { path: '/o' }).platform).toBe(platform);
  });

  test('is the built-in one of its Chart', () => {
    const scope = chart();
    const { platform } = new ServingEndpoint(scope, 'endpoint');
    expect(platform).toBeInstanceOf(KubernetesPlatform);
    expect(platform.node.path).toBe('serving/ServingPlatform');
    expect(ServingPlatform.of(scope)).toBe(platform);
  });

  test('is the one constructed in the nearest scope', () => {
    const scope = stack();
    const own = new EcsPlatform(scope, 'Own');
    expect(new ServingEndpoint(scope, 'endpoint').platform).toBe(own);
    const team = new Construct(scope, 'Team');
    const near = new EcsPlatform(team, 'Near');
    expect(new ServingEndpoint(team, 'endpoint').platform).toBe(near);
  });

  test('is that of the parent Stack in a NestedStack', () => {
    const parent = stack();
    const nested = new NestedStack(new NestedStack(parent, 'Nested'), 'Deeper');
    const { platform } = new ServingEndpoint(nested, 'endpoint');
    expect(platform.node.scope).toBe(parent);
    expect(new ServingEndpoint(parent, 'other', { path: '/o' }).platform).toBe(platform);
  });

  test('is a separate one for each of two Stacks', () => {
    const app = new CdkApp();
    const [one, two] = ['One', 'Two'].map((id) => ServingPlatform.of(new Stack(app, id)));
    expect(one).not.toBe(two);
  });

  test('is not the built-in one of an enclosing Stack', () => {
    const outer = stack();
    const platform = ServingPlatform.of(outer);
    expect(ServingPlatform.of(new Stack(outer, 'Inner'))).not.toBe(platform);
  });

  test('is one constructed in a scope of several Stacks', () => {
    const app = new CdkApp();
    const stage = new Stage(app, 'Stage');
    const platform = new TestPlatform(stage, 'Platform');
    expect(ServingPlatform.of(new Stack(stage, 'One'))).toBe(platform);
    expect(ServingPlatform.of(new Stack(stage, 'Two'))).toBe(platform);
  });

  test('is the prop instead of the built-in one', () => {
    const app = new CdkApp();
    const platform = new EcsPlatform(new Stack(app, 'Shared'), 'Platform');
    const scope = new Stack(app, 'Team');
    expect(new ServingEndpoint(scope, 'endpoint', { platform }).platform).toBe(platform);
    expect(scope.node.tryFindChild('ServingPlatform')).toBeUndefined();
  });

  test('fails if a second one is constructed in a scope', () => {
    const scope = stack();
    new EcsPlatform(scope, 'First');
    expect(() => new EcsPlatform(scope, 'Second')).toThrow(
      "[DuplicatePlatform] 'Serving' already has a platform ('Serving/First'); construct the second platform in another scope, or pass it as 'platform' (at Serving/Second)",
    );
  });

  test('fails if one is constructed after endpoints use the built-in one', () => {
    const scope = stack();
    new ServingEndpoint(scope, 'endpoint');
    expect(() => new EcsPlatform(scope, 'Own')).toThrow(
      "[DuplicatePlatform] 'Serving' already has a platform ('Serving/ServingPlatform'); endpoints declared before use the built-in platform; construct the platform before the first endpoint (at Serving/Own)",
    );
  });

  test('fails if a Chart is in a Stack', () => {
    const scope = new Chart(stack() as never, 'chart');
    expect(() => new ServingEndpoint(scope, 'endpoint')).toThrow(
      '[ChartInStack] neither framework synthesizes a Chart inside a Stack; give the Chart its own App, and create the endpoint in one of the two (at Serving/chart/endpoint)',
    );
  });

  test('fails if a Stack is in a Chart', () => {
    const scope = new Stack(chart() as never, 'Stack');
    expect(() => new ServingEndpoint(scope, 'endpoint')).toThrow(
      '[ChartInStack] neither framework synthesizes a Stack inside a Chart',
    );
  });

  test('fails if it is in the tree of another framework', () => {
    expect(() => new EcsPlatform(chart(), 'Platform')).toThrow(
      '[WrongScope] an EcsPlatform must be inside a CDK Stack',
    );
    expect(() => new KubernetesPlatform(new RootConstruct(), 'Platform')).toThrow(
      '[WrongScope] a KubernetesPlatform must be inside a cdk8s Chart',
    );
  });
});

describe('tokens of the framework', () => {
  test.each([
    ['port', (value: number) => ({ port: value })],
    ['replicas', (value: number) => ({ replicas: value })],
    ['loadTimeout', (value: number) => ({ loadTimeout: Duration.seconds(value) })],
  ])('fail as the number %s', (_, make) => {
    const value = Token.asNumber(Lazy.number({ produce: () => 3 }));
    expect(() => new ServingEndpoint(stack(), 'endpoint').addBackend('b', backendOptions(make(value)))).toThrow(
      '[UnresolvedNumber]',
    );
  });

  test('are accepted in strings', () => {
    const scope = stack();
    const endpoint = new ServingEndpoint(scope, 'endpoint', {
      hosts: [Lazy.string({ produce: () => 'a.example.com' })],
    });
    const upstream = new ServingEndpoint(scope, 'upstream', { path: '/up' });
    upstream.addBackend('v1', backendOptions());
    const backend = endpoint.addBackend('b', backendOptions({ environment: { UPSTREAM: upstream.internalUrl } }));
    expect(Token.isUnresolved(backend._binding.intent.environment.UPSTREAM)).toBe(true);
    expect(Token.isUnresolved(endpoint._binding.intent.hosts[0])).toBe(true);
  });
});
