import { Match, Template } from 'aws-cdk-lib/assertions';
import type { Construct } from 'constructs';
import { Duration, HttpMethod, OwnAddress, ServingEndpoint } from '../../src';
import { newStack } from '../support/aws';
import { matchListener } from '../support/cloudformation';
import { Stacks } from '../support/cloudformation/stacks';
import { backendOptions } from '../support/definitions';

const LISTENER = 'AWS::ElasticLoadBalancingV2::Listener';
const RULE = 'AWS::ElasticLoadBalancingV2::ListenerRule';
const cors = { allowOrigins: ['https://app.example.com'] };

function templateOf(define: (scope: Construct) => void): Template {
  const stack = newStack();
  define(stack);
  return Template.fromStack(stack);
}

/** Two endpoints, one of which has a backend with its own path. */
function both(scope: Construct): void {
  const posts = new ServingEndpoint(scope, 'posts', { path: '/posts', methods: [HttpMethod.POST], cors });
  posts.addBackend('v1', backendOptions({ ownAddress: OwnAddress.PATH }));
  new ServingEndpoint(scope, 'all', { path: '/all', cors: { ...cors, allowMethods: [HttpMethod.GET] } }).addBackend(
    'v1',
    backendOptions({ ownAddress: OwnAddress.PATH }),
  );
}

const preflight = (path: string) => ({
  path,
  method: 'OPTIONS',
  headers: { origin: 'https://app.example.com', 'access-control-request-method': 'POST' },
});

test('the headers are attributes of the listener', () => {
  const template = templateOf((scope) =>
    new ServingEndpoint(scope, 'endpoint', {
      cors: { ...cors, allowCredentials: true, exposeHeaders: ['X-Id'], maxAge: Duration.minutes(10) },
    }).addBackend('v1', backendOptions()),
  );
  const attribute = (name: string, value: string) => ({
    Key: `routing.http.response.access_control_${name}.header_value`,
    Value: value,
  });
  template.hasResourceProperties(LISTENER, {
    ListenerAttributes: [
      attribute('allow_origin', 'https://app.example.com'),
      attribute('allow_methods', 'GET,HEAD,POST,PUT,PATCH,DELETE'),
      attribute('allow_headers', 'content-type'),
      attribute('allow_credentials', 'true'),
      attribute('expose_headers', 'x-id'),
      attribute('max_age', '600'),
    ],
  });
});

test('a listener without cross-origin requests has no attributes', () => {
  const template = templateOf((scope) => new ServingEndpoint(scope, 'endpoint').addBackend('v1', backendOptions()));
  expect(Object.values(template.findResources(LISTENER))[0]?.Properties).not.toHaveProperty('ListenerAttributes');
  expect(Object.keys(template.findResources(RULE)).filter((id) => id.includes('Preflight'))).toEqual([]);
});

test('the methods are those of all endpoints', () => {
  templateOf(both).hasResourceProperties(LISTENER, {
    ListenerAttributes: Match.arrayWith([
      { Key: 'routing.http.response.access_control_allow_methods.header_value', Value: 'POST,GET' },
    ]),
  });
});

test('preflight requests are answered by a rule, also those for the own path of a backend', () => {
  const stacks = Stacks.of([templateOf(both).toJSON()]);
  for (const path of ['/posts', '/posts/x', '/posts/_b/v1/x', '/all/x', '/all/_b/v1'])
    expect(matchListener(stacks, preflight(path))).toMatchObject({ kind: 'fixed', status: 204 });
});

test('other requests with OPTIONS are not', () => {
  const stacks = Stacks.of([templateOf(both).toJSON()]);
  expect(matchListener(stacks, { path: '/posts', method: 'OPTIONS' })).toMatchObject({ kind: 'fixed', status: 405 });
  expect(matchListener(stacks, { path: '/all', method: 'OPTIONS' })).toMatchObject({ kind: 'forward' });
  expect(matchListener(stacks, { path: '/posts', method: 'POST' })).toMatchObject({ kind: 'forward' });
});
