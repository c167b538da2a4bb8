/** Times in texts: in the words of a command, in variables of an environment, in a configuration, and anywhere else. */
import { isObject } from '../support/data';
import { sections } from '../support/haproxy';
import { bearsTime, durationIn, secondsIn } from './names';
import type { TimeValue } from './shapes';

/** The times that the words of a command set: `--keep-alive 70`, `--http-timeout=70`, `timeout=4` in a script. */
export function timesInCommand(words: readonly string[], path: string): TimeValue[] {
  return words.flatMap((word, index) => {
    const [flag = '', value = words[index + 1]] = word.split(/=(.*)/s, 2);
    if (!/^--?[A-Za-z]/.test(word)) return timesInText(word, path);
    return bearsTime(flag) ? [{ field: flag, path, value }] : [];
  });
}

/** The times that variables set. */
export function timesInEnvironment(
  variables: readonly (readonly [name: string, value: unknown])[],
  path: string,
): TimeValue[] {
  return variables.flatMap(([name, value]) => (bearsTime(name) ? [{ field: name, path, value }] : []));
}

/** Names of times with a number behind them, in a script or a text. */
export function timesInText(text: string, path: string): TimeValue[] {
  return [...text.matchAll(/([A-Za-z][\w.-]+)['"]?\s*[=:\s]\s*['"]?(\d+(?:\.\d+)?(?:us|ms|s|m|h|d)?)\b/g)]
    .filter(([, name]) => bearsTime(name as string))
    .map(([, name, value]) => ({ field: `${name} in a text`, path, value }));
}

/** Keywords of a router's configuration whose values are times, whatever they look like. */
const KEYWORDS = new Set(['timeout', 'hold', 'set-timeout']);

/** The times of a router's configuration, each with its keyword and the section that has it. */
export function timesInRouter(configuration: string): TimeValue[] {
  return sections(configuration).flatMap(({ kind, name, lines }) =>
    lines.flatMap((line) =>
      line.flatMap((word, index): TimeValue[] => {
        const path = `${kind} ${name}`;
        const route = /^str\(([^|]+)\|(\d+)\|/.exec(word);
        if (route !== null) return [{ field: 'route', path: `${path} ${route[1]}`, value: route[2] }];
        const [before = '', keyword = ''] = [line[index - 2], line[index - 1]];
        if (KEYWORDS.has(before)) return [{ field: `${before} ${keyword}`, path, value: word }];
        return durationIn(word) === undefined ? [] : [{ field: keyword, path, value: word }];
      }),
    ),
  );
}

/** Every other text or number of an object whose name bears a time, or that speaks of one. */
export function looseTimesIn(value: unknown, path = ''): TimeValue[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => looseTimesIn(item, `${path}[${index}]`));
  if (isObject(value))
    return Object.entries(value).flatMap(([key, item]) => looseTimesIn(item, path === '' ? key : `${path}.${key}`));
  const name = path.replace(/\[\d+\]$/, '').replace(/^.*\./, '');
  if (secondsIn(value) !== undefined) return bearsTime(name) ? [{ field: name, path, value }] : [];
  return typeof value === 'string' ? timesInText(value, path) : [];
}
