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

/** British spellings. The repository has the American ones, as CDK does: in texts, in names, and in names of files. */
export const SPELLINGS: readonly Word[] = [
  word(/(?:behavi|col|fav|flav|hon|lab|neighb)our/i, "'-or', such as 'behavior'"),
  word(
    new RegExp(
      `(?:${[
        ...['apolog', 'author', 'canonical', 'capital', 'categor', 'central', 'container', 'custom', 'emphas', 'final'],
        ...['formal', 'general', 'initial', 'item', 'local', 'material', 'maxim', 'memo', 'minim', 'modern', 'normal'],
        ...[
          'optim',
          'organ',
          'parallel',
          'parametr',
          'penal',
          'priorit',
          'quant',
          'random',
          'recogn',
          'sanit',
          'serial',
        ],
        ...[
          'special',
          'stabil',
          'standard',
          'summar',
          'symbol',
          'synchron',
          'token',
          'util',
          'vector',
          'virtual',
          'visual',
        ],
      ].join('|')})is(?:e|ed|es|er|ers|ing|able|ation|ations)(?![a-z])`,
      'i',
    ),
    "'-ize', such as 'normalize'",
  ),
  word(/analys(?:e|ed|er|ers|ing)(?![a-z])/i, "'analyze'"),
  word(
    /(?:cancel|channel|label|level|model|signal|total|travel)l(?:ed|ing|er|ers)(?![a-z])/i,
    "one 'l', as in 'labeled'",
  ),
  word(/licence/i, "'license'"),
  word(/catalogue/i, "'catalog'"),
  word(/(?<!con)centre/i, "'center'"),
  word(/artefact/i, "'artifact'"),
  word(/(?<![a-z])grey/i, "'gray'"),
  word(/defence|offence/i, "'defense', 'offense'"),
  word(/judgement|acknowledgement/i, "'judgment', 'acknowledgment'"),
  word(/fulfil(?!l)/i, "'fulfill'"),
  word(/\b(?:towards|afterwards|whilst|amongst)\b/i, "'toward', 'afterward', 'while', 'among'"),
];

/** What names of variables, functions and types avoid, by the parts of a name. */
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

export const EXCEPTIONS: readonly Exception[] = [
  {
    file: 'src/aws/private/renderer.ts',
    text: '@aws-cdk/core.Acknowledgements',
    reason: 'the key is that of CDK',
  },
];
