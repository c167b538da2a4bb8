import { isUnresolved } from '../tokens';
import { CREDENTIAL_FORMS, type CredentialForm, REDACTED } from './forms';
import { isCredentialName, isHarmless } from './names';
import { redactNamed } from './redact';

/** The forms of credentials, and URLs with passwords, which are recognized by the text around the password. */
const VALUES: readonly Pick<CredentialForm, 'what' | 'pattern'>[] = [
  ...CREDENTIAL_FORMS,
  { pattern: /(?<=\b[a-z][a-z0-9+.-]{0,40}:\/\/)[^\s:@/]*:(?!\$)[^\s@/]+(?=@)/gi, what: 'a URL with a password' },
];

/** Short numbers are limits and switches; longer numbers can be PINs. */
const NUMBER = /^[+-]?\d{1,6}(?:\.\d+)?$/;

const VARIABLES = /\$\([A-Za-z_]\w*\)|\$\{[A-Za-z_]\w*\}|\$[A-Za-z_]\w*/g;

/** Why a named value appears to be a credential; undefined if it does not. */
export function credentialReason(name: string, value: string): string | undefined {
  if (isUnresolved(value)) return undefined;
  const found = VALUES.find(({ pattern }) => value.search(pattern) >= 0);
  if (found !== undefined) return `its value looks like ${found.what}`;
  if (isCredentialName(name) && !isHarmless(value) && !NUMBER.test(value)) return 'its name is typical of a credential';
  // A user name without a password in a URL is not a credential, and neither is a variable in its place.
  const text = value.replace(VARIABLES, REDACTED);
  return redactNamed(text) === text ? undefined : 'part of its value is labeled as a credential';
}

/** Whether a credential is set to `$(NAME)`, `${NAME}` or `$NAME`, which is rendered so that no platform expands it. */
export function isUnexpanded(name: string, value: string): boolean {
  return isCredentialName(name) && /^\$(?:\([A-Za-z_]\w*\)|\{[A-Za-z_]\w*\}|[A-Za-z_]\w*)$/.test(value);
}
