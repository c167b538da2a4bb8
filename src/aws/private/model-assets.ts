import { relative } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import type { Backend } from '../../backend';
import { planModels } from '../../plan/models';
import type { ModelPlan } from '../../plan/serving-plan';

/** How each model of a backend is delivered. It decides structure, so it is asked for when the backend is bound. */
export function modelsOf({ platform, intent }: Backend): ModelPlan[] {
  return planModels(platform.target, { ...intent, ...platform.limitsOf(intent) });
}

/**
 * Models that are published by `cdk deploy`: an asset of the stack whose file a command makes. The command line runs it
 * where itself was started, before the stack is deployed, unless the object of this digest is there already.
 */
export function publishModels(backend: Backend, models: ModelPlan[]): void {
  for (const { intent } of models) {
    if (intent.publish === undefined) continue;
    const { directory, lockFile, to, hex } = intent.publish;
    const path = relative(process.cwd(), lockFile);
    Stack.of(backend).synthesizer.addFileAsset({
      sourceHash: hex,
      displayName: `model ${intent.name}`,
      executable: [
        ...['npx', '--no-install', 'serving', 'publish', directory],
        ...['--lock-file', path, '--to', to, '--receipt'],
      ],
    });
  }
}
