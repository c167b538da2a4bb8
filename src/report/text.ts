import { type Line, tableLines, wrap } from './layout';
import type { Section } from './sections';

/** The width of a report that is not for a terminal: lines are not wrapped, for programs that read them. */
export const UNLIMITED = Number.POSITIVE_INFINITY;

const INDENT = 2;

/** The lines of a report for a terminal, wrapped to the width as far as possible. */
export function renderLines(sections: Section[], width = UNLIMITED): Line[] {
  const lines = sections.flatMap((section) => sectionLines(section, width));
  return lines[0]?.length === 0 ? lines.slice(1) : lines;
}

/** The same as text. */
export function renderText(sections: Section[], width = UNLIMITED): string {
  return `${renderLines(sections, width).map(textOf).join('\n')}\n`;
}

/** A line without its styles. */
export function textOf(line: Line): string {
  return line.map(({ text }) => text).join('');
}

function sectionLines({ level, title, aside, text, table, notes = [] }: Section, width: number): Line[] {
  const room = width - INDENT * level;
  const inner = room - INDENT;
  const sentences = (all: string[]): Line[] =>
    all.flatMap((sentence) => wrap(sentence, inner - INDENT).map((one, at) => [{ text: at === 0 ? one : `  ${one}` }]));
  const content = [
    ...sentences(text === undefined ? [] : [text]),
    ...(table === undefined ? [] : tableLines(table, inner)),
    ...sentences(notes),
  ];
  const heading: Line = [
    { text: title, style: 'title' },
    ...(aside === undefined ? [] : [{ text: `  ${aside}`, style: 'good' } as const]),
  ];
  const indent = (line: Line, columns: number): Line => [{ text: ' '.repeat(columns) }, ...line];
  return [
    [],
    level === 0 ? heading : indent(heading, INDENT * level),
    ...content.map((line) => indent(line, INDENT * (level + 1))),
  ];
}
