/** A word that reads like a translation, and what a native text has in its place. */
export interface Word {
  readonly pattern: RegExp;
  readonly suggestion: string;
}

const word = (pattern: RegExp, suggestion: string): Word => ({ pattern, suggestion });

/** What texts avoid. Files, flags and servers neither speak nor know. */
export const WORDS: readonly Word[] = [
  word(/\b(?:say|says|said|saying)\b/i, "'specify', 'state', 'report', 'declare'"),
  word(/\b(?:tell|tells|told)\b/i, "'configure', 'report', 'distinguish'"),
  word(/\bnobody\b/i, "'no one' or the missing thing: 'no destination is configured'"),
  word(/\bupon\b/i, "'on', 'at', 'after'"),
  word(/\b(?:held|holds?) (?:\S+ )?against\b/i, "'validated against', 'compared with'"),
  word(/\b(?:bear|bears|borne)\b/i, "'supports', 'keeps', 'tolerates'"),
  word(/(?<!\b(?:you|we|users|readers) )\b(?:want|wants|wanted)\b/i, "'requires', 'needs', 'matches'"),
  word(/\bby halves\b/i, "'partly'"),
  word(/\bhand(?:s|ed|ing)? (?:\S+ )?on\b/i, "'forwards', 'passes'"),
  word(/\bin (?:one another's|each other's|the) way\b/i, "'overlap', 'conflict with'"),
  word(/\blook(?:s|ed|ing)? after\b/i, "'manages', 'owns'"),
  word(/\bis nothing beside\b/i, "'is negligible relative to'"),
  word(/\bfor who\b/i, "'for callers that', 'for users who'"),
  word(
    /(?<!\b(?:you|we|users|readers|must|to|not|did) )\b(?:know|knows|knew)\b/i,
    "'supports', 'recognizes', 'contains'",
  ),
  word(/\bhears?\b/i, "'receives'"),
  word(/\bwhatever (?:the|its|their|they|it)\b/i, "'regardless of', 'any'"),
  word(/\bbeside\b/i, "'next to', 'in addition to', 'with'"),
  word(/\bstands?\b(?! (?:for|in for|alone))/i, "'is', 'is declared', 'appears'"),
  word(/\blet(?:s|ting)? go\b/i, "'closes', 'releases'"),
  word(/\bis well\b/i, "'is healthy'"),
  word(/\bmust be made\b/i, "'must be a Duration, for example Duration.seconds(60)'"),
  word(/\bhas to be\b/i, "'must be'"),
  word(/\bthereof\b/i, "'of it'"),
];

/** The same in the names of variables, functions and types, by the parts of a name. */
export const NAME_PARTS: ReadonlyMap<string, string> = new Map([
  ['says', 'states'],
  ['said', 'stated'],
  ['told', 'configured'],
  ['tells', 'reports'],
  ['nobody', 'none'],
  ['upon', 'on'],
  ['wants', 'requires'],
  ['wanted', 'expected'],
  ['bears', 'supports'],
  ['knows', 'supports'],
]);

/** A text that keeps a word of the list. */
export interface Exception {
  readonly file: string;
  /** The part of the text with the word. */
  readonly text: string;
  readonly reason: string;
}

export const EXCEPTIONS: readonly Exception[] = [];
