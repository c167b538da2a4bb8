/** Rendered definitions: every time value with the owner of its object. */
import { type App, CfnResource, Stack } from 'aws-cdk-lib';
import { ApiObject, type Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { Backend, extension, ServingEndpoint, type ServingPlatform } from '../../src';
import type { ServingPlan } from '../../src/plan/plan';
import { templatesOf } from '../support/aws';
import { type Data, object, objects, strings, text } from '../support/data';
import { configurationOf } from '../support/haproxy';
import { shapeOfResource } from './cloudformation-shapes';
import { shapeOfObject } from './kubernetes-shapes';
import type { Owner, Scope } from './rows';
import { type Shape, type TimeValue, timeValuesIn } from './shapes';
import { otherTimesIn, timesInCommand, timesInEnvironment, timesInRouter, timesInRoutes } from './texts';

/** The place of a value: a field of the schema, a server setting, the router configuration, or any other text. */
export type Place = 'field' | 'server' | 'router' | 'text';

/** A value with its object. */
export interface RenderedTime extends TimeValue {
  readonly title: string;
  readonly place: Place;
  readonly owner: Owner;
  readonly scope: Scope;
}

/** A rendered definition. */
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

/** The output of a CDK app. */
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

/** The output of a chart. */
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
  const owner = ownerOf(construct, plan);
  const fields = timeValuesIn(shape, body);
  const known = new Set(fields.map(({ path }) => path));
  const others = otherTimesIn(withoutKnownTexts(body)).filter(({ path }) => !known.has(path));
  const as =
    (place: Place) =>
    (value: TimeValue): RenderedTime => ({ ...value, title, place, ...owner });
  return [
    ...fields.map(as('field')),
    ...containersIn(body).flatMap(timesOfContainer).map(as('server')),
    ...others.map(as('text')),
    ...[
      ...timesInRouter(configurationOf(object(body.data) as Record<string, string>)),
      ...timesInRoutes(text(object(body.data)['routes.map'])),
    ].map((value) => ({
      ...as('router')(value),
      ...partOfRouter(value.path, plan),
    })),
  ];
}

/** The owner of an object: the nearest construct above it in the tree. */
function ownerOf(construct: IConstruct, plan: ServingPlan): { owner: Owner; scope: Scope } {
  for (const scope of [...construct.node.scopes].reverse()) {
    const { path } = scope.node;
    if (scope instanceof Backend) return { owner: 'backend', scope: { plan, backend: plan.backend(path) } };
    if (scope instanceof ServingEndpoint) return { owner: 'endpoint', scope: { plan, endpoint: plan.endpoint(path) } };
  }
  return { owner: 'platform', scope: { plan } };
}

/** The owner of a part of the router configuration: pools have the names of backends, routes those of endpoints. */
function partOfRouter(path: string, plan: ServingPlan): { owner: Owner; scope: Scope } {
  const [kind, section, route] = path.split(' ');
  // The section of a limited pool without ready servers has the same times.
  const name = section?.replace(/_service$/, '');
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

const READ_ELSEWHERE = new Set(['EntryPoint', 'Command', 'args', 'Environment', 'env', 'haproxy.cfg', 'routes.map']);

/** The object without the texts that are parsed separately. */
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
