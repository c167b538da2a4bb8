import type { ObservedBackend, Question } from './observation';

/** The sample of a smoke test in the words of a command; undefined for another command. */
export function sampleIn(words: readonly string[]): ObservedBackend['smokeTest'] {
  const config = words.find((word) => word.startsWith('{"port":'));
  return config === undefined ? undefined : JSON.parse(config).sample;
}

/** The question in a script that the interpreter of a server runs; undefined for another script. */
export function questionInScript(code: string | undefined): Omit<Question, 'by'> | undefined {
  if (code === undefined) return undefined;
  const found = (pattern: RegExp): string | undefined => pattern.exec(code)?.[1];
  const range = /not (\d+) <= s <= (\d+)/.exec(code);
  return {
    path: found(/request\('GET', '([^']*)'/) as string,
    statuses: range === null ? (found(/s not in \(([\d,]+),\)/) as string) : `${range[1]}-${range[2]}`,
    host: found(/'Host': '([^']*)'/),
    timeout: Number(found(/timeout=(\d+)/)),
  };
}
