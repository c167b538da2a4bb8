import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import { aws, HealthCheck, ModelServer, ServerProtocol, ServingEndpoint } from '../../src';
import { newStack, oneBackend, only, templateOf } from '../support/aws';
import { backendOptions } from '../support/definitions';

const TARGET_GROUP = 'AWS::ElasticLoadBalancingV2::TargetGroup';
const HYPERCORN = ModelServer.hypercorn({ app: 'app:app' });

/** The target group of a backend behind a listener with TLS. */
function targetGroup(options: Parameters<typeof backendOptions>[0]) {
  const stack = newStack();
  const certificate = acm.Certificate.fromCertificateArn(
    stack,
    'Certificate',
    'arn:aws:acm:eu-west-1:111122223333:certificate/a',
  );
  new aws.EcsPlatform(stack, 'Platform', { certificate });
  new ServingEndpoint(stack, 'digits').addBackend('svm', backendOptions(options));
  return only(templateOf(stack), TARGET_GROUP);
}

describe('the target group of a backend', () => {
  test('uses HTTP/1.1 by default', () => {
    expect(targetGroup({}).ProtocolVersion).toBeUndefined();
    expect(targetGroup({ protocol: ServerProtocol.HTTP1 }).ProtocolVersion).toBeUndefined();
  });

  test('uses HTTP/2, with the same health check', () => {
    expect(targetGroup({ server: HYPERCORN, protocol: ServerProtocol.HTTP2 })).toMatchObject({
      Protocol: 'HTTP',
      ProtocolVersion: 'HTTP2',
      HealthCheckPath: '/',
      Matcher: { HttpCode: '200-499' },
    });
  });

  test('uses gRPC, and accepts any answer to a call of a method that does not exist', () => {
    expect(targetGroup({ server: ModelServer.triton(), protocol: ServerProtocol.GRPC })).toMatchObject({
      Protocol: 'HTTP',
      ProtocolVersion: 'GRPC',
      HealthCheckPath: '/AWS.ALB/healthcheck',
      Matcher: { GrpcCode: '0-99' },
    });
  });

  test('calls the health service if the backend declares it', () => {
    const healthCheck = HealthCheck.grpc({ unhealthyThreshold: 5 });
    expect(targetGroup({ server: ModelServer.triton(), protocol: ServerProtocol.GRPC, healthCheck })).toMatchObject({
      HealthCheckPath: '/grpc.health.v1.Health/Check',
      Matcher: { GrpcCode: '0' },
      UnhealthyThresholdCount: 5,
    });
  });

  test('cannot name a service in its health check', () => {
    const healthCheck = HealthCheck.grpc({ service: 'a.B' });
    expect(() => targetGroup({ server: ModelServer.triton(), protocol: ServerProtocol.GRPC, healthCheck })).toThrow(
      "'service' ('a.B') of the health check of backend 'svm' must be omitted, which checks the whole server, for an Application Load Balancer",
    );
  });

  test.each([
    [
      ServerProtocol.GRPC,
      ModelServer.triton(),
      "'grpc' is not supported by an Application Load Balancer: a target group for gRPC requires a listener with TLS; set 'certificate' of the platform",
    ],
    [
      ServerProtocol.HTTP2,
      HYPERCORN,
      "'http/2' is not supported by an Application Load Balancer: a target group with HTTP/2 requires a listener with TLS; set 'certificate' of the platform",
    ],
  ])('requires TLS (%s)', (protocol, server, message) => {
    expect(() => templateOf(oneBackend({ server, protocol }).stack)).toThrow(message);
  });
});
