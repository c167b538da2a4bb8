import { mayHavePlaceholder, type Placeholder, placeholderIn } from '../placeholders';
import { remembered } from '../remembered';
import { isUnresolved } from '../tokens';
import { REDACTED } from './forms';
import { isCredentialName } from './names';
import { credentialReason, isUnexpanded } from './reason';
import { redact } from './redact';

/** A word that assigns a value to a name: `--api-key=...`, `API_KEY=...`. */
const ASSIGNMENT = /^(-{0,2}[A-Za-z][\w.-]*)=([\s\S]*)$/;
/** A flag whose value is the next word. */
const FLAG = /^--?[A-Za-z][\w.-]*$/;
/** The words of a shell command line, and the spaces between them. Quoted text is one word. */
const SHELL_WORDS = /(?:[^\s"']|"[^"]*"|'[^']*')+|\s+|["']/g;

/** A value in a command, with the name of its flag or variable. */
interface NamedArgument {
  readonly name: string;
  readonly value: string;
  /** Whether a shell parses it and expands variables. */
  readonly isInShellLine: boolean;
}

type Word = { readonly text: string } & Pick<NamedArgument, 'isInShellLine'>;

/** An argument that appears to be a credential. */
export interface CredentialArgument {
  readonly name: string;
  readonly reason: string;
}

/** The arguments of a command that appear to be credentials. */
export const credentialArguments = remembered(
  (words: readonly string[]) => words.join('\0'),
  (words): readonly CredentialArgument[] =>
    argumentsOf(words).flatMap(({ name, value }) => {
      const reason = credentialReason(name, value);
      return reason === undefined ? [] : [{ name, reason }];
    }),
);

/** An argument that contains a variable or a template that is not expanded. */
export interface UnexpandedArgument {
  readonly name: string;
  readonly placeholder: Placeholder;
  readonly isCredential: boolean;
}

/** The arguments with variables that no platform expands, outside shell command lines, and with templates. */
export function unexpandedArguments(words: readonly string[]): UnexpandedArgument[] {
  if (!words.some(mayHavePlaceholder)) return [];
  const found = (list: NamedArgument[], isVariable: boolean): UnexpandedArgument[] =>
    list.flatMap(({ name, value, isInShellLine }) => {
      const placeholder = isUnresolved(value) ? undefined : placeholderIn(name, value);
      if (placeholder?.isVariable !== isVariable || (isInShellLine && isVariable)) return [];
      return [{ name, placeholder, isCredential: isUnexpanded(name, value) }];
    });
  // A template may contain spaces, and a shell does not fill it in.
  return [
    ...found(argumentsOf(words), true),
    ...found(named(words.map((text) => ({ text, isInShellLine: false }))), false),
  ];
}

/** A command for display, without the values of flags and variables that are named like credentials. */
export function hideArguments(words: readonly string[]): string[] {
  const isNamed = (index: number): boolean => isValueOf(words[index - 1], words[index] as string);
  return words.map((word, index) => {
    if (isNamed(index)) return REDACTED;
    return /\s/.test(word) ? hideLine(word) : hideWord(word);
  });
}

/** A shell command line with its credentials hidden. */
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
  return takesCredential(flag, word) && credentialReason(flag, unquoted(word)) !== undefined;
}

/** Whether a word is the value of a credential flag. Such a value can start with one hyphen, but not with two. */
function takesCredential(flag: string | undefined, word: string): flag is string {
  return flag !== undefined && FLAG.test(flag) && !word.startsWith('--') && isCredentialName(flag);
}

/** The arguments with their names. A shell command line contains several, unless it is the value of a credential. */
function argumentsOf(words: readonly string[]): NamedArgument[] {
  const parts = words.flatMap((word, index) => {
    const isShellLine = /\s/.test(word) && !takesCredential(words[index - 1], word);
    const inside = isShellLine ? (word.match(SHELL_WORDS) ?? []).filter((part) => part.trim() !== '') : [word];
    return inside.map((text) => ({ text, isInShellLine: isShellLine }));
  });
  return named(parts);
}

/** Words with the flags or variables that they are values of. */
function named(parts: readonly Word[]): NamedArgument[] {
  return parts.map(({ text, isInShellLine }, index) => {
    const [, name, value] = ASSIGNMENT.exec(text) ?? [];
    if (name !== undefined && value !== undefined) return { name, value: unquoted(value), isInShellLine };
    const flag = parts[index - 1]?.text;
    const isValue = flag !== undefined && FLAG.test(flag) && (!text.startsWith('-') || takesCredential(flag, text));
    return { name: isValue ? flag : 'argument', value: unquoted(text), isInShellLine };
  });
}

function unquoted(text: string): string {
  return text.replace(/^(["'])([\s\S]*)\1$/, '$2');
}
