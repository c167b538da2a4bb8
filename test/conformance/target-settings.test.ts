/** Every word of the settings for one target: that target renders or refuses it, and the others list it as not applied. */
import fc from 'fast-check';
import { OPTION_TYPES } from '../../src/private/option-types';
import { memberOf } from '../random/arbitrary';
import type { Definition } from '../random/definition';
import { call, type Part, textOf } from '../random/part';
import { REQUIREMENTS } from '../random/related-options';
import { type Rendered, TARGET_NAMES, TARGETS, type TargetName } from '../random/render';

/** The settings of a target, and the targets that apply them. */
const SETTINGS: readonly (readonly [factory: string, type: string, isOwn: (target: TargetName) => boolean])[] = [
  ['kubernetes.PodSettings', 'kubernetes.PodSettingsOptions', (target) => target !== 'aws'],
  ['aws.TaskSettings', 'aws.TaskSettingsOptions', (target) => target === 'aws'],
];

/** What a word requires of the definition: instances for placement, and a file system that ECS Exec can write to. */
const AROUND: { readonly [word: string]: Part } = {
  enableExecuteCommand: { readOnlyRootFilesystem: false },
  placementConstraints: { gpu: call('Gpu.nvidia', {}) },
  placementStrategies: { gpu: call('Gpu.nvidia', {}) },
};

function definitionWith(word: string, settings: readonly Part[]): Definition {
  const options: Part = {
    image: call('ServerImage.fromRegistry', 'acme/svm:1.4.2', {}),
    server: call('ModelServer.wsgi', { app: 'app:app' }),
    ...(AROUND[word] as object),
    ...(settings.length > 0 && { targetSettings: settings }),
  };
  return { endpoints: [{ id: 'e', props: {}, backends: [{ id: 'v1', options }] }], platforms: {} };
}

const outputOf = ({ output }: Rendered) => JSON.stringify(output);

const ROWS = SETTINGS.flatMap(([factory, type, isOwn]) =>
  Object.keys(OPTION_TYPES[type] as object).flatMap((word) =>
    TARGET_NAMES.map((target) => [word, factory, target, type, isOwn(target)] as const),
  ),
);

/** Different values of a word, with what it requires. A value can be the default, which changes nothing. */
function valuesOf(type: string, word: string): Part[] {
  const values = fc.sample(memberOf(type, word), { numRuns: 4, seed: 1 });
  const others = REQUIREMENTS[type]?.[word] as object | undefined;
  return [...new Map(values.map((value) => [textOf(value), { [word]: value, ...others }])).values()];
}

describe.each(ROWS)('%s of %s on %s', (word, factory, target, type, isOwn) => {
  const render = (settings: readonly Part[]) => TARGETS[target](definitionWith(word, settings));
  const settingsOf = (value: Part) => [call(`${factory}.of`, value)];

  test(isOwn ? 'is rendered' : 'is not rendered, and is listed as not applied', () => {
    const without = render([]);
    const all: ReturnType<typeof render>[] = [];
    for (const value of valuesOf(type, word)) {
      // Where the word is not applied, one value is enough.
      if (!isOwn && all.length > 0) break;
      try {
        all.push(render(settingsOf(value)));
      } catch (error) {
        // A conflict with other values, as between random tolerations, is refused and never dropped.
        expect((error as Error).message).toMatch(/\[[A-Z]\w+\] /);
      }
    }
    expect(all).not.toHaveLength(0);
    const changed = all.filter((one) => outputOf(one) !== outputOf(without));
    expect(changed.length > 0).toBe(isOwn);
    const level = isOwn ? 'native' : 'not applied';
    for (const { plan } of all) {
      const rows = plan.ledger.filter(({ feature }) => feature === 'target settings');
      expect(rows).toContainEqual(expect.objectContaining({ level, detail: expect.stringContaining(word) }));
    }
  });
});
