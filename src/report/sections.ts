/** The severity of a row, which a terminal shows as a color. */
export type Tone = 'refused' | 'warning' | 'good';

/** A table of a report. */
export interface Table {
  readonly headings: string[];
  readonly rows: string[][];
  /** The headings of columns with numbers. */
  readonly numbers?: string[];
  /** The headings of columns with commands and addresses. */
  readonly code?: string[];
  /** The tone of each row. @default - none */
  readonly tones?: (Tone | undefined)[];
  /** Whether headings are omitted on a terminal, because the cells are self-explanatory. @default false */
  readonly plain?: boolean;
}

/** A part of a report: a title with a table, or with a sentence if there is nothing to list. */
export interface Section {
  readonly level: number;
  readonly title: string;
  /** An address next to the title. */
  readonly aside?: string;
  /** A sentence between title and table. */
  readonly text?: string;
  readonly table?: Table;
  /** Sentences below the table. */
  readonly notes?: string[];
}

/** Changes every text of a section, before the layout depends on its length. */
export function mapTexts(section: Section, change: (text: string) => string): Section {
  const { title, aside, text, table, notes } = section;
  const changeAll = (texts: string[]): string[] => texts.map(change);
  return {
    ...section,
    title: change(title),
    ...(aside !== undefined && { aside: change(aside) }),
    ...(text !== undefined && { text: change(text) }),
    ...(table !== undefined && { table: { ...table, rows: table.rows.map(changeAll) } }),
    ...(notes !== undefined && { notes: changeAll(notes) }),
  };
}
