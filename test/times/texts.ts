/** Times in texts: arguments of a command, environment variables, a configuration, and anything else. */
import { isObject } from '../support/data';
import { sections } from '../support/haproxy';
import { durationIn, isTimeName, secondsIn } from './names';
import type { TimeValue } from './shapes';

/** The times in the arguments of a command: `--keep-alive 70`, `--http-timeout=70`, `timeout=4` in a script. */
export function timesInCommand(words: readonly string[], path: string): TimeValue[] {
  return words.flatMap((word, index) => {
    const [flag = '', value = words[index + 1]] = word.split(/=(.*)/s, 2);
    if (!/^--?[A-Za-z]/.test(word)) return timesInText(word, path);
    return isTimeName(flag) ? [{ field: flag, path, value }] : [];
  });
}

/** The times in environment variables. */
export function timesInEnvironment(
  variables: readonly (readonly [name: string, value: unknown])[],
  path: string,
): TimeValue[] {
  return variables.flatMap(([name, value]) => (isTimeName(name) ? [{ field: name, path, value }] : []));
}

/** Names of times that are followed by a number, in a script or a text. */
export function timesInText(text: string, path: string): TimeValue[] {
  return [...text.matchAll(/([A-Za-z][\w.-]+)['"]?\s*[=:\s]\s*['"]?(\d+(?:\.\d+)?(?:us|ms|s|m|h|d)?)\b/g)]
    .filter(([, name]) => isTimeName(name as string))
    .map(([, name, value]) => ({ field: `${name} in a text`, path, value }));
}

/** Keywords of the router configuration whose values are always times. */
const KEYWORDS = new Set(['timeout', 'hold', 'set-timeout']);

/** The times in the router configuration, each with its keyword and section. */
export function timesInRouter(configuration: string): TimeValue[] {
  return sections(configuration).flatMap(({ kind, name, lines }) =>
    lines.flatMap((line) =>
      line.flatMap((word, index): TimeValue[] => {
        const path = `${kind} ${name}`;
        const [before = '', keyword = ''] = [line[index - 2], line[index - 1]];
        if (KEYWORDS.has(before)) return [{ field: `${before} ${keyword}`, path, value: word }];
        return durationIn(word) === undefined ? [] : [{ field: keyword, path, value: word }];
      }),
    ),
  );
}

/** The times in the routes of the router, each with its endpoint. */
export function timesInRoutes(map: string): TimeValue[] {
  return map.split('\n').flatMap((line): TimeValue[] => {
    const [, endpoint, value] = /^[^#]\S* ([^|]+)\|(\d+)\|/.exec(line) ?? [];
    // A route whose requests reach no server has no timeout.
    if (endpoint === undefined || Number(value) === 0) return [];
    return [{ field: 'route', path: `frontend _router ${endpoint}`, value: String(Number(value) / 1000) }];
  });
}

/** All other texts and numbers of an object whose name is that of a time, or that mention one. */
export function otherTimesIn(value: unknown, path = ''): TimeValue[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => otherTimesIn(item, `${path}[${index}]`));
  if (isObject(value))
    return Object.entries(value).flatMap(([key, item]) => otherTimesIn(item, path === '' ? key : `${path}.${key}`));
  const name = path.replace(/\[\d+\]$/, '').replace(/^.*\./, '');
  if (secondsIn(value) !== undefined) return isTimeName(name) ? [{ field: name, path, value }] : [];
  return typeof value === 'string' ? timesInText(value, path) : [];
}
