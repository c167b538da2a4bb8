/** What a definition synthesizes to, in the form that the check of changes reads. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, Stack } from 'aws-cdk-lib';
import { App as Cdk8sApp, Chart, Testing } from 'cdk8s';
import type { Construct } from 'constructs';
import { checkUpdate } from '../../src/tools/changes/aws/check-update';
import { readAssembly } from '../../src/tools/changes/aws/read-assembly';
import type { StackInput } from '../../src/tools/changes/aws/stacks';
import { type Change, type ChangeKind, isDangerous } from '../../src/tools/changes/change';
import { checkObjects } from '../../src/tools/changes/kubernetes/check-objects';
import { objectsOf } from '../../src/tools/changes/kubernetes/objects';
import { newApp } from '../support/aws';

/** The stacks of an app. */
export function stacksOf(declare: (app: App) => void): StackInput[] {
  const outdir = mkdtempSync(join(tmpdir(), 'changes-'));
  try {
    const app = newApp({ outdir, context: { 'aws:cdk:enable-path-metadata': true } });
    declare(app);
    return readAssembly(app.synth().directory);
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** The targets, with the findings of an update from one definition to another. */
export const TARGETS: { readonly [target in 'aws' | 'kubernetes']: (declare: (scope: Construct) => void) => Output } = {
  aws: (declare) => {
    const stacks = stacksOf((app) => declare(new Stack(app, 'Serving')));
    return { changesTo: (after) => checkUpdate(stacks, (after as AwsOutput).stacks), stacks } as AwsOutput;
  },
  kubernetes: (declare) => {
    const chart = new Chart(new Cdk8sApp(), 'serving');
    declare(chart);
    const objects = objectsOf(Testing.synth(chart));
    return {
      changesTo: (after) => checkObjects(objects, (after as KubernetesOutput).objects),
      objects,
    } as KubernetesOutput;
  },
};

/** The output of a definition on one target. */
export interface Output {
  /** The findings of an update to another output of the same target. */
  changesTo(after: Output): Change[];
}

interface AwsOutput extends Output {
  readonly stacks: StackInput[];
}

interface KubernetesOutput extends Output {
  readonly objects: ReturnType<typeof objectsOf>;
}

/** The kinds among findings that an edit should not have: the dangerous ones, and replacements. */
export function clashesIn(changes: readonly Change[]): ChangeKind[] {
  const found = changes.filter((change) => isDangerous(change) || change.kind === 'Replaced');
  return [...new Set(found.map(({ kind }) => kind))].sort();
}
