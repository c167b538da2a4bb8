import { hideArguments } from './credentials/arguments';
import { ServingError } from './errors';

/** An address that only the container itself reaches, alone or as the value of an option or a variable. */
const LOCALHOST = /^(?:(?<name>[\w.-]+)=)?(?:tcp:\/\/|https?:\/\/)?(?:127(?:\.\d+){3}|localhost|\[?::1\]?)(?::\d+)?$/i;

/** Names of options that say where a server connects to, or where it listens for others than its callers. */
const OTHER_ADDRESS =
  /master|rdzv|peer|upstream|backend|redis|database|broker|proxy|metrics|admin|manage|otlp|trac|url/i;

/** Refuses a command that listens where nothing outside its container reaches it. */
export function refuseLocalhost(words: string[], command: string): void {
  const word = words.find((candidate, index) => {
    const match = LOCALHOST.exec(candidate);
    const before = words[index - 1] ?? '';
    return match !== null && !OTHER_ADDRESS.test(match.groups?.name ?? (before.startsWith('-') ? before : ''));
  });
  if (word !== undefined) {
    throw new ServingError(
      'LocalhostBind',
      `'${word}' in the server command ('${hideArguments(command.split(' ')).join(' ')}') is an address that nothing outside the container reaches; listen on 0.0.0.0`,
    );
  }
}
