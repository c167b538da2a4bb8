/** The days of a week, as schedules name them. */
export const DAYS: readonly string[] = ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'];

/** The days after these, in the order of the week. */
export function nextDays(days: readonly string[]): string[] {
  return DAYS.filter((_, index) => days.includes(DAYS[(index + DAYS.length - 1) % DAYS.length] as string));
}
