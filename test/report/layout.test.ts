import { columnsOf, tableLines, wrap } from '../../src/report/layout';
import type { Table } from '../../src/report/sections';
import { renderText, textOf } from '../../src/report/text';

const textsOf = (table: Table, width?: number): string[] => tableLines(table, width).map(textOf);

const TABLE: Table = {
  headings: ['name', 'seconds', 'why'],
  rows: [
    ['a', '5', 'a first reason that has a few words'],
    ['longer', '4010', 'another'],
  ],
  numbers: ['seconds'],
};

describe('a table', () => {
  test('without a width has one line for each row, with aligned columns', () => {
    expect(textsOf(TABLE)).toEqual([
      'name    seconds  why',
      'a             5  a first reason that has a few words',
      'longer     4010  another',
    ]);
  });

  test('wraps cells between words if lines are too long', () => {
    expect(textsOf(TABLE, 36)).toEqual([
      'name    seconds  why',
      'a             5  a first reason that',
      '                 has a few words',
      'longer     4010  another',
    ]);
  });

  test('prints the last column below the others if it does not fit', () => {
    expect(textsOf(TABLE, 24)).toEqual([
      'name    seconds',
      '    why',
      'a             5',
      '    a first reason that',
      '    has a few words',
      'longer     4010',
      '    another',
    ]);
  });

  test.each([40, 60, 80, 120])('fits into %i columns', (width) => {
    const rows = [...Array(9).keys()].map((row) =>
      [...Array(4).keys()].map((column) => `word${row} `.repeat((row * column) % 11).trim()),
    );
    const lines = textsOf({ headings: ['a', 'b', 'c', 'd'], rows }, width);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(width);
    const words = (texts: string[]): string[] =>
      texts
        .join(' ')
        .match(/word\d/g)
        ?.sort() ?? [];
    expect(words(lines)).toEqual(words(rows.flat()));
  });

  test('never breaks a word, so that addresses can be copied', () => {
    const address = `https://example.com/${'a'.repeat(90)}`;
    expect(textsOf({ headings: ['x'], rows: [[address]] }, 40)).toContain(address);
  });

  test('aligns characters that take two columns or none', () => {
    const lines = textsOf({
      headings: ['a', 'b'],
      rows: [
        ['模型', '1'],
        ['é', '2'],
      ],
    });
    expect(lines[1]).toBe('模型  1');
    expect(lines[2]).toBe('é     2');
  });

  test('colors the heading and the first cell of a row, but no whitespace', () => {
    const lines = tableLines({ headings: ['a', 'b'], rows: [['x', 'y']], tones: ['refused'] });
    expect(lines[0]?.map(({ style }) => style)).toEqual(['heading', 'heading']);
    expect(lines[1]?.map(({ style }) => style)).toEqual(['refused', undefined]);
  });
});

test.each([
  ['a b c', 3, ['a b', 'c']],
  ['', 5, ['']],
  ['toolong', 3, ['toolong']],
])('%j in %i columns', (text, width, lines) => expect(wrap(text, width)).toEqual(lines));

test('columns are those of a terminal', () => {
  expect(columnsOf('aé模')).toBe(4);
  expect(columnsOf('e\u0301')).toBe(1);
});

test('sections are separated, and wrapped sentences are indented', () => {
  const sections = [
    { level: 0, title: 'top' },
    { level: 1, title: 'part', aside: 'http://a', notes: ['some words that go on'] },
  ];
  expect(renderText(sections, 18)).toBe('top\n\n  part  http://a\n    some words\n      that go on\n');
});
