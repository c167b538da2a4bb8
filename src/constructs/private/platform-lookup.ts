import type { Construct, IConstruct } from 'constructs';
import { ServingError } from '../../private/errors';
import { refuseCopy } from '../../private/options';
import type { ServingPlatform } from '../serving-platform';

/** A platform that the user constructed in this scope. */
const ATTACHED = Symbol.for('serving-constructs.platform');
/** That the platform of this Stack or Chart is the built-in one, which other Stacks inside do not use. */
const BUILT_IN = Symbol.for('serving-constructs.builtInPlatform');

const STACK = Symbol.for('@aws-cdk/core.Stack');
const CHART = Symbol.for('cdk8s.Chart');

/** The child id of a built-in platform. */
export const BUILT_IN_ID = 'ServingPlatform';

type Tagged = IConstruct & { [ATTACHED]?: ServingPlatform; [BUILT_IN]?: boolean; nestedStackParent?: IConstruct };

const isStack = (scope: IConstruct): boolean => STACK in scope;
const isChart = (scope: IConstruct): boolean => CHART in scope;

/** The nearest CDK Stack around a construct, found by its symbol so that nothing of the framework is loaded. */
export function enclosingStack(construct: IConstruct): IConstruct | undefined {
  return construct.node.scopes.reverse().find(isStack);
}

/** The nearest cdk8s Chart around a construct. */
export function enclosingChart(construct: IConstruct): IConstruct | undefined {
  return construct.node.scopes.reverse().find(isChart);
}

/** Makes `platform` the one that constructs in `scope` use. */
export function attachPlatform(scope: Construct, platform: ServingPlatform): void {
  const other = (scope as Tagged)[ATTACHED];
  if (other !== undefined) {
    const what =
      BUILT_IN in scope
        ? 'endpoints above it use the built-in platform already; construct the platform before the first endpoint'
        : "construct the second in a scope of its own, or pass it as 'platform' from another scope";
    throw new ServingError(
      'DuplicatePlatform',
      `'${scope.node.path || 'the root'}' has a platform already ('${other.node.path}'); ${what}`,
      platform,
    );
  }
  Object.defineProperty(scope, ATTACHED, { value: platform });
}

/** The platform of a construct: the nearest that was constructed around it, else the built-in of its Stack or Chart. */
export function findPlatform(construct: IConstruct): ServingPlatform {
  const scopes = construct.node.scopes.reverse() as Tagged[];
  refuseMixedTrees(construct, scopes);
  const host = builtInHost(scopes);
  const owner = scopes.find((scope) => scope[ATTACHED] !== undefined && (scope === host || !scope[BUILT_IN]));
  const attached = owner?.[ATTACHED];
  if (attached !== undefined) {
    refuseCopy('ServingPlatform', attached, attached.node.path, construct);
    return attached;
  }
  if (host === undefined) {
    throw new ServingError(
      'NoPlatform',
      'there is no Stack or Chart around this, and no platform; put it into a CDK Stack or a cdk8s Chart, or construct a ServingPlatform around it',
      construct,
    );
  }
  return makeBuiltIn(host as unknown as Construct);
}

function builtInHost(scopes: Tagged[]): Tagged | undefined {
  let host = scopes.find((scope) => isStack(scope) || isChart(scope));
  while (host?.nestedStackParent !== undefined) host = host.nestedStackParent as Tagged;
  return host;
}

/** The only two places that load a target: at the first endpoint that needs it. */
function makeBuiltIn(host: Construct): ServingPlatform {
  Object.defineProperty(host, BUILT_IN, { value: true });
  if (isStack(host)) {
    const { EcsPlatform } = require('../../aws/ecs-platform') as typeof import('../../aws/ecs-platform');
    return new EcsPlatform(host, BUILT_IN_ID);
  }
  const { KubernetesPlatform } =
    require('../../kubernetes/kubernetes-platform') as typeof import('../../kubernetes/kubernetes-platform');
  return new KubernetesPlatform(host, BUILT_IN_ID);
}

/** A Chart in a Stack is written by neither framework. */
function refuseMixedTrees(construct: IConstruct, scopes: Tagged[]): void {
  const stack = scopes.find(isStack);
  const chart = scopes.find(isChart);
  if (stack === undefined || chart === undefined) return;
  const [inner, outer] = scopes.indexOf(chart) < scopes.indexOf(stack) ? ['Chart', 'Stack'] : ['Stack', 'Chart'];
  throw new ServingError(
    'ChartInStack',
    `a ${inner} in a ${outer} is synthesized by neither framework; put the ${inner} into an App of its own, and the endpoint into one of the two`,
    construct,
  );
}
