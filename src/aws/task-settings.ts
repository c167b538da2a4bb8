import { checkOptions } from '../private/options';
import { tagClass } from '../private/package-copy';
import { TargetSettings } from '../workload/target-settings';
import { checkTaskSettings } from './task-settings-checks';
import type { TaskSettingsOptions } from './task-settings-options';

/**
 * Settings of a backend that only AWS has: where its tasks run, with which permissions, and their logs and tags.
 *
 * Use them in `targetSettings` of a backend, or in `backendDefaults` of a platform.
 *
 * @example
 * declare const endpoint: ServingEndpoint;
 * endpoint.addBackend('v1', {
 *   image: ServerImage.fromRegistry('registry.example.com/sentiment:1.4.2'),
 *   server: ModelServer.wsgi({ app: 'app:app' }),
 *   targetSettings: [
 *     aws.TaskSettings.of({
 *       logRetentionDays: 90,
 *       tags: { team: 'ml' },
 *     }),
 *   ],
 * });
 */
export class TaskSettings extends TargetSettings {
  /** Settings of the tasks of a backend. */
  public static of(options: TaskSettingsOptions): TaskSettings {
    checkTaskSettings(checkOptions('aws.TaskSettingsOptions', options, 'options'));
    return new TaskSettings(options);
  }

  private constructor(options: TaskSettingsOptions) {
    super('aws', 'aws.TaskSettings', { ...options });
  }
}

tagClass('TaskSettings', TaskSettings);
