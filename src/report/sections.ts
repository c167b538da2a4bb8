/** How much a row or a title matters to a reader; a terminal shows it as a color. */
export type Tone = 'refused' | 'warning' | 'good';

/** A table of a report. */
export interface Table {
  readonly headings: string[];
  readonly rows: string[][];
  /** The columns that hold numbers, by heading. */
  readonly numbers?: string[];
  /** The columns that hold commands and addresses, by heading. */
  readonly code?: string[];
  /** The tone of each row. @default - none has one */
  readonly tones?: (Tone | undefined)[];
  /** Whether the headings are left out on a terminal, because the cells explain themselves. @default false */
  readonly plain?: boolean;
}

/** A part of a report: a title over a table, or over a sentence where there is nothing to list. */
export interface Section {
  readonly level: number;
  readonly title: string;
  /** An address beside the title. */
  readonly aside?: string;
  /** A sentence between title and table. */
  readonly text?: string;
  readonly table?: Table;
  /** Sentences below the table. */
  readonly notes?: string[];
}

/** A section with every text in it changed, before anything is laid out by its length. */
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
