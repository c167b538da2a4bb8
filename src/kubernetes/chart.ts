import type { IConstruct } from 'constructs';

/** The tag of a cdk8s Chart, by which it is known without loading the framework. */
const CHART = Symbol.for('cdk8s.Chart');

/** Whether a construct is a Chart. */
export function isChart(construct: IConstruct): boolean {
  return CHART in construct;
}

/** The nearest Chart around a construct. */
export function enclosingChart(construct: IConstruct): IConstruct | undefined {
  return construct.node.scopes.reverse().find(isChart);
}
