import { freeze } from '../private/freeze';
import { composePatches } from '../private/merge-patch';
import { tagClass } from '../private/package-copy';

/**
 * Settings of a backend that only one target has, such as the tolerations of a Pod. Other targets ignore them, and `serving
 * explain` lists them there as not applied.
 *
 * Each target has its own class. To add settings of your own target, extend this class and read `BackendBinding.settings`.
 */
export abstract class TargetSettings {
  /**
   * Only for the compiler: object literals are not settings.
   *
   * @internal
   */
  protected declare readonly _made: true;

  /** @internal */
  public readonly _options: { readonly [option: string]: unknown };

  protected constructor(
    /** The kind of platform that applies the settings, such as `kubernetes`. */
    public readonly platform: string,
    /** The name of the settings in messages, such as `kubernetes.PodSettings`. */
    public readonly settingsName: string,
    // biome-ignore lint/suspicious/noExplicitAny: each target has its own options.
    options: { [option: string]: any },
  ) {
    this._options = freeze(composePatches({}, options));
  }

  /** The names of the options that are set. */
  public get optionNames(): string[] {
    return Object.keys(this._options);
  }
}

tagClass('TargetSettings', TargetSettings);
