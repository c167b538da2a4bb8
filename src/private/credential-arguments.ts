import { REDACTED } from './credential-forms';
import { credentialReason, isCredentialName } from './credential-names';
import { redact } from './redact';

/** A word that gives a value to a name: `--api-key=...`, `API_KEY=...`. */
const ASSIGNMENT = /^(-{0,2}[A-Za-z][\w.-]*)=([\s\S]*)$/;
/** A flag whose value is the next word. */
const FLAG = /^--?[A-Za-z][\w.-]*$/;
/** The words of a line for a shell, with the spaces between them. Quotes keep words together. */
const SHELL_WORDS = /(?:[^\s"']|"[^"]*"|'[^']*')+|\s+|["']/g;

/** A value in a command, by the flag or variable that it is given to. */
interface NamedArgument {
  readonly name: string;
  readonly value: string;
}

/** An argument that appears to be a credential. */
export interface CredentialArgument {
  readonly name: string;
  readonly reason: string;
}

/** The arguments of a command that appear to be credentials. */
export function credentialArguments(words: readonly string[]): CredentialArgument[] {
  return argumentsIn(words.flatMap(wordsIn)).flatMap(({ name, value }) => {
    const reason = credentialReason(name, value);
    return reason === undefined ? [] : [{ name, reason }];
  });
}

/** A command for people: the values of flags and variables with names of credentials are hidden. */
export function hideArguments(words: readonly string[]): string[] {
  const isNamed = (index: number): boolean => isValueOf(words[index - 1], words[index] as string);
  return words.map((word, index) => {
    if (/\s/.test(word)) return hideLine(word);
    return isNamed(index) ? REDACTED : hideWord(word);
  });
}

/** A line for a shell with its credentials hidden. */
function hideLine(line: string): string {
  let before: string | undefined;
  const parts = line.match(SHELL_WORDS) ?? [];
  const shown = parts.map((part) => {
    if (/^\s+$/.test(part)) return part;
    const text = isValueOf(before, part) ? REDACTED : hideWord(part);
    before = part;
    return text;
  });
  return redact(shown.join(''));
}

function hideWord(word: string): string {
  const [, name = '', value = ''] = ASSIGNMENT.exec(word) ?? [];
  if (name !== '' && isCredentialName(name) && credentialReason(name, unquoted(value)) !== undefined)
    return `${name}=${REDACTED}`;
  return redact(word);
}

function isValueOf(flag: string | undefined, word: string): boolean {
  return (
    flag !== undefined && FLAG.test(flag) && !word.startsWith('-') && isCredentialName(flag) && isCredential(flag, word)
  );
}

function isCredential(flag: string, word: string): boolean {
  return credentialReason(flag, unquoted(word)) !== undefined;
}

function argumentsIn(words: readonly string[]): NamedArgument[] {
  return words.map((word, index) => {
    const [, name, value] = ASSIGNMENT.exec(word) ?? [];
    if (name !== undefined && value !== undefined) return { name, value: unquoted(value) };
    const flag = words[index - 1];
    const isValue = flag !== undefined && FLAG.test(flag) && !word.startsWith('-');
    return { name: isValue ? flag : 'argument', value: unquoted(word) };
  });
}

/** The words of one argument: several, where it is a line for a shell. */
function wordsIn(word: string): string[] {
  return /\s/.test(word) ? (word.match(SHELL_WORDS) ?? []).filter((part) => part.trim() !== '') : [word];
}

function unquoted(text: string): string {
  return text.replace(/^(["'])([\s\S]*)\1$/, '$2');
}
