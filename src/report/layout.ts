import type { Table, Tone } from './sections';

/** The style of a span, for terminals with colors. */
export type Style = Tone | 'title' | 'heading';

/** A part of a line with one style. */
export interface Span {
  readonly text: string;
  readonly style?: Style;
}

/** A line of a report. */
export type Line = readonly Span[];

const GAP = '  ';

/** The minimum width of a text column, so that cells stay readable. */
const MIN_WIDTH = 14;

/** Characters that take two terminal columns, and those that take none. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/gu;
const NARROW = /\p{Mark}/gu;

/** The number of terminal columns that a text takes. */
export function columnsOf(text: string): number {
  const wide = text.match(WIDE)?.length ?? 0;
  return [...text.replace(NARROW, '')].length + wide;
}

/** Wraps a text between words. A word that is longer than a line is not broken. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && columnsOf(longer) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}

/** The lines of a table with aligned columns, wrapped to the width as far as possible. */
export function tableLines(table: Table, width = Number.POSITIVE_INFINITY): Line[] {
  const { headings, rows, tones = [], plain = false } = table;
  const below = columnsBelow(table, width);
  const inline = headings.length - below;
  const widths = widthsOf(table, inline, width);
  const line = (cells: string[], style: Style | undefined, isHeading: boolean): Line[] => [
    ...rowLines(cells.slice(0, inline), table, widths, isHeading ? cells.map(() => style) : [style]),
    ...cells
      .slice(inline)
      .flatMap((cell) => wrap(cell, width - 2 * GAP.length))
      .map((text): Line => [{ text: `${GAP}${GAP}${text}`, ...(isHeading && { style }) }]),
  ];
  return [
    ...(plain ? [] : line(headings, 'heading', true)),
    ...rows.flatMap((row, index) => line(row, tones[index], false)),
  ];
}

/** The number of last columns that are printed below the others, because they do not fit next to them. */
function columnsBelow(table: Table, width: number): number {
  for (let below = 0; below < table.headings.length - 1; below += 1) {
    const inline = table.headings.length - below;
    if (total(minWidths(table, inline)) <= width) return below;
  }
  return table.headings.length - 1;
}

/** The widths of the first columns. If they do not fit, the widest is reduced. */
function widthsOf(table: Table, inline: number, width: number): number[] {
  const widths = naturalWidths(table, inline);
  const min = minWidths(table, inline);
  while (total(widths) > width) {
    const room = widths.map((own, index) => (own > (min[index] as number) ? own : 0));
    const widest = room.indexOf(Math.max(...room));
    if (room[widest] === 0) break;
    widths[widest] = (widths[widest] as number) - 1;
  }
  return widths;
}

function naturalWidths(table: Table, inline: number): number[] {
  return cellsOf(table, inline).map((cells) => Math.max(0, ...cells.map(columnsOf)));
}

/** The minimum widths: words are not broken. */
function minWidths(table: Table, inline: number): number[] {
  return cellsOf(table, inline).map((cells) => {
    const longest = Math.max(0, ...cells.map(columnsOf));
    const word = Math.max(0, ...cells.flatMap((cell) => cell.split(' ').map(columnsOf)));
    return Math.min(longest, Math.max(word, MIN_WIDTH));
  });
}

/** The cells of each of the first columns, including the heading if it is printed. */
function cellsOf({ headings, rows, plain = false }: Table, inline: number): string[][] {
  return headings
    .slice(0, inline)
    .map((heading, index) => [...(plain ? [] : [heading]), ...rows.map((row) => row[index] as string)]);
}

function total(widths: number[]): number {
  return widths.reduce((sum, width) => sum + width, 0) + GAP.length * (widths.length - 1);
}

function rowLines(
  cells: string[],
  { headings, numbers = [] }: Table,
  widths: number[],
  styles: (Style | undefined)[],
): Line[] {
  const wrapped = cells.map((cell, index) => wrap(cell, widths[index] as number));
  const height = Math.max(1, ...wrapped.map(({ length }) => length));
  return [...Array(height).keys()].map((at) => {
    const texts = wrapped.map((lines) => lines[at] ?? '');
    const last = texts.length - 1 - [...texts].reverse().findIndex((text) => text !== '');
    return texts.slice(0, last + 1).map((text, index): Span => {
      const space = ' '.repeat(Math.max(0, (widths[index] as number) - columnsOf(text)));
      const isNumber = numbers.includes(headings[index] as string);
      const padded = isNumber ? `${space}${text}` : `${text}${index === last ? '' : space}`;
      const style = styles[index];
      return { text: `${index === 0 ? '' : GAP}${padded}`, ...(style !== undefined && { style }) };
    });
  });
}
