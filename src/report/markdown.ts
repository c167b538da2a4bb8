import type { Section, Table } from './sections';

/** A report for a pull request. */
export function renderMarkdown(sections: Section[]): string {
  return `${sections.map(sectionBlocks).join('\n\n')}\n`;
}

/** A collapsed part of a report. */
export function renderDetails(summary: string, sections: Section[]): string {
  return `\n<details><summary>${escapeText(summary)}</summary>\n\n${renderMarkdown(sections)}\n</details>\n`;
}

function sectionBlocks({ level, title, aside, table, text, notes = [] }: Section): string {
  return [
    `${'#'.repeat(level + 2)} ${escapeText(title)}`,
    ...(aside === undefined ? [] : [code(aside)]),
    ...(text === undefined ? [] : [escapeText(text)]),
    ...(table === undefined ? [] : [markdownTable(table)]),
    ...(notes.length === 0 ? [] : [notes.map((note) => `- ${escapeText(note)}`).join('\n')]),
  ].join('\n\n');
}

function markdownTable({ headings, rows, numbers = [], code: codes = [] }: Table): string {
  const cell = (text: string, index: number): string =>
    (codes.includes(headings[index] as string) && text !== '-' ? code(text) : escapeText(text)).replaceAll('|', '\\|');
  const line = (cells: string[]): string => `| ${cells.join(' | ')} |`;
  const rule = headings.map((heading) => (numbers.includes(heading) ? '---:' : '---'));
  return [line(headings.map(escapeText)), line(rule), ...rows.map((row) => line(row.map(cell)))].join('\n');
}

/** Escapes tags and character references. */
function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

/** A code span, with more backticks than the text contains. */
function code(text: string): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = '`'.repeat(longest + 1);
  const space = longest === 0 ? '' : ' ';
  return `${fence}${space}${text}${space}${fence}`;
}
