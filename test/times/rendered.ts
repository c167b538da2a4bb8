/** Definitions as they are rendered: every value that bears a time, with whom its object stands for. */
import { type App, CfnResource, Stack } from 'aws-cdk-lib';
import { ApiObject, type Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { Backend, extension, ServingEndpoint, type ServingPlatform } from '../../src';
import type { ServingPlan } from '../../src/plan/plan';
import { templatesOf } from '../support/aws';
import { type Data, object, objects, strings, text } from '../support/data';
import { shapeOfResource } from './cloudformation-shapes';
import { shapeOfObject } from './kubernetes-shapes';
import type { Owner, Scope } from './rows';
import { type Shape, type TimeValue, timeValuesIn } from './shapes';
import { looseTimesIn, timesInCommand, timesInEnvironment, timesInRouter } from './texts';

/** Where a value stands: in a field of the schema, told to a server, in the router's configuration, or anywhere else. */
export type Place = 'field' | 'server' | 'router' | 'text';

/** A value with the object that it stands in. */
export interface RenderedTime extends TimeValue {
  readonly title: string;
  readonly place: Place;
  readonly owner: Owner;
  readonly scope: Scope;
}

/** A whole definition as it is rendered. */
export interface Rendered {
  readonly plan: ServingPlan;
  readonly shapes: readonly Shape[];
  readonly times: readonly RenderedTime[];
}

interface Item {
  readonly construct: IConstruct;
  readonly title: string;
  readonly shape: Shape;
  readonly body: Data;
}

/** What an app of the CDK writes. */
export function renderedByApp(app: App, platform: ServingPlatform): Rendered {
  const templates = templatesOf(app);
  const items = app.node.findAll().flatMap((construct): Item[] => {
    if (!CfnResource.isCfnResource(construct)) return [];
    const stack = Stack.of(construct);
    const id = text(stack.resolve(construct.logicalId));
    const { Type, Properties } = object(object(templates[stack.stackName]?.Resources)[id]);
    const shape = shapeOfResource(text(Type));
    return [{ construct, title: `${Type} ${id}`, shape, body: object(Properties) }];
  });
  return renderedFrom(items, platform);
}

/** What a chart writes. */
export function renderedByChart(chart: Chart, platform: ServingPlatform): Rendered {
  const items = chart.node.findAll().flatMap((construct): Item[] => {
    if (!ApiObject.isApiObject(construct)) return [];
    const body = object(construct.toJson());
    const shape = shapeOfObject(body.apiVersion, body.kind);
    return [{ construct, title: `${body.kind} ${construct.name}`, shape, body }];
  });
  return renderedFrom(items, platform);
}

function renderedFrom(items: readonly Item[], platform: ServingPlatform): Rendered {
  const plan = extension.TargetPlatform.planOf(platform);
  return {
    plan,
    shapes: [...new Set(items.map(({ shape }) => shape))],
    times: items.flatMap((item) => timesOf(item, plan)),
  };
}

function timesOf({ construct, title, shape, body }: Item, plan: ServingPlan): RenderedTime[] {
  const whose = ownerOf(construct, plan);
  const fields = timeValuesIn(shape, body);
  const known = new Set(fields.map(({ path }) => path));
  const loose = looseTimesIn(withoutKnownTexts(body)).filter(({ path }) => !known.has(path));
  const as =
    (place: Place) =>
    (value: TimeValue): RenderedTime => ({ ...value, title, place, ...whose });
  return [
    ...fields.map(as('field')),
    ...containersIn(body).flatMap(timesOfContainer).map(as('server')),
    ...loose.map(as('text')),
    ...timesInRouter(text(object(body.data)['haproxy.cfg'])).map((value) => ({
      ...as('router')(value),
      ...partOfRouter(value.path, plan),
    })),
  ];
}

/** Whom an object stands for: who is nearest above it in the tree. */
function ownerOf(construct: IConstruct, plan: ServingPlan): { owner: Owner; scope: Scope } {
  for (const scope of [...construct.node.scopes].reverse()) {
    const { path } = scope.node;
    if (scope instanceof Backend) return { owner: 'backend', scope: { plan, backend: plan.backend(path) } };
    if (scope instanceof ServingEndpoint) return { owner: 'endpoint', scope: { plan, endpoint: plan.endpoint(path) } };
  }
  return { owner: 'platform', scope: { plan } };
}

/** Whom a part of the router's configuration stands for: pools are called like backends, routes like endpoints. */
function partOfRouter(path: string, plan: ServingPlan): { owner: Owner; scope: Scope } {
  const [kind, name, route] = path.split(' ');
  const backend = kind === 'backend' ? plan.backends.find(({ slug }) => slug === name) : undefined;
  if (backend !== undefined) return { owner: 'backend', scope: { plan, backend } };
  const endpoint = plan.endpoints.find(({ slug }) => slug === route);
  return endpoint === undefined
    ? { owner: 'platform', scope: { plan } }
    : { owner: 'endpoint', scope: { plan, endpoint } };
}

/** The containers of a task definition or a pod. */
function containersIn(body: Data): readonly Data[] {
  const pod = object(object(object(body.spec).template).spec);
  return [body.ContainerDefinitions, pod.initContainers, pod.containers].flatMap(objects);
}

function timesOfContainer(container: Data): TimeValue[] {
  const name = text(container.Name ?? container.name);
  const words = ['EntryPoint', 'Command', 'command', 'args'].flatMap((part) => strings(container[part]));
  const variables = objects(container.Environment ?? container.env).map(
    (variable) => [text(variable.Name ?? variable.name), variable.Value ?? variable.value] as const,
  );
  return [...timesInCommand(words, name), ...timesInEnvironment(variables, name)];
}

const READ_ELSEWHERE = new Set(['EntryPoint', 'Command', 'args', 'Environment', 'env', 'haproxy.cfg']);

/** The object without the texts that are read in a way of their own. */
function withoutKnownTexts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutKnownTexts);
  if (typeof value !== 'object' || value === null) return value;
  const isContainer = 'image' in value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !READ_ELSEWHERE.has(key) && !(isContainer && key === 'command'))
      .map(([key, item]) => [key, withoutKnownTexts(item)]),
  );
}
