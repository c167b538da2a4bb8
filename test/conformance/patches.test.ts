import { aws, kubernetes } from '../../src';
import { ServingEndpoint } from '../../src/constructs/serving-endpoint';
import type { ServingPlatform } from '../../src/constructs/serving-platform';
import { TargetPlatform } from '../../src/constructs/target-platform';
import { backendOptions } from '../support/definitions';
import { onEvery, type Subject } from './subjects';

/** The settings of both targets that set the working directory by a patch. */
const patched = (folder: string) => [
  aws.TaskSettings.of({ containerPatch: { WorkingDirectory: folder } }),
  kubernetes.PodSettings.of({ containerPatch: { workingDir: folder } }),
];

function observe(subject: Subject, targetSettings: ReturnType<typeof patched> = []) {
  let platform: ServingPlatform | undefined;
  const { backends } = subject.observe((scope) => {
    const endpoint = new ServingEndpoint(scope, 'endpoint');
    endpoint.addBackend('backend', backendOptions({ targetSettings }));
    ({ platform } = endpoint);
  });
  const plan = TargetPlatform.planOf(platform as ServingPlatform);
  return { backend: backends.backend, patches: plan.backends[0]?.intent.patches ?? [], ledger: plan.ledger };
}

onEvery('patches on %s', (_, subject) => {
  const isTest = subject.kind === 'test';

  test('apply to the output of their target only, and are part of the plan there', () => {
    const { backend, patches, ledger } = observe(subject, patched('/patched'));
    expect(backend?.workingDirectory).toBe(isTest ? undefined : '/patched');
    expect(patches.map(({ value }) => value)).toEqual(isTest ? [] : ['"/patched"']);
    expect(ledger.filter(({ level }) => level === 'not applied')).toHaveLength(isTest ? 2 : 1);
  });

  test('can be added, changed and removed without another change of the output', () => {
    const [none, first, second] = [observe(subject), observe(subject, patched('/a')), observe(subject, patched('/b'))];
    const rest = ({ backend }: typeof none) => ({ ...backend, workingDirectory: undefined });
    expect(rest(first)).toEqual(rest(none));
    expect(rest(second)).toEqual(rest(none));
  });
});
