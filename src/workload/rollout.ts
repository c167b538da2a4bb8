import { type RolloutIntent, RolloutKind } from '../plan/intents';
import { requireNumber } from '../private/checks';
import { checkOptions } from '../private/options';
import { tagClass } from '../private/package-copy';

/** Options of a rollout that starts new replicas before it stops old ones. */
export interface SurgeOptions {
  /**
   * How many additional replicas may run, as a percentage of the desired number; at least one replica.
   *
   * @default 100
   */
  readonly percent?: number;
}

/** Options of a rollout that stops old replicas before it starts new ones. */
export interface InPlaceOptions {
  /**
   * Whether a single replica may be stopped before the new one runs.
   *
   * @default false
   */
  readonly allowDowntime?: boolean;
}

/**
 * How new replicas replace old ones.
 *
 * AWS: the minimum and maximum healthy percent of the service. Kubernetes: the rolling update of the Deployment.
 */
export class Rollout {
  /** Starts new replicas before old ones stop: no capacity is lost, but the new replicas need spare compute. */
  public static surge(options: SurgeOptions = {}): Rollout {
    checkOptions('SurgeOptions', options, 'options');
    const percent = requireNumber('percent', options.percent ?? 100, { min: 1, max: 100, integer: true });
    return new Rollout({ kind: RolloutKind.SURGE, surgePercent: percent, availablePercent: 100 });
  }

  /**
   * Stops old replicas before new ones start: no spare compute is needed, but capacity is reduced during the rollout.
   */
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
