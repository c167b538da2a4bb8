/** Words that indicate a time in the name of a setting, flag, variable or field. */
const WORDS = new Set(
  [
    ...[
      'age',
      'cooldown',
      'day',
      'deadline',
      'delay',
      'drain',
      'draining',
      'duration',
      'expiration',
      'expire',
      'expiry',
    ],
    ...[
      'frequency',
      'grace',
      'heartbeat',
      'hour',
      'idle',
      'interval',
      'jitter',
      'keepalive',
      'lifetime',
      'linger',
      'm',
    ],
    ...['millisecond', 'minute', 'ms', 'period', 'retention', 's', 'schedule', 'sec', 'second', 'sleep', 'time'],
    ...['timeout', 'timestamp', 'ttl', 'wait', 'warmup', 'window'],
  ].flatMap((word) => (word.length > 2 ? [word, `${word}s`] : [word])),
);

/** Whether a field, flag or variable has the name of a time: `idleTimeout`, `--keep-alive`, `BAKE_TIME_IN_MINUTES`. */
export function isTimeName(name: string): boolean {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
  return words.some((word, index) =>
    // A single letter is a unit only at the end of a name.
    word.length === 1
      ? index > 0 && WORDS.has(word)
      : WORDS.has(word) || (word === 'keep' && words[index + 1] === 'alive'),
  );
}

const UNITS: Readonly<Record<string, number>> = { us: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600, d: 86_400 };

/** A duration such as `100s`, `1h30m` or `1037ms` in seconds; undefined for any other text. */
export function durationIn(text: string): number | undefined {
  if (!/^(\d+(us|ms|s|m|h|d))+$/.test(text)) return undefined;
  return [...text.matchAll(/(\d+)(us|ms|s|m|h|d)/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (UNITS[unit as string] as number),
    0,
  );
}

/** A number, a number in a text, or a duration, in seconds; undefined for any other value. */
export function secondsIn(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return undefined;
  return /^\d+(\.\d+)?$/.test(value) ? Number(value) : durationIn(value);
}
