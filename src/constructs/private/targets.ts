import type { Construct, IConstruct } from 'constructs';

/** A target whose platform is created where a definition has none. Its module registers it, and loads no framework. */
export interface BuiltInTarget {
  /** The kind of scope that has such a platform, as users call it, such as `Stack`. */
  readonly scopeName: string;
  /** The same with its framework, such as `CDK Stack`. */
  readonly fullName: string;
  /** Whether a construct is such a scope, found without loading the framework. */
  isScope(construct: IConstruct): boolean;
  /** The scope whose platform this one uses. @default - each has its own */
  ownerOf?(scope: IConstruct): IConstruct;
  /** Creates the platform. */
  create(scope: Construct, id: string): Construct;
}

/** The registered targets, in the order in which a scope is asked for them. */
export const TARGETS: BuiltInTarget[] = [];

/** Makes a target the default in its scopes. */
export function registerTarget(target: BuiltInTarget): void {
  TARGETS.push(target);
}
