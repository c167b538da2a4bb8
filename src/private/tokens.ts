/** CDK encodes unresolved numbers below this value, which no user types. */
const NUMERIC_TOKEN_CEILING = -1e280;

/** Whether a text contains a value that only the framework can resolve. */
export function isUnresolved(text: string): boolean {
  return text.includes('${Token[');
}

/** A string or list element that encodes a token, alone in quotes or inside a longer text. */
const TEXT_TOKEN = /(')?[$#]\{Token\[[^\]]*\]\}(')?/g;

/** A number that encodes a token, as text. */
const NUMBER_TOKEN = /-\d(?:\.\d+)?e\+(?:2[89]\d|30\d)/g;

/** Replaces the encodings of tokens, which mean nothing to readers. */
export function hideTokens(text: string): string {
  return text
    .replace(TEXT_TOKEN, (_, before = '', after = '') => (before && after ? 'a token' : `${before}<token>${after}`))
    .replace(NUMBER_TOKEN, 'a token');
}

/** Whether a number is a token that only the framework can resolve. */
export function isUnresolvedNumber(value: number): boolean {
  return value < NUMERIC_TOKEN_CEILING;
}
