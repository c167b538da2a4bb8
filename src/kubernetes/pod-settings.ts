import { checkOptions } from '../private/options';
import { tagClass } from '../private/package-copy';
import { TargetSettings } from '../workload/target-settings';
import type { PodSettingsOptions } from './pod-settings-options';
import { checkPodSettings } from './private/pod-settings-checks';

/**
 * Settings of a backend that only Kubernetes has: where its Pods run, with which identity, and their metadata.
 *
 * Use them in `targetSettings` of a backend, or in `backendDefaults` of a platform.
 *
 * @example
 * declare const endpoint: ServingEndpoint;
 * endpoint.addBackend('v1', {
 *   image: ServerImage.fromRegistry('registry.example.com/sentiment:1.4.2'),
 *   server: ModelServer.wsgi({ app: 'app:app' }),
 *   targetSettings: [
 *     kubernetes.PodSettings.of({
 *       nodeSelector: { 'acme.com/pool': 'models' },
 *       tolerations: [{ key: 'dedicated', operator: kubernetes.TolerationOperator.EXISTS }],
 *       priorityClassName: 'inference',
 *     }),
 *   ],
 * });
 */
export class PodSettings extends TargetSettings {
  /** Settings of the Pods of a backend. */
  public static of(options: PodSettingsOptions): PodSettings {
    checkPodSettings(checkOptions('kubernetes.PodSettingsOptions', options, 'options'));
    return new PodSettings(options);
  }

  private constructor(options: PodSettingsOptions) {
    super('kubernetes', 'kubernetes.PodSettings', { ...options });
  }
}

tagClass('PodSettings', PodSettings);
