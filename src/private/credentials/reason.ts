import { isUnresolved } from '../tokens';
import { CREDENTIAL_FORMS, type CredentialForm, REDACTED } from './forms';
import { isCredentialName, isHarmless } from './names';
import { redactNamed } from './redact';

/** What is told apart by what stands around it, beside what has a form of its own. */
const VALUES: readonly Pick<CredentialForm, 'what' | 'pattern'>[] = [
  ...CREDENTIAL_FORMS,
  { pattern: /(?<=\b[a-z][a-z0-9+.-]{0,40}:\/\/)[^\s:@/]*:(?!\$)[^\s@/]+(?=@)/gi, what: 'a URL with a password' },
];

/** Numbers are limits and switches; what is longer may be a PIN. */
const NUMBER = /^[+-]?\d{1,6}(?:\.\d+)?$/;

const VARIABLES = /\$\([A-Za-z_]\w*\)|\$\{[A-Za-z_]\w*\}|\$[A-Za-z_]\w*/g;

/** Why a named value appears to be a credential; undefined where it does not. */
export function credentialReason(name: string, value: string): string | undefined {
  if (isUnresolved(value)) return undefined;
  const found = VALUES.find(({ pattern }) => value.search(pattern) >= 0);
  if (found !== undefined) return `its value looks like ${found.what}`;
  if (isCredentialName(name) && !isHarmless(value) && !NUMBER.test(value)) return 'its name is that of a credential';
  // A login of a URL without a password is none, and a variable in its place neither.
  const text = value.replace(VARIABLES, REDACTED);
  return redactNamed(text) === text ? undefined : 'a part of its value is named as a credential';
}

/** Whether a credential is given as `$(NAME)`, which is written so that no platform expands it. */
export function isUnexpanded(name: string, value: string): boolean {
  return isCredentialName(name) && /^\$\([A-Za-z_]\w*\)$/.test(value);
}
