import type { Construct, IConstruct } from 'constructs';
import { placeOf, requireId, requireReservedId } from '../../private/construct-arguments';
import { ServingError } from '../../private/errors';
import { refuseCopy } from '../../private/options';
import { type BuiltInTarget, TARGETS } from './targets';

/** A platform that the user constructed in this scope. */
const ATTACHED = Symbol.for('serving-constructs.platform');
/** That the platform of this scope is the built-in one, which other such scopes inside do not use. */
const BUILT_IN = Symbol.for('serving-constructs.builtInPlatform');

/** The child id of a built-in platform. */
export const BUILT_IN_ID = 'ServingPlatform';

type Tagged = IConstruct & { [ATTACHED]?: Construct; [BUILT_IN]?: boolean };

/** Returns `scope` if no platform is attached to it. */
export function requireSinglePlatform(scope: Construct, id: string): Construct {
  const other = (scope as Tagged)[ATTACHED];
  if (other === undefined) return scope;
  const advice =
    BUILT_IN in scope
      ? 'endpoints declared before use the built-in platform; construct the platform before the first endpoint'
      : "construct the second platform in another scope, or pass it as 'platform'";
  throw new ServingError(
    'DuplicatePlatform',
    `'${scope.node.path || 'the root'}' already has a platform ('${other.node.path}'); ${advice}`,
    placeOf(scope, requireId(id)),
  );
}

/** Makes `platform` the one that constructs in `scope` use. */
export function attachPlatform(scope: Construct, platform: Construct): void {
  Object.defineProperty(scope, ATTACHED, { value: platform });
}

/** Rejects a platform of another app, in whose output the construct would not be. */
export function requireSameApp(construct: IConstruct, platform: IConstruct): void {
  if (construct.node.root === platform.node.root) return;
  throw new ServingError(
    'WrongScope',
    `'platform' ('${platform.node.path}') belongs to another app; create a platform in this app, or omit 'platform'`,
    construct,
  );
}

/** The platform of a construct: the nearest that was constructed around it, else the built-in one of its scope. */
export function findPlatform(construct: IConstruct): Construct {
  const scopes = construct.node.scopes.reverse() as Tagged[];
  refuseMixedTrees(construct, scopes);
  const host = hostIn(scopes);
  const owner = scopes.find((scope) => scope[ATTACHED] !== undefined && (scope === host?.scope || !scope[BUILT_IN]));
  const attached = owner?.[ATTACHED];
  if (attached !== undefined) {
    refuseCopy('ServingPlatform', attached, attached.node.path, construct);
    return attached;
  }
  if (host === undefined) {
    const scopeNames = TARGETS.map(({ scopeName }) => scopeName).join(', ');
    const fullNames = TARGETS.map(({ fullName }) => `a ${fullName}`).join(' or ');
    throw new ServingError(
      'NoPlatform',
      `no ${scopeNames} or platform encloses this construct; create it in ${fullNames}, or create a platform in an enclosing scope`,
      construct,
    );
  }
  requireReservedId(host.scope, BUILT_IN_ID, 'the first endpoint or backend');
  Object.defineProperty(host.scope, BUILT_IN, { value: true });
  return host.target.create(host.scope as Construct, BUILT_IN_ID);
}

interface Host {
  readonly target: BuiltInTarget;
  readonly scope: IConstruct;
}

function hostIn(scopes: IConstruct[]): Host | undefined {
  for (const scope of scopes) {
    const target = TARGETS.find((one) => one.isScope(scope));
    if (target !== undefined) return { target, scope: target.ownerOf?.(scope) ?? scope };
  }
  return undefined;
}

/** A scope of one framework in a scope of another is written by neither. */
function refuseMixedTrees(construct: IConstruct, scopes: IConstruct[]): void {
  const found = TARGETS.map((target) => ({ target, depth: scopes.findIndex((scope) => target.isScope(scope)) }))
    .filter(({ depth }) => depth >= 0)
    .sort((a, b) => a.depth - b.depth);
  const [inner, outer] = found.map(({ target }) => target.scopeName);
  if (outer === undefined) return;
  throw new ServingError(
    'ChartInStack',
    `neither framework synthesizes a ${inner} inside a ${outer}; give the ${inner} its own App, and create the endpoint in one of the two`,
    construct,
  );
}
