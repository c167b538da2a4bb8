import { hideArguments } from './credentials/arguments';
import { ServingError } from './errors';

/** A loopback address, alone or as the value of an option or a variable. */
const LOCALHOST = /^(?:(?<name>[\w.-]+)=)?(?:tcp:\/\/|https?:\/\/)?(?:127(?:\.\d+){3}|localhost|\[?::1\]?)(?::\d+)?$/i;

/** Names of options for addresses that a server connects to, or where it listens for other traffic than requests. */
export const OTHER_ADDRESS =
  /master|rdzv|peer|upstream|backend|redis|database|broker|proxy|metrics|admin|manage|otlp|trac|url/i;

/** Rejects a command that listens only on the loopback interface. */
export function refuseLocalhost(words: string[], command: string): void {
  const word = words.find((candidate, index) => {
    const match = LOCALHOST.exec(candidate);
    const before = words[index - 1] ?? '';
    return match !== null && !OTHER_ADDRESS.test(match.groups?.name ?? (before.startsWith('-') ? before : ''));
  });
  if (word !== undefined) {
    throw new ServingError(
      'LocalhostBind',
      `'${word}' in the server command ('${hideArguments(command.split(' ')).join(' ')}') is unreachable from outside the container; listen on 0.0.0.0`,
    );
  }
}
