/** A table of a report. */
export interface Table {
  readonly headings: string[];
  readonly rows: string[][];
  /** The columns that hold numbers, by heading. */
  readonly numbers?: string[];
}

/** A part of a report: a title over a table, or over a sentence where there is nothing to list. */
export interface Section {
  readonly level: number;
  readonly title: string;
  readonly table?: Table;
  readonly text?: string;
  /** Sentences below the table. */
  readonly notes?: string[];
}

/** A table as lines of text, columns aligned. */
export function tableLines({ headings, rows, numbers = [] }: Table): string[] {
  const cells = [headings, ...rows];
  const widths = headings.map((_, column) => Math.max(...cells.map((row) => (row[column] as string).length)));
  const align = (cell: string, column: number): string =>
    numbers.includes(headings[column] as string)
      ? cell.padStart(widths[column] as number)
      : cell.padEnd(widths[column] as number);
  return cells.map((row) => row.map(align).join('  ').trimEnd());
}

/** A report for a terminal. */
export function renderText(sections: Section[]): string {
  const lines = sections.flatMap(({ level, title, table, text, notes = [] }) => {
    const indent = '  '.repeat(level);
    const content = [
      ...(text === undefined ? [] : [text]),
      ...(table === undefined ? [] : tableLines(table)),
      ...notes,
    ];
    return [...(level === 0 ? [''] : []), `${indent}${title}`, ...content.map((line) => `${indent}  ${line}`)];
  });
  return `${lines.join('\n').trim()}\n`;
}

/** A report for a pull request. */
export function renderMarkdown(sections: Section[]): string {
  const blocks = sections.flatMap(({ level, title, table, text, notes = [] }) => [
    `${'#'.repeat(level + 2)} ${title}`,
    ...(text === undefined ? [] : [text]),
    ...(table === undefined ? [] : [markdownTable(table)]),
    ...(notes.length === 0 ? [] : [notes.map((note) => `- ${note}`).join('\n')]),
  ]);
  return `${blocks.join('\n\n')}\n`;
}

function markdownTable({ headings, rows, numbers = [] }: Table): string {
  const line = (cells: string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const rule = headings.map((heading) => (numbers.includes(heading) ? '---:' : '---'));
  return [line(headings), line(rule), ...rows.map(line)].join('\n');
}
