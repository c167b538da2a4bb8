import type { IConstruct } from 'constructs';

/** The symbol of a cdk8s Chart, which identifies it without loading the framework. */
const CHART = Symbol.for('cdk8s.Chart');

/** Whether a construct is a Chart. */
export function isChart(construct: IConstruct): boolean {
  return CHART in construct;
}

/** The nearest Chart that contains a construct. */
export function enclosingChart(construct: IConstruct): IConstruct | undefined {
  return construct.node.scopes.reverse().find(isChart);
}
