import type { IConstruct } from 'constructs';

/** The symbol that identifies a CDK Stack without loading the framework. */
const STACK = Symbol.for('@aws-cdk/core.Stack');

/** Whether a construct is a Stack. */
export function isStack(construct: IConstruct): boolean {
  return STACK in construct;
}

/** The nearest Stack around a construct. */
export function enclosingStack(construct: IConstruct): IConstruct | undefined {
  return construct.node.scopes.reverse().find(isStack);
}

/** Nested stacks use the platform of their outermost parent stack. */
export function outermostStack(stack: IConstruct): IConstruct {
  const { nestedStackParent: parent } = stack as IConstruct & { nestedStackParent?: IConstruct };
  return parent === undefined ? stack : outermostStack(parent);
}
