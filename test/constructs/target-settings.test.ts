import { TargetSettings } from '../../src/workload/target-settings';
import { backendOptions, endpointOn, testPlatform } from '../support/definitions';
import { type TestPlatformProps, TestSettings, type TestSettingsOptions } from '../support/test-platform';

/** Settings that another platform has. */
class OtherSettings extends TargetSettings {
  constructor(options: object) {
    super('other', 'OtherSettings', { ...options });
  }
}

function platformWith(targetSettings?: TargetSettings[], props: TestPlatformProps = {}) {
  const platform = testPlatform(props);
  endpointOn(platform).addBackend('v1', backendOptions({ targetSettings }));
  return platform;
}

function settingsOf(targetSettings?: TargetSettings[], defaults?: TestSettingsOptions) {
  const backendDefaults = defaults === undefined ? undefined : new TestSettings(defaults);
  return platformWith(targetSettings, { backendDefaults }).synthesize().services[0]?.settings;
}

const rowsOf = (platform: ReturnType<typeof platformWith>) =>
  platform
    .plan()
    .ledger.filter(({ feature }) => feature === 'target settings')
    .map(({ level, detail }) => `${level}: ${detail}`);

test('a platform gets the options of its own settings', () => {
  const options = { zone: 'a', labels: { team: 'ml' } };
  expect(settingsOf([new OtherSettings({ zone: 'b' }), new TestSettings(options)])).toEqual(options);
});

test.each([
  [undefined],
  [[]],
  [[new OtherSettings({ zone: 'b' })]],
  [[new TestSettings({})]],
])('without settings for it, a platform gets an empty object (%#)', (settings) =>
  expect(settingsOf(settings)).toEqual({}));

test('the names of the options that are set are known', () => {
  expect(new TestSettings({ zone: 'a', labels: undefined }).optionNames).toEqual(['zone']);
});

describe('defaults of the platform', () => {
  const defaults = { zone: 'a', labels: { team: 'ml', stage: 'dev' }, hints: ['one', 'two'] };

  test('apply to backends without settings', () => {
    expect(settingsOf([], defaults)).toEqual(defaults);
  });

  test('are replaced by the backend, except objects, which are merged by key', () => {
    const own = { zone: 'b', labels: { stage: 'prod' }, hints: ['three'] };
    expect(settingsOf([new TestSettings(own)], defaults)).toEqual({
      zone: 'b',
      labels: { team: 'ml', stage: 'prod' },
      hints: ['three'],
    });
  });

  test('do not change with a backend', () => {
    const backendDefaults = new TestSettings(defaults);
    const platform = platformWith([new TestSettings({ labels: { extra: 'a' } })], { backendDefaults });
    endpointOn(platform, 'second', { path: '/second' }).addBackend('v1', backendOptions());
    expect(platform.synthesize().services.map(({ settings }) => settings.labels)).toEqual([
      { team: 'ml', stage: 'dev', extra: 'a' },
      { team: 'ml', stage: 'dev' },
    ]);
  });

  test('fail if they are for another platform', () => {
    expect(() => platformWith([], { backendDefaults: new OtherSettings({}) })).toThrow(
      "[ForeignResource] 'backendDefaults' (OtherSettings) of platform 'Platform' belongs to platform 'other' and cannot be used on 'test'; use the settings of that platform (at endpoint/v1)",
    );
  });

  test('fail if they are not settings', () => {
    expect(() => testPlatform({ backendDefaults: { zone: 'a' } as never })).toThrow(
      "[InvalidType] 'backendDefaults' ({ zone }) must be a TargetSettings, for example",
    );
  });
});

test('two settings for one platform fail, even if it is not the platform of the backend', () => {
  for (const [settings, name, platform] of [
    [[new TestSettings({}), new TestSettings({})], 'TestSettings', 'test'],
    [[new OtherSettings({}), new TestSettings({}), new OtherSettings({})], 'OtherSettings', 'other'],
  ] as const)
    expect(() => platformWith([...settings])).toThrow(
      `[ConflictingProps] 'targetSettings' contains settings for platform '${platform}' twice (${name}); put all options into one (at endpoint/v1)`,
    );
});

test('the ledger lists which settings apply and which do not', () => {
  const settings = [new OtherSettings({ a: 1, b: 2 }), new TestSettings({ zone: 'a', hints: [] })];
  expect(rowsOf(platformWith(settings, { backendDefaults: new TestSettings({ labels: {} }) }))).toEqual([
    'native: TestSettings: labels; defaults of the platform',
    "not applied: OtherSettings: a, b; only for platform 'other'",
    'native: TestSettings: zone, hints',
  ]);
});

test('the ledger does not list empty settings', () => {
  expect(rowsOf(platformWith([new OtherSettings({}), new TestSettings({})]))).toEqual([]);
});
