/** CDK encodes an unresolved number as one below any that a person types. */
const NUMERIC_TOKEN_CEILING = -1e280;

/** Whether a text holds a value that only the framework can resolve. */
export function isUnresolved(text: string): boolean {
  return text.includes('${Token[');
}

/** Whether a number is one that only the framework can resolve. */
export function isUnresolvedNumber(value: number): boolean {
  return value < NUMERIC_TOKEN_CEILING;
}
