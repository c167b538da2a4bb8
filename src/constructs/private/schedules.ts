import type { IConstruct } from 'constructs';
import { DAYS } from '../../plan/days';
import type { ScheduleIntent } from '../../plan/intents';
import { requireNumber } from '../../private/checks';
import { ServingError } from '../../private/errors';
import { type ScalingSchedule, Weekday } from '../scaling-schedule';

const DAY_MINUTES = 24 * 60;
const WEEK_MINUTES = 7 * DAY_MINUTES;

/** The bounds of the replicas of a policy. */
interface Bounds {
  readonly minReplicas: number;
  readonly maxReplicas: number;
}

/** Validates the schedules of a policy: on every target at most one of them applies at a time. */
export function schedulesOf(
  schedules: readonly ScalingSchedule[],
  { minReplicas, maxReplicas }: Bounds,
  at: IConstruct,
): ScheduleIntent[] {
  const found = schedules.map((schedule, index): ScheduleIntent => {
    const prop = `schedules[${index}]`;
    const fromMinute = minuteOf(`${prop}.from`, schedule.from, at);
    const toMinute = minuteOf(`${prop}.to`, schedule.to, at);
    if (fromMinute === toMinute)
      throw new ServingError(
        'ConflictingProps',
        `'${prop}.from' and '${prop}.to' ('${schedule.from}') must differ; for a whole day use '00:00' and '23:59', and for every day 'minReplicas'`,
        at,
      );
    const { days = Object.values(Weekday) } = schedule;
    if (days.length === 0)
      throw new ServingError('EmptyList', `'${prop}.days' ([]) must have at least one day, or be left out`, at);
    return {
      fromMinute,
      toMinute,
      days: DAYS.filter((day) => (days as readonly string[]).includes(day)),
      timeZone: zoneOf(`${prop}.timeZone`, schedule.timeZone, at),
      minReplicas: requireNumber(`${prop}.minReplicas`, schedule.minReplicas, {
        min: minReplicas + 1,
        max: maxReplicas,
        integer: true,
        code: 'ReplicasOutOfRange',
        hint: "it is above 'minReplicas' of the policy and at most 'maxReplicas'",
        at,
      }),
    };
  });
  requireOneZone(found, at);
  requireApart(found, at);
  return found;
}

function minuteOf(prop: string, time: string, at: IConstruct): number {
  const [, hour, minute] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time) ?? [];
  if (hour !== undefined) return Number(hour) * 60 + Number(minute);
  throw new ServingError(
    'InvalidText',
    `'${prop}' ('${time}') must be a time from '00:00' to '23:59', such as '07:30'`,
    at,
  );
}

function zoneOf(prop: string, zone: string, at: IConstruct): string {
  if (/^[A-Za-z]+(?:[/_+-][A-Za-z0-9_+-]+)*$/.test(zone) && isKnownZone(zone)) return zone;
  throw new ServingError(
    'InvalidName',
    `'${prop}' ('${zone}') must be a time zone of the IANA database, such as 'Europe/Berlin' or 'UTC'`,
    at,
  );
}

function isKnownZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return true;
  } catch {
    return false;
  }
}

/** With several zones, the distance between two schedules would depend on the date. */
function requireOneZone(schedules: readonly ScheduleIntent[], at: IConstruct): void {
  const zone = schedules[0]?.timeZone;
  const index = schedules.findIndex(({ timeZone }) => timeZone !== zone);
  if (index < 0) return;
  throw new ServingError(
    'ConflictingProps',
    `'schedules[${index}].timeZone' ('${schedules[index]?.timeZone}') differs from '${zone}' of 'schedules[0]'; use one time zone for all schedules of a policy`,
    at,
  );
}

/** The end of one schedule would otherwise end another, or both would start at once. */
function requireApart(schedules: readonly ScheduleIntent[], at: IConstruct): void {
  const spans = schedules.flatMap(({ fromMinute, toMinute, days }, index) =>
    days.map((day) => {
      const start = DAYS.indexOf(day) * DAY_MINUTES + fromMinute;
      return { index, start, length: (toMinute - fromMinute + DAY_MINUTES) % DAY_MINUTES };
    }),
  );
  for (const one of spans) {
    const other = spans.find(
      (span) => span !== one && (span.start - one.start + WEEK_MINUTES) % WEEK_MINUTES <= one.length,
    );
    if (other === undefined) continue;
    const [first, second] = [one.index, other.index].sort((a, b) => a - b);
    throw new ServingError(
      'ConflictingProps',
      `'schedules[${second}]' overlaps or adjoins 'schedules[${first}]'; leave at least a minute between them`,
      at,
    );
  }
}
