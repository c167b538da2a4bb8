import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { root } from './programs';

/** One row of the table. It is within its limit if the ratio is at most the limit. */
export interface Row {
  readonly name: string;
  readonly ratio: number;
  readonly limit: number;
  readonly ours: number;
  readonly theirs: number;
  readonly unit: string;
}

export function isOver(row: Row): boolean {
  return row.ratio > row.limit;
}

/** The rows as a Markdown table that is readable as plain text. */
export function renderTable(rows: readonly Row[]): string {
  const cells = [
    ['what', 'ours', 'theirs', 'unit', 'ratio', 'limit', ''],
    ...rows.map((row) => [
      row.name,
      format(row.ours),
      format(row.theirs),
      row.unit,
      row.ratio.toFixed(2),
      row.limit.toFixed(2),
      isOver(row) ? 'over' : 'within',
    ]),
  ];
  const widths = (cells[0] as string[]).map((_, column) =>
    Math.max(...cells.map((line) => (line[column] as string).length)),
  );
  const lines = cells.map((line) => `| ${line.map((cell, column) => pad(cell, column, widths)).join(' | ')} |`);
  const rule = `| ${widths.map((width, column) => (isNumeric(column) ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width))).join(' | ')} |`;
  return [lines[0], rule, ...lines.slice(1)].join('\n');
}

function isNumeric(column: number): boolean {
  return [1, 2, 4, 5].includes(column);
}

function pad(cell: string, column: number, widths: number[]): string {
  const width = widths[column] as number;
  return isNumeric(column) ? cell.padStart(width) : cell.padEnd(width);
}

function format(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : String(Number(value.toFixed(3)));
}

/** Writes the table between the markers of the page. */
export function writePage(rows: readonly Row[]): string {
  const page = join(root, 'docs', 'performance.md');
  const machine = `Measured on ${cpus().length} cores with ${Math.round(totalmem() / 2 ** 30)} GiB of memory, Node ${process.version}.`;
  const text = readFileSync(page, 'utf8');
  const marked = /(<!-- table -->\n)[\s\S]*?(<!-- \/table -->)/;
  if (!marked.test(text)) throw new Error(`${page} has no markers for the table`);
  writeFileSync(
    page,
    text.replace(marked, (_, start, end) => `${start}${machine}\n\n${renderTable(rows)}\n${end}`),
  );
  return page;
}
