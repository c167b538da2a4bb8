import { requireNumber, requireShape, type Shape } from '../private/checks';
import { describe } from '../private/describe';
import { ServingError } from '../private/errors';
import { isUnresolved } from '../private/tokens';
import { checkAlarms } from './operate-checks';
import { checkTaskPatches } from './task-patches';
import { LogMode, type TaskSettingsOptions } from './task-settings-options';

/** The options that take CDK objects, or lists of them: the member that identifies each, and an example. */
const OBJECTS = {
  placementConstraints: {
    kind: 'an ecs.PlacementConstraint',
    member: 'toJson',
    example: 'ecs.PlacementConstraint.distinctInstances()',
  },
  placementStrategies: {
    kind: 'an ecs.PlacementStrategy',
    member: 'toJson',
    example: 'ecs.PlacementStrategy.packedByCpu()',
  },
  taskRoleStatements: {
    kind: 'an iam.PolicyStatement',
    member: 'toStatementJson',
    example: "new iam.PolicyStatement({ actions: ['sqs:SendMessage'], resources: ['*'] })",
  },
  taskRole: { kind: 'an iam.IRole', member: 'roleArn', example: "iam.Role.fromRoleName(this, 'Role', 'models')" },
  executionRole: { kind: 'an iam.IRole', member: 'roleArn', example: "iam.Role.fromRoleName(this, 'Role', 'models')" },
  registryCredentials: {
    kind: 'a secretsmanager.ISecret',
    member: 'secretArn',
    example: "secretsmanager.Secret.fromSecretNameV2(this, 'Registry', 'registry')",
  },
  logEncryptionKey: { kind: 'a kms.IKey', member: 'keyArn', example: "new kms.Key(this, 'Logs')" },
  logGroup: {
    kind: 'a logs.ILogGroup',
    member: 'logGroupName',
    example: "logs.LogGroup.fromLogGroupName(this, 'Logs', 'models')",
  },
} satisfies { readonly [option in keyof TaskSettingsOptions]: Shape };

/** The values of `logs.RetentionDays`. */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653, 9999,
];

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-using-tags.html, less the tags of the package. */
const MAX_TAGS = 45;

/** Checks what is known of settings without a backend. */
export function checkTaskSettings(options: TaskSettingsOptions): void {
  for (const [option, shape] of Object.entries(OBJECTS)) {
    const value: unknown = options[option as keyof typeof OBJECTS];
    if (Array.isArray(value))
      for (const [index, one] of value.entries()) requireShape(`${option}[${index}]`, one, shape);
    else if (value !== undefined) requireShape(option, value, shape);
  }
  const { alarms, circuitBreakerThreshold: failures } = options;
  if (alarms !== undefined) checkAlarms(alarms);
  if (failures !== undefined) requireNumber('circuitBreakerThreshold', failures, { min: 1, max: 1000, integer: true });
  checkLogs(options);
  checkTags(options.tags ?? {});
  checkTaskPatches(options);
}

function checkLogs(options: TaskSettingsOptions): void {
  const { logRetentionDays, logMode, logBuffer, logDatetimeFormat, logMultilinePattern } = options;
  if (logRetentionDays !== undefined && !RETENTION_DAYS.includes(requireNumber('logRetentionDays', logRetentionDays)))
    throw new ServingError(
      'InvalidNumber',
      `'logRetentionDays' (${logRetentionDays}) must be one of ${RETENTION_DAYS.slice(0, -1).join(', ')}, or 9999 to keep logs forever`,
    );
  refuseGroupOptions(options);
  if (logBuffer !== undefined && logMode !== LogMode.NON_BLOCKING)
    throw conflict(`'logBuffer' (${logBuffer}) requires 'logMode' LogMode.NON_BLOCKING`);
  if (logDatetimeFormat !== undefined && logMultilinePattern !== undefined)
    throw conflict("'logDatetimeFormat' and 'logMultilinePattern' are mutually exclusive; omit one of them");
}

/** The options of a new log group, and what an existing one has instead. */
const OF_NEW_GROUP = {
  logRetentionDays: 'retention',
  logEncryptionKey: 'encryption',
  keepLogs: 'removal policy',
} satisfies { readonly [option in keyof TaskSettingsOptions]: string };

function refuseGroupOptions(options: TaskSettingsOptions): void {
  if (options.logGroup === undefined) return;
  for (const [option, what] of Object.entries(OF_NEW_GROUP)) {
    const value: unknown = options[option as keyof typeof OF_NEW_GROUP];
    if (value === undefined) continue;
    const shown = typeof value === 'object' ? '' : ` (${value})`;
    throw conflict(`'${option}'${shown} has no effect on 'logGroup', which has its own ${what}`);
  }
}

function checkTags(tags: { readonly [key: string]: string }): void {
  const keys = Object.keys(tags);
  if (keys.length > MAX_TAGS)
    throw new ServingError('InvalidName', `'tags' (${keys.length}) must be at most ${MAX_TAGS}`);
  for (const [key, value] of Object.entries(tags)) {
    if (/^(?:aws|serving):/i.test(key))
      throw new ServingError('InvalidName', `'${key}' in 'tags' is reserved for AWS or this package; use another key`);
    checkTagText('tags', key, { min: 1, max: 128 });
    checkTagText(`tags.${key}`, value, { min: 0, max: 256 });
  }
}

/** The text of a token is known at deployment only. */
function checkTagText(prop: string, text: string, { min, max }: { readonly min: number; readonly max: number }): void {
  if (isUnresolved(text) || (text.length >= min && text.length <= max && /^[\p{L}\p{Z}\p{N}_.:/=+@-]*$/u.test(text)))
    return;
  throw new ServingError(
    'InvalidName',
    `'${prop}' (${describe(text)}) must have ${min} to ${max} letters, digits, spaces, '_', '.', ':', '/', '=', '+', '-' and '@'`,
  );
}

function conflict(message: string): ServingError {
  return new ServingError('ConflictingProps', message);
}
