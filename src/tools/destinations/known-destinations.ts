import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { replaceFile } from '../../private/files/replace-file';
import { isWritable, userState, whyNoFolder } from '../../private/files/user-folders';
import { readJsonObject } from '../../private/json';
import { type Destination, nameOf } from './destination';

/** Changes with the format of the file. */
const FORMAT = 1;

/** How many destinations are remembered, latest first. */
const MAX_REMEMBERED = 1000;

/** The destinations that the user has confirmed on this machine: none if the file cannot be read. */
export function knownDestinations(): ReadonlySet<string> {
  const path = statePath();
  if (path === undefined) return new Set();
  try {
    const { format, destinations } = readJsonObject(readFileSync(path)) ?? {};
    const isKnown = format === FORMAT && Array.isArray(destinations);
    return new Set(isKnown ? destinations.filter((one: unknown) => typeof one === 'string') : []);
  } catch {
    return new Set();
  }
}

/** Remembers confirmed destinations. Returns the reason if that is not possible. */
export function rememberDestinations(confirmed: readonly Destination[]): string | undefined {
  const known = knownDestinations();
  const names = [...new Set(confirmed.map(nameOf))];
  if (names.every((name) => known.has(name))) return undefined;
  const destinations = [...names, ...[...known].filter((name) => !names.includes(name))].slice(0, MAX_REMEMBERED);
  const path = statePath();
  try {
    if (path === undefined) return whyNoFolder('state');
    if (!isWritable(dirname(path))) return `'${dirname(path)}' is not writable`;
    replaceFile(path, `${JSON.stringify({ format: FORMAT, destinations }, null, 2)}\n`, 0o600);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function statePath(): string | undefined {
  const state = userState();
  return state === undefined ? undefined : join(state, 'destinations.json');
}
