/** CDK encodes an unresolved number as one below any that a person types. */
const NUMERIC_TOKEN_CEILING = -1e280;

/** Whether a text holds a value that only the framework can resolve. */
export function isUnresolved(text: string): boolean {
  return text.includes('${Token[');
}

/** A string or a list element that stands for a token, alone between quotes or inside a longer text. */
const TEXT_TOKEN = /(')?[$#]\{Token\[[^\]]*\]\}(')?/g;

/** A number that stands for a token, as it is written in a text. */
const NUMBER_TOKEN = /-\d(?:\.\d+)?e\+(?:2[89]\d|30\d)/g;

/** Replaces the encodings of tokens, which mean nothing to a reader. */
export function hideTokens(text: string): string {
  return text
    .replace(TEXT_TOKEN, (_, before = '', after = '') => (before && after ? 'a token' : `${before}<token>${after}`))
    .replace(NUMBER_TOKEN, 'a token');
}

/** Whether a number is one that only the framework can resolve. */
export function isUnresolvedNumber(value: number): boolean {
  return value < NUMERIC_TOKEN_CEILING;
}
