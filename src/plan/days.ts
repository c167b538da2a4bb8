import type { ScheduleIntent } from './intents';

/** The days of a week, as schedules name them. */
export const DAYS: readonly string[] = ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'];

/** The days on which a schedule ends: the next ones if it ends at or before the time of its start. */
export function endDaysOf({ fromMinute, toMinute, days }: ScheduleIntent): readonly string[] {
  return toMinute > fromMinute ? days : nextDays(days);
}

/** The days after these, in the order of the week. */
function nextDays(days: readonly string[]): string[] {
  return DAYS.filter((_, index) => days.includes(DAYS[(index + DAYS.length - 1) % DAYS.length] as string));
}
