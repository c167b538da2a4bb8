import { type RolloutIntent, RolloutKind } from '../plan/intents';
import { requireNumber } from '../private/checks';
import { checkOptions } from '../private/options';
import { tagClass } from '../private/package-copy';

/** Options of a rollout that starts new replicas first. */
export interface SurgeOptions {
  /**
   * How many replicas may run above the wanted number, in percent of it; at least one replica.
   *
   * @default 100
   */
  readonly percent?: number;
}

/** Options of a rollout that stops old replicas first. */
export interface InPlaceOptions {
  /**
   * Whether the only replica may be stopped before the new one runs.
   *
   * @default false
   */
  readonly allowDowntime?: boolean;
}

/**
 * How new replicas take the place of old ones.
 *
 * AWS: the minimum and maximum healthy percent of the service. Kubernetes: the rolling update of the Deployment.
 */
export class Rollout {
  /** Starts new replicas before old ones stop: no capacity is lost, and room for the new ones is needed. */
  public static surge(options: SurgeOptions = {}): Rollout {
    checkOptions('SurgeOptions', options, 'options');
    const percent = requireNumber('percent', options.percent ?? 100, { min: 1, max: 100, integer: true });
    return new Rollout({ kind: RolloutKind.SURGE, surgePercent: percent, availablePercent: 100 });
  }

  /** Stops old replicas before new ones start: no room is needed, and one replica's capacity is lost meanwhile. */
  public static inPlace(options: InPlaceOptions = {}): Rollout {
    checkOptions('InPlaceOptions', options, 'options');
    return new Rollout({
      kind: RolloutKind.IN_PLACE,
      surgePercent: 0,
      availablePercent: options.allowDowntime ? 0 : 50,
    });
  }

  private constructor(private readonly intent: RolloutIntent) {}

  /** @internal */
  public _intent(): RolloutIntent {
    return this.intent;
  }
}

tagClass('Rollout', Rollout);
