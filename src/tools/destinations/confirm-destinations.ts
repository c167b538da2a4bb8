import { createInterface } from 'node:readline/promises';
import { oneLine } from '../../private/credentials/redact';
import { shellWord } from '../../private/shell-word';
import { CommandError } from '../command-line/command-error';
import { stderr, warn } from '../command-line/output';
import { type Destination, nameOf } from './destination';
import { knownDestinations, rememberDestinations } from './known-destinations';

/** The options of a command that sends something. */
export const DESTINATION_FLAGS = { 'allow-destination': { type: 'string', multiple: true } } as const;

export const DESTINATION_USAGE = `      --allow-destination PREFIX
                           a registry, a repository or an s3:// prefix that may be published to although only the lock file
                           names it; may be repeated (as does SERVING_ALLOWED_DESTINATIONS, separated by commas)
`;

/** Who asks the user; a test answers in their place. */
export type Ask = (question: string) => Promise<string>;

/** What allows destinations. */
export interface Consent {
  /** Whether the user typed the destination. */
  readonly isTyped: boolean;
  /** Prefixes from the command line. */
  readonly allowed?: readonly string[];
  /** @default - on a terminal, the user */
  readonly ask?: Ask;
}

/**
 * Refuses destinations that only the lock file names: a change of it would send weights elsewhere, with the credentials of
 * whoever publishes. They must be typed, allowed, or confirmed once on this machine.
 */
export async function confirmDestinations(destinations: readonly Destination[], consent: Consent): Promise<void> {
  if (consent.isTyped) return;
  const prefixes = [...(consent.allowed ?? []), ...allowedByEnvironment()].map(requirePrefix);
  const known = knownDestinations();
  const strange = destinations.filter(
    (one) => !known.has(nameOf(one)) && !prefixes.some((prefix) => startsWith(nameOf(one), prefix)),
  );
  if (strange.length === 0) return;
  const names = [...new Set(strange.map(nameOf))];
  if (!names.every(isShownWhole)) throw new CommandError('DestinationRefused', UNSHOWABLE);
  const { ask = askTerminal() } = consent;
  if (ask === undefined) throw refusal(names);
  const answer = await ask(`This machine has never published to ${names.join(', ')}. Publish there? [y/N] `);
  if (!/^\s*y(es)?\s*$/i.test(answer)) throw refusal(names);
  const why = rememberDestinations(strange);
  if (why !== undefined) warn(`the answer cannot be kept (${why}), so the next 'serving publish' asks again`);
}

function refusal(names: readonly string[]): CommandError {
  const first = shellWord(names[0] ?? '');
  return new CommandError(
    'DestinationRefused',
    `only the lock file names ${names.map((name) => `'${name}'`).join(', ')}, and this machine has never published there; pass --to ${first}, or --allow-destination ${first} (or SERVING_ALLOWED_DESTINATIONS) if it is right`,
    true,
  );
}

const UNSHOWABLE =
  'a destination that only the lock file names has invisible characters, so it cannot be confirmed; write it without them in the lock file, or pass --to';

/** What a person approves is what is used: nothing of it is left out where it is shown. */
function isShownWhole(name: string): boolean {
  return oneLine(name) === name;
}

function allowedByEnvironment(): string[] {
  return (process.env.SERVING_ALLOWED_DESTINATIONS ?? '').split(/[\s,]+/).filter((prefix) => prefix !== '');
}

/** A prefix that names at least a registry or a bucket: what is shorter would allow everything. */
function requirePrefix(text: string): string {
  const prefix = text.replace(/^oci:\/\//, '').replace(/\/+$/, '');
  if (/^s3:\/\/[^/\s*]+/.test(prefix) || /^(?!s3:)[^/\s*:]+(:\d+)?(\/[^\s*:@]+)?$/.test(prefix)) return prefix;
  throw new CommandError(
    'InvalidDestination',
    `'${text}' is not an allowed destination; write a registry, registry/repository or s3://bucket/prefix, without wildcards`,
  );
}

/** By whole parts: `acme` does not allow `acme-evil`. */
function startsWith(name: string, prefix: string): boolean {
  return name === prefix || name.startsWith(`${prefix}/`);
}

function askTerminal(): Ask | undefined {
  if (process.stdin.isTTY !== true || !stderr.isTerminal) return undefined;
  return async (question) => {
    stderr.exact(question);
    const terminal = createInterface({ input: process.stdin });
    try {
      return await new Promise<string>((resolve) => {
        terminal.once('line', resolve);
        // The end of the input is no answer.
        terminal.once('close', () => resolve(''));
      });
    } finally {
      terminal.close();
    }
  };
}
