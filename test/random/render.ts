/** Renders definitions on every target. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App as CdkApp, Stack } from 'aws-cdk-lib';
import { App as Cdk8sApp, Chart, Testing } from 'cdk8s';
import type { Construct } from 'constructs';
import * as library from '../../src';
import type { TargetPlatform } from '../../src/constructs/target-platform';
import { shownExplanation } from '../../src/private/shown-explanation';
import { newApp } from '../support/aws';
import type { Definition, EndpointPart } from './definition';
import { FRAMEWORK_OBJECTS } from './framework-objects';
import { evaluate, type Part, type PartObject } from './part';

export type TargetName = 'aws' | 'router' | 'portable gateway' | 'Envoy Gateway';

/** What a target makes of a definition. */
export interface Rendered {
  /** Templates by their name, or manifests. */
  readonly output: { readonly [stack: string]: unknown } | readonly unknown[];
  readonly plan: library.extension.ServingPlan;
  /** What `serving explain` shows, as JSON. */
  readonly explanation: string;
}

export const TARGETS: { readonly [name in TargetName]: (definition: Definition) => Rendered } = {
  aws: onAws,
  router: (definition) => onKubernetes(definition, withoutGateway(definition.platforms.kubernetes)),
  'portable gateway': (definition) => behind(definition, 'PORTABLE'),
  'Envoy Gateway': (definition) => behind(definition, 'ENVOY_GATEWAY'),
};

export const TARGET_NAMES = Object.keys(TARGETS) as TargetName[];

function onAws(definition: Definition): Rendered {
  const outdir = mkdtempSync(join(tmpdir(), 'random-'));
  try {
    const app = newApp({ outdir, context: { 'aws:cdk:disable-stack-trace': true } });
    const stack = new Stack(app, 'Serving');
    const { platform } = declare(
      definition,
      stack,
      () => stack,
      (make) =>
        definition.platforms.aws === undefined
          ? undefined
          : new library.aws.EcsPlatform(
              stack,
              'Platform',
              make(definition.platforms.aws) as library.aws.EcsPlatformProps,
            ),
    );
    app.synth();
    const files = readdirSync(outdir).filter((file) => file.endsWith('.template.json'));
    const output = Object.fromEntries(
      files.map((file) => [file, JSON.parse(readFileSync(join(outdir, file), 'utf8'))]),
    );
    return renderedOf(platform, output);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

function withoutGateway(props: Part | undefined): Part | undefined {
  if (typeof props !== 'object' || props === null || Array.isArray(props)) return props;
  const { gateway: _gateway, ...others } = props as PartObject;
  return others;
}

function behind(definition: Definition, profile: string): Rendered {
  const { gateway, kubernetes = {} } = definition.platforms;
  const options: Part = { ...(gateway as PartObject), profile: { $name: `kubernetes.GatewayProfile.${profile}` } };
  const reference: Part = { $call: 'kubernetes.Gateway.fromName', args: ['inference', options] };
  const { router: _router, ...others } = kubernetes as PartObject;
  return onKubernetes(definition, { ...others, gateway: reference });
}

function onKubernetes(definition: Definition, props: Part | undefined): Rendered {
  const chart = new Chart(new Cdk8sApp(), 'serving');
  let elsewhere: Stack | undefined;
  const stack = () => {
    elsewhere ??= new Stack(new CdkApp({ outdir: join(tmpdir(), 'random-unused') }), 'Elsewhere');
    return elsewhere;
  };
  const { platform } = declare(definition, chart, stack, (make) =>
    props === undefined
      ? undefined
      : new library.kubernetes.KubernetesPlatform(
          chart,
          'Platform',
          make(props) as library.kubernetes.KubernetesPlatformProps,
        ),
  );
  const output = Testing.synth(chart);
  const errors = chart.node.root.node.findAll().flatMap((construct) => construct.node.validate());
  if (errors.length > 0) throw new Error(errors.join('\n'));
  return renderedOf(platform, JSON.parse(JSON.stringify(output)));
}

function renderedOf(platform: TargetPlatform, output: Rendered['output']): Rendered {
  const plan = platform.plan();
  const explanation = shownExplanation({ platform: platform.node.path, target: platform.target.name, plan });
  return { output, plan, explanation: JSON.stringify(explanation) };
}

type Make = (part: Part) => unknown;

/** Declares a definition in a scope. Objects of CDK are created in a stack. */
function declare(
  definition: Definition,
  scope: Construct,
  stack: () => Stack,
  addPlatform: (make: Make) => library.ServingPlatform | undefined,
): { readonly platform: TargetPlatform } {
  const own: { backends: library.Backend[]; first?: library.Backend } = { backends: [] };
  let objects = 0;
  const lookup = (text: string): unknown => {
    if (text.startsWith('backends[')) return own.backends[Number(/\d+/.exec(text)?.[0])];
    if (text === 'platform') return library.ServingPlatform.of(scope);
    const [first, ...rest] = text.split('.');
    if (first === 'objects') return FRAMEWORK_OBJECTS[rest[0] as string]?.(stack(), `Object${objects++}`);
    if (first === 'Number') return Number[rest[0] as 'NaN'];
    return text
      .split('.')
      .reduce<unknown>((found, step) => (found as { readonly [step: string]: unknown })[step], library);
  };
  const make: Make = (part) => evaluate(part, lookup);
  addPlatform(make);
  for (const one of definition.endpoints) {
    own.backends = [];
    declareEndpoint(one, { scope, make, own });
  }
  return { platform: library.ServingPlatform.of(scope) as TargetPlatform };
}

interface Declaring {
  readonly scope: Construct;
  readonly make: Make;
  readonly own: { backends: library.Backend[]; first?: library.Backend };
}

function declareEndpoint(one: EndpointPart, { scope, make, own }: Declaring): void {
  const endpoint = new library.ServingEndpoint(scope, one.id, make(one.props) as library.ServingEndpointProps);
  for (const { id, options, scaling, attach } of one.backends) {
    const made = make(options) as library.BackendOptions;
    const backend =
      attach === undefined ? endpoint.addBackend(id, made) : new library.Backend(scope, `${one.id} ${id}`, made);
    if (attach !== undefined) endpoint.attachBackend(backend, make(attach) as library.AttachBackendOptions);
    if (scaling !== undefined) backend.autoscale(make(scaling) as library.AutoscalingOptions);
    own.backends.push(backend);
  }
  own.first ??= own.backends[0];
  const { first } = own;
  if (one.attach !== undefined && first !== undefined && !own.backends.includes(first))
    endpoint.attachBackend(first, make(one.attach) as library.AttachBackendOptions);
  if (one.split !== undefined) endpoint.splitTraffic(make(one.split) as library.TrafficSplitOptions);
}
