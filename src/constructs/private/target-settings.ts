import type { Construct } from 'constructs';
import type { TargetSettingsIntent } from '../../plan/intents';
import { ServingError } from '../../private/errors';
import { composePatches } from '../../private/merge-patch';
import type { TargetSettings } from '../../workload/target-settings';
import type { ServingPlatform } from '../serving-platform';

/** The settings of a backend for its platform, and a description of all its settings. */
export interface ResolvedSettings {
  /** The options for its platform, after defaults. */
  readonly settings: { readonly [option: string]: unknown };
  /** What the definition sets, for every platform. */
  readonly targetSettings?: TargetSettingsIntent[];
}

/** A backend and its platform. */
interface Placed {
  readonly scope: Construct;
  readonly platform: ServingPlatform;
}

/** Selects the settings for the platform of a backend, and merges them over the defaults of the platform. */
export function resolveSettings(backend: Placed, list: readonly TargetSettings[] = []): ResolvedSettings {
  const { kind, _backendDefaults: defaults } = backend.platform;
  checkDefaults(backend, defaults);
  refuseSecond(backend, list);
  const own = list.find(({ platform }) => platform === kind);
  const all = [
    ...(defaults === undefined ? [] : [{ ...intentOf(defaults, kind), isDefault: true }]),
    ...list.map((one) => intentOf(one, kind)),
  ];
  return {
    settings: composePatches(defaults?._options ?? {}, own?._options ?? {}),
    ...(all.length > 0 && { targetSettings: all }),
  };
}

function intentOf({ platform, settingsName: name, optionNames: options }: TargetSettings, kind: string) {
  return { platform, name, options, applies: platform === kind };
}

function checkDefaults({ platform, scope }: Placed, defaults: TargetSettings | undefined): void {
  if (defaults === undefined || defaults.platform === platform.kind) return;
  throw new ServingError(
    'ForeignResource',
    `'backendDefaults' (${defaults.settingsName}) of platform '${platform.node.path}' belongs to platform '${defaults.platform}' and cannot be used on '${platform.kind}'; use the settings of that platform`,
    scope,
  );
}

/** A target has one class of settings, so that no order of settings decides. */
function refuseSecond({ scope }: Placed, list: readonly TargetSettings[]): void {
  const platforms = list.map(({ platform }) => platform);
  const second = list.find(({ platform }, index) => platforms.indexOf(platform) < index);
  if (second === undefined) return;
  throw new ServingError(
    'ConflictingProps',
    `'targetSettings' contains settings for platform '${second.platform}' twice (${second.settingsName}); put all options into one`,
    scope,
  );
}
