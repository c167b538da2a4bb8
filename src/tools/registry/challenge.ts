/** One authentication scheme that a registry offers in `WWW-Authenticate`. */
export interface Challenge {
  /** In lower case: `basic`, `bearer`. */
  readonly scheme: string;
  readonly parameters: Readonly<Record<string, string>>;
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const PARAMETER = new RegExp(`\\s*(${TOKEN})\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|(${TOKEN}))\\s*(?:,|$)`, 'y');
const SCHEME = new RegExp(`[\\s,]*(${TOKEN})(?=\\s|,|$)`, 'y');

/** Reads a `WWW-Authenticate` header (RFC 9110, section 11.6.1). Stops at the first syntax error. */
export function parseChallenges(header: string): Challenge[] {
  const challenges: Challenge[] = [];
  let position = 0;
  for (;;) {
    SCHEME.lastIndex = position;
    const scheme = SCHEME.exec(header)?.[1];
    if (scheme === undefined) return challenges;
    position = SCHEME.lastIndex;
    const parameters: Record<string, string> = {};
    for (;;) {
      PARAMETER.lastIndex = position;
      const [, name, quoted, plain] = PARAMETER.exec(header) ?? [];
      if (name === undefined) break;
      position = PARAMETER.lastIndex;
      parameters[name.toLowerCase()] = quoted === undefined ? (plain as string) : quoted.replace(/\\(.)/g, '$1');
    }
    challenges.push({ scheme: scheme.toLowerCase(), parameters });
  }
}
