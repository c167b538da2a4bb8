import { Stack } from 'aws-cdk-lib';
import { App as Cdk8sApp, Chart, Testing } from 'cdk8s';
import { Construct, RootConstruct } from 'constructs';
import { newApp } from '../support/aws';
import { TestPlatform } from '../support/test-platform';

/** The targets of the tests, each with a scope named `Serving`. */
export type TargetName = 'aws' | 'kubernetes' | 'test';

export const TARGETS: { readonly [name in TargetName]: (define: (scope: Construct) => void) => void } = {
  aws: (define) => {
    const app = newApp();
    define(new Stack(app, 'Serving'));
    app.synth();
  },
  kubernetes: (define) => {
    const chart = new Chart(new Cdk8sApp(), 'Serving');
    define(chart);
    Testing.synth(chart);
    const errors = chart.node.root.node.findAll().flatMap((construct) => construct.node.validate());
    if (errors.length > 0) throw new Error(errors.join('\n'));
  },
  test: (define) => {
    const root = new RootConstruct();
    const platform = new TestPlatform(root, 'Platform');
    define(new Construct(root, 'Serving'));
    platform.synthesize();
  },
};

export const TARGET_NAMES = Object.keys(TARGETS) as TargetName[];

/** The error of a definition on a target; undefined if it is accepted. */
export function refusalOf(target: TargetName, define: (scope: Construct) => void): string | undefined {
  try {
    TARGETS[target](define);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
