/** Runs the validator of AWS over everything that is rendered. Findings of every severity are errors here. */
import { type App, CfnResource, Stack } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import { Construct } from 'constructs';
import { digits } from '../../examples/digits/definition';
import { imageClassifier } from '../../examples/image-classifier/definition';
import { sentiment } from '../../examples/sentiment/definition';
import { aws, Duration, ServingEndpoint, Warnings } from '../../src';
import { assemblyOf, messagesIn, strictApp, templatesIn } from '../support/aws';
import { everything } from '../support/aws-everything';
import { validateTemplate } from '../support/cloudformation';
import { backendOptions } from '../support/definitions';

const CERTIFICATE = 'arn:aws:acm:eu-west-1:123456789012:certificate/12345678-1234-1234-1234-123456789012';

beforeAll(() => {
  process.env.CDK_VALIDATION = 'true';
});

const inStack = (define: (scope: Construct) => unknown) => (app: App) => define(new Stack(app, 'Serving'));

const APPS: [what: string, define: (app: App) => unknown][] = [
  [
    'an endpoint without any configuration',
    inStack((scope) => {
      new ServingEndpoint(scope, 'endpoint').addBackend('backend', backendOptions());
    }),
  ],
  ['the digits example', inStack(digits)],
  ['the image-classifier example', inStack(imageClassifier)],
  ['the sentiment example', inStack(sentiment)],
  ['one of everything', (app) => everything(app)],
  [
    'one of everything behind a public HTTPS listener',
    (app) => {
      const certificate = acm.Certificate.fromCertificateArn(
        new Construct(app, 'Imported'),
        'Certificate',
        CERTIFICATE,
      );
      everything(app, { publicAccess: true, certificate });
      Warnings.of(app).acknowledge('serving-constructs:publicBackendAddress.resnet50-v2', "'ownAddress' asks for it");
    },
  ],
  [
    'one of everything with everything to operate it',
    (app) => {
      everything(app, {
        alarms: { rollBackDeployments: true, latency: Duration.seconds(2) },
        dashboards: true,
        loadBalancerLogs: { connectionLogs: true, prefix: 'models' },
        deletionProtection: true,
        flowLogs: {},
        backendDefaults: aws.TaskSettings.of({ circuitBreakerThreshold: 2, keepLogs: false }),
      });
      for (const endpoint of app.node.findAll().filter(ServingEndpoint.isServingEndpoint))
        aws.EcsEndpoint.of(endpoint).addServiceLevelObjectives({ latency: Duration.seconds(2) });
    },
  ],
];

test.each(APPS)('the validator has no findings in %s, and CDK reports no messages', (_what, define) => {
  const app = strictApp({ context: { '@aws-cdk/core:defaultCrossStackReferences': 'weak' } });
  define(app);
  const assembly = assemblyOf(app);
  expect(Object.keys(templatesIn(assembly)).length).toBeGreaterThan(0);
  expect(messagesIn(assembly)).toEqual([]);
});

test('a finding is an error', () => {
  const app = strictApp();
  new CfnResource(new Stack(app, 'Stack'), 'Bucket', { type: 'AWS::S3::Bucket', properties: { Nothing: 1 } });
  expect(() => app.synth()).toThrow(/Nothing/);
});

// In this file because starting the validator takes longer than all tests.
describe('validateTemplate', () => {
  const bucket = (properties: object) => ({
    Resources: { Bucket: { Type: 'AWS::S3::Bucket', Properties: properties } },
  });

  test('accepts a valid template', () => {
    expect(validateTemplate(bucket({ BucketName: 'models' }))).toEqual([]);
  });

  test.each([
    ['an unknown property', bucket({ Nothing: 1 }), 'F3002'],
    ['a dangling reference', bucket({ BucketName: { Ref: 'Nothing' } }), 'F1020'],
  ])('finds %s', (_what, template, rule) => {
    expect(validateTemplate(template)).toContainEqual(expect.objectContaining({ rule, resources: ['Bucket'] }));
  });
});
