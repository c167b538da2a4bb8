import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { Size } from '../units/size';
import type { AlarmOptions } from './alarm-options';

/** What a container does while CloudWatch Logs does not accept its logs. */
export enum LogMode {
  /** It waits when it writes a line. */
  BLOCKING = 'blocking',
  /** It continues, and lines are lost when the buffer is full. */
  NON_BLOCKING = 'non-blocking',
}

/**
 * Options that only ECS services and tasks have. A change of roles, credentials or log groups replaces the tasks, like any other
 * rollout. A change of placement affects later tasks only, and tags change in place.
 */
export interface TaskSettingsOptions {
  /**
   * The instances that tasks can run on, such as `ecs.PlacementConstraint.memberOf("attribute:pool == models")`. Not
   * supported on Fargate.
   *
   * @default - all instances of the capacity provider
   */
  readonly placementConstraints?: ecs.PlacementConstraint[];

  /**
   * How instances are preferred, in this order. Not supported on Fargate.
   *
   * @default - instances with the least available memory
   */
  readonly placementStrategies?: ecs.PlacementStrategy[];

  /**
   * What the application is allowed to do, in addition to reading its models.
   *
   * @default - none
   */
  readonly taskRoleStatements?: iam.PolicyStatement[];

  /**
   * The role of the application, which `ecs-tasks.amazonaws.com` must be allowed to assume. The permissions to read models are
   * added to it, unless it is immutable (`iam.Role.withoutPolicyUpdates`).
   *
   * @default - a role for the backend, which only tasks of this account and Region can assume
   */
  readonly taskRole?: iam.IRole;

  /**
   * The role with which ECS pulls images, reads secrets and writes logs; `ecs-tasks.amazonaws.com` must be allowed to assume
   * it. The permissions are added to it, unless it is immutable.
   *
   * @default - a role for the backend, which only tasks of this account and Region can assume
   */
  readonly executionRole?: iam.IRole;

  /**
   * The secret with `username` and `password` for a registry other than ECR, from which the image of the server and images of
   * models are pulled.
   *
   * @default - none
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/private-auth.html
   */
  readonly registryCredentials?: secretsmanager.ISecret;

  /**
   * The log group of the containers, for example one with a name of yours. Several backends can share one.
   *
   * @default - a log group for the backend, which is kept when the backend is removed
   */
  readonly logGroup?: logs.ILogGroup;

  /**
   * How many days the log group of the backend keeps logs: a value of `logs.RetentionDays`, such as 7 or 365.
   *
   * @default 30
   */
  readonly logRetentionDays?: number;

  /**
   * The KMS key that encrypts the log group of the backend. Its policy gets the statement that CloudWatch Logs requires, unless
   * the key is imported. It encrypts what is logged from then on.
   *
   * @default - the keys of CloudWatch Logs
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
   */
  readonly logEncryptionKey?: kms.IKey;

  /**
   * Whether the log group of the backend is kept when the backend is removed or moved to another construct path. `false` is the
   * removal policy DESTROY.
   *
   * @default true
   */
  readonly keepLogs?: boolean;

  /**
   * What the containers do while CloudWatch Logs does not accept their logs.
   *
   * @default - `defaultLogDriverMode` of the account, which is non-blocking unless it was changed
   */
  readonly logMode?: LogMode;

  /**
   * The size of the buffer of LogMode.NON_BLOCKING, which requires that mode.
   *
   * @default - that of ECS, 10 MiB
   */
  readonly logBuffer?: Size;

  /**
   * The `strftime` format of the time at which each log event begins, for messages of several lines. Mutually exclusive with
   * `logMultilinePattern`.
   *
   * @default - each line is a log event
   */
  readonly logDatetimeFormat?: string;

  /**
   * The regular expression of the first line of each log event, for messages of several lines.
   *
   * @default - each line is a log event
   */
  readonly logMultilinePattern?: string;

  /**
   * The alarms of the backend. They are merged by key over `alarms` of the platform.
   *
   * @default - those of the platform, which has none by default
   */
  readonly alarms?: AlarmOptions;

  /**
   * How many tasks may fail to start before ECS stops a deployment and rolls it back, regardless of the number of replicas. A
   * task that becomes healthy resets the count.
   *
   * @default - that of ECS: half of the replicas, but at least 3 and at most 200
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
   */
  readonly circuitBreakerThreshold?: number;

  /**
   * Tags of the resources of the backend and of its tasks.
   *
   * @default - none
   */
  readonly tags?: { readonly [key: string]: string };

  /**
   * Whether `aws ecs execute-command` can run commands in the containers. It requires `readOnlyRootFilesystem: false`, because
   * the agent of Systems Manager writes to the root file system. The task role gets the permissions that it needs.
   *
   * @default false
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
   */
  readonly enableExecuteCommand?: boolean;

  /**
   * A patch of the task definition, applied last, as a JSON merge patch (RFC 7386): objects are merged
   * by key, `null` removes a field, and lists are replaced. Field names are those of CloudFormation.
   *
   * A name that is not a property of CloudFormation, at any depth, is an error. A field that replaces what the plan depends on
   * causes the warning `patchedValue`, which names the rules that are not enforced. `serving explain patches` lists all fields.
   *
   * @default - none
   */
  // biome-ignore lint/suspicious/noExplicitAny: a field can have any value.
  readonly taskDefinitionPatch?: { readonly [field: string]: any };

  /**
   * A patch of the server's container, applied last, as a JSON merge patch (RFC 7386): objects are merged
   * by key, `null` removes a field, and lists are replaced. Field names are those of CloudFormation.
   *
   * A name that is not a property of CloudFormation, at any depth, is an error. A field that replaces what the plan depends on
   * causes the warning `patchedValue`, which names the rules that are not enforced. `serving explain patches` lists all fields.
   *
   * @default - none
   */
  // biome-ignore lint/suspicious/noExplicitAny: a field can have any value.
  readonly containerPatch?: { readonly [field: string]: any };
}
