import { createInterface } from 'node:readline/promises';
import { oneLine } from '../../private/credentials/redact';
import { shellWord } from '../../private/shell-word';
import { CommandError } from '../command-line/command-error';
import { stderr, warn } from '../command-line/output';
import { type Destination, nameOf } from './destination';
import { knownDestinations, rememberDestinations } from './known-destinations';

/** The options of commands that publish. */
export const DESTINATION_FLAGS = { 'allow-destination': { type: 'string', multiple: true } } as const;

export const DESTINATION_USAGE = `      --allow-destination PREFIX
                           allow a destination prefix (registry, repository or s3://...) that only the lock file names; may be
                           repeated (or set SERVING_ALLOWED_DESTINATIONS, separated by commas)
`;

/** Prompts the user; replaced in tests. */
export type Ask = (question: string) => Promise<string>;

/** How destinations are allowed. */
export interface Consent {
  /** Whether the destination comes from the command line. */
  readonly isTyped: boolean;
  /** Prefixes from the command line. */
  readonly allowed?: readonly string[];
  /** @default - a prompt on a terminal, none elsewhere */
  readonly ask?: Ask;
}

/**
 * Refuses destinations that only the lock file names: a malicious change of that file would send weights elsewhere, with
 * the publisher's credentials. A destination must be on the command line, allowed, or confirmed once on this machine.
 */
export async function confirmDestinations(destinations: readonly Destination[], consent: Consent): Promise<void> {
  if (consent.isTyped) return;
  const prefixes = [...(consent.allowed ?? []), ...allowedByEnvironment()].map(requirePrefix);
  const known = knownDestinations();
  const unconfirmed = destinations.filter(
    (one) => !known.has(nameOf(one)) && !prefixes.some((prefix) => startsWith(nameOf(one), prefix)),
  );
  if (unconfirmed.length === 0) return;
  const names = [...new Set(unconfirmed.map(nameOf))];
  if (!names.every(isDisplayable)) throw new CommandError('DestinationRefused', UNDISPLAYABLE);
  const { ask = askTerminal() } = consent;
  if (ask === undefined) throw refusal(names);
  const answer = await ask(`This machine has never published to ${names.join(', ')}. Publish there? [y/N] `);
  if (!/^\s*y(es)?\s*$/i.test(answer)) throw refusal(names);
  const why = rememberDestinations(unconfirmed);
  if (why !== undefined) warn(`the answer cannot be stored (${why}); the next 'serving publish' will ask again`);
}

function refusal(names: readonly string[]): CommandError {
  const first = shellWord(names[0] ?? '');
  return new CommandError(
    'DestinationRefused',
    `only the lock file names ${names.map((name) => `'${name}'`).join(', ')}, and this machine has never published there; if it is correct, pass --to ${first}, or --allow-destination ${first} (or set SERVING_ALLOWED_DESTINATIONS)`,
    true,
  );
}

const UNDISPLAYABLE =
  'a destination in the lock file contains invisible characters, so it cannot be confirmed; remove them from the lock file, or pass --to';

/** Whether a name is displayed unchanged, so that the user approves exactly what is used. */
function isDisplayable(name: string): boolean {
  return oneLine(name) === name;
}

function allowedByEnvironment(): string[] {
  return (process.env.SERVING_ALLOWED_DESTINATIONS ?? '').split(/[\s,]+/).filter((prefix) => prefix !== '');
}

/** A prefix must contain at least a registry or a bucket: a shorter one would allow everything. */
function requirePrefix(text: string): string {
  const prefix = text.replace(/^oci:\/\//, '').replace(/\/+$/, '');
  if (/^s3:\/\/[^/\s*]+/.test(prefix) || /^(?!s3:)[^/\s*:]+(:\d+)?(\/[^\s*:@]+)?$/.test(prefix)) return prefix;
  throw new CommandError(
    'InvalidDestination',
    `--allow-destination ('${text}') must be a registry, registry/repository or s3://bucket/prefix, without wildcards`,
  );
}

/** Compares whole path segments: `acme` does not allow `acme-evil`. */
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
        // The end of the input counts as no.
        terminal.once('close', () => resolve(''));
      });
    } finally {
      terminal.close();
    }
  };
}
