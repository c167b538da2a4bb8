import { App as CdkApp, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { App as Cdk8sApp, Chart, Testing } from 'cdk8s';
import { type Construct, RootConstruct } from 'constructs';
import { ServingPlatform } from '../../src/constructs/serving-platform';
import type { TargetPlatform } from '../../src/constructs/target-platform';
import { Gateway, type GatewayProfile, KubernetesPlatform } from '../../src/kubernetes';
import { GATEWAY_PROFILES } from '../support/gateway-profiles';
import type { Observation } from '../support/observation';
import { observeAws } from '../support/observe-aws';
import { observeGateway, observeRouter } from '../support/observe-kubernetes';
import { observeTestPlatform } from '../support/observe-test-platform';
import { TestPlatform } from '../support/test-platform';

/** A definition as a user writes it, independent of the target. */
export type Define = (scope: Construct) => void;

/** One target, observed through its rendered output. */
export interface Subject {
  readonly name: string;
  readonly kind: 'test' | 'aws' | 'kubernetes';
  /** Renders a definition and reads the output. */
  observe(define: Define): Observation;
  /** How long it may still send requests to a stopping replica; a fact of the target, not of its output. */
  readonly propagation: number;
  /** How many seconds after its longest request it ends one; 10 by default. */
  readonly requestMargin?: number;
  /** The status for a method that a path does not allow. */
  readonly wrongMethod: 405 | 404;
  /** Whether a 405 has the header `Allow`. */
  readonly allow: boolean;
  /** The status of preflight requests that it answers; undefined if it supports no cross-origin requests. */
  readonly preflight?: 200 | 204;
  /** Whether it sets the header with a removed prefix, and removes that of a client. */
  readonly setsPrefix: boolean;
  /** Whether clients can keep their replica: never, only if their backend is kept too, or always. */
  readonly keepsReplicas: 'never' | 'with their backend' | 'always';
  /** Whether clients can keep their backend. */
  readonly keepsBackends: boolean;
  /** Whether a silent request is cut off at the idle timeout. */
  readonly cutsSilence: boolean;
  /** Whether it limits the requests of a replica and ends those without a client. */
  readonly limitsRequests: boolean;
  /** Whether it keeps connections for its idle timeout even if a server closes them earlier. @default false */
  readonly keepsIdle?: boolean;
}

function observeChart(
  define: Define,
  read: (manifests: readonly unknown[]) => Observation,
  gateway?: Gateway,
): Observation {
  const chart = new Chart(new Cdk8sApp(), 'serving');
  if (gateway !== undefined) new KubernetesPlatform(chart, 'Platform', { gateway });
  define(chart);
  return read(Testing.synth(chart));
}

function propagationOf(make: (chart: Chart) => TargetPlatform): number {
  return make(new Chart(new Cdk8sApp(), 'serving')).target.propagationSeconds;
}

/** A gateway with this profile, whose output must do what the profile declares. */
function behind(profile: GatewayProfile): Subject {
  const gateway = () => Gateway.fromName('inference', { profile });
  const { policies = [], methodNotAllowed } = profile.options;
  const answers = methodNotAllowed !== undefined;
  return {
    name: profile.name,
    kind: 'kubernetes',
    observe: (define) => observeChart(define, observeGateway, gateway()),
    propagation: propagationOf((chart) => new KubernetesPlatform(chart, 'Platform', { gateway: gateway() })),
    wrongMethod: answers ? 405 : 404,
    allow: answers,
    preflight: profile.options.features?.cors === undefined ? undefined : 200,
    setsPrefix: true,
    keepsReplicas: policies.some(({ props }) => props.features?.stickyReplicas !== undefined)
      ? 'with their backend'
      : 'never',
    keepsBackends: false,
    cutsSilence: false,
    limitsRequests: false,
    keepsIdle: !policies.some(({ props }) => props.closesConnections),
  };
}

/** Every target, behind the same interface. */
export const SUBJECTS: readonly Subject[] = [
  {
    name: 'the test platform',
    kind: 'test',
    observe: (define) => {
      const root = new RootConstruct();
      const platform = new TestPlatform(root, 'Platform');
      define(root);
      return observeTestPlatform(JSON.stringify(platform.synthesize()));
    },
    propagation: 5,
    wrongMethod: 405,
    allow: true,
    preflight: 204,
    setsPrefix: true,
    keepsReplicas: 'always',
    keepsBackends: true,
    cutsSilence: true,
    limitsRequests: true,
  },
  {
    name: 'an Application Load Balancer',
    kind: 'aws',
    observe: (define) => {
      const stack = new Stack(new CdkApp(), 'Serving');
      define(stack);
      return observeAws([Template.fromStack(stack).toJSON()]);
    },
    propagation: 0,
    wrongMethod: 405,
    allow: false,
    preflight: 204,
    setsPrefix: false,
    keepsReplicas: 'with their backend',
    keepsBackends: true,
    cutsSilence: true,
    limitsRequests: false,
  },
  {
    name: 'the router',
    kind: 'kubernetes',
    observe: (define) => observeChart(define, observeRouter),
    propagation: propagationOf((chart) => ServingPlatform.of(chart) as TargetPlatform),
    requestMargin: 1,
    wrongMethod: 405,
    allow: true,
    preflight: 204,
    setsPrefix: true,
    keepsReplicas: 'always',
    keepsBackends: true,
    cutsSilence: false,
    limitsRequests: true,
  },
  ...GATEWAY_PROFILES.map(behind),
];

const { CONFORMANCE_TARGET: only } = process.env;

/** Runs the same test body on every target, or on those of one kind. */
export const onEvery = describe.each(
  SUBJECTS.filter((subject) => only === undefined || subject.kind === only).map(
    (subject) => [subject.name, subject] as const,
  ),
);
