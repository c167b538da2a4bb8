/** Stacks for tests of the AWS target. Their templates are also checked against the limits of load balancers and ECS. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, type AppProps, CloudFormationValidatePlugin, Stack, Stage, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type * as cxapi from 'aws-cdk-lib/cx-api';
import type { IConstruct } from 'constructs';
import { type Backend, type BackendOptions, ServingEndpoint, type ServingEndpointProps } from '../../src';
import { checkListenerRules } from './cloudformation';
import { type Data, objects } from './data';
import { backendOptions } from './definitions';

/**
 * Replaces CDK's validator, whose engine takes seconds to start in each test file; not every release has a switch for it.
 * It is created without its constructor, which would start the engine.
 */
const NO_VALIDATION: CloudFormationValidatePlugin = Object.create(CloudFormationValidatePlugin.prototype, {
  name: { value: 'NoValidation' },
  version: { value: '1.0.0' },
  validate: { value: () => ({ success: true, violations: [] }) },
});

/** An app whose templates CDK does not validate. */
export function newApp(props: AppProps = {}): App {
  // As set by the CDK command line, so that templates contain the file names of nested templates.
  const app = new App({
    treeMetadata: false,
    ...props,
    context: { 'aws:cdk:enable-asset-metadata': true, ...props.context },
  });
  Validations.of(app).addPlugins(NO_VALIDATION);
  return app;
}

/** An app in which every finding of CDK's validator, including warnings, is an error. */
export function strictApp(props: AppProps = {}): App {
  const context = { '@aws-cdk/core:strictCfnValidateErrors': true, '@aws-cdk/core:appMode': 'inmemory' };
  return new App({ ...props, context: { ...context, ...props.context } });
}

/** A stack in its own app. */
export function newStack(id = 'Serving', app = newApp()): Stack {
  return new Stack(app, id);
}

/** The templates of an app, including nested ones, by the name of the stack or of the nested template's file. */
export function templatesOf(scope: IConstruct): { [stack: string]: Data } {
  return templatesIn(assemblyOf(scope));
}

/** What the app of a scope synthesizes now. */
export function assemblyOf(scope: IConstruct): cxapi.CloudAssembly {
  const app = scope.node.root;
  if (!Stage.isStage(app)) throw new Error('the tree has no App');
  return app.synth({ force: true });
}

/** The templates of an assembly, as `templatesOf` returns them. */
export function templatesIn(assembly: cxapi.CloudAssembly): { [stack: string]: Data } {
  const nested = readdirSync(assembly.directory).filter((name) => name.endsWith('.nested.template.json'));
  const templates = {
    ...Object.fromEntries(assembly.stacks.map((stack) => [stack.stackName, stack.template as Data])),
    ...Object.fromEntries(
      nested.map((name) => [name, JSON.parse(readFileSync(join(assembly.directory, name), 'utf8')) as Data]),
    ),
  };
  expect(checkListenerRules(templates)).toEqual([]);
  return templates;
}

/** The template of one stack. */
export function templateOf(stack: Stack): Template {
  return Template.fromJSON(templatesOf(stack)[stack.stackName] as Data);
}

/** The messages of CDK for an app: warnings, errors and notes. */
export function messagesOf(scope: IConstruct): string[] {
  return messagesIn(assemblyOf(scope));
}

/** The messages in an assembly. */
export function messagesIn(assembly: cxapi.CloudAssembly): string[] {
  return assembly.stacks
    .flatMap((stack) => stack.messages)
    .map(({ level, id, entry }) => `${level} ${id}: ${String(entry.data)}`);
}

/** An endpoint with one backend in its own stack. */
export function oneBackend(
  options: Partial<BackendOptions> = {},
  props: ServingEndpointProps = {},
  stack = newStack(),
): { readonly stack: Stack; readonly endpoint: ServingEndpoint; readonly backend: Backend } {
  const endpoint = new ServingEndpoint(stack, 'endpoint', props);
  return { stack, endpoint, backend: endpoint.addBackend('backend', backendOptions(options)) };
}

/** The properties of the only resource of a type. */
export function only(template: Template, type: string): Data {
  const found = Object.values(template.findResources(type));
  if (found.length !== 1) throw new Error(`${found.length} resources ${type}`);
  return (found[0] as { readonly Properties: Data }).Properties;
}

/** A container of the only task definition. */
export function container(template: Template, name = 'Server'): Data {
  const found = objects(only(template, 'AWS::ECS::TaskDefinition').ContainerDefinitions).find(
    (candidate) => candidate.Name === name,
  );
  if (found === undefined) throw new Error(`no container ${name}`);
  return found;
}

/** The statements of all policies whose logical id contains a text. */
export function statements(template: Template, part: string): readonly Data[] {
  return Object.entries(template.findResources('AWS::IAM::Policy'))
    .filter(([id]) => id.includes(part))
    .flatMap(([, resource]) => objects(resource.Properties.PolicyDocument.Statement));
}

/** The attributes of a load balancer or target group by key. */
export function attributes(properties: Data): { [key: string]: unknown } {
  const list = objects(properties.LoadBalancerAttributes ?? properties.TargetGroupAttributes);
  return Object.fromEntries(list.map(({ Key, Value }) => [String(Key), Value]));
}
