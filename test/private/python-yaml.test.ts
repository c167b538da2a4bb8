import { PythonFloat } from '../../src/private/python-float';
import { readPythonYaml } from '../../src/private/python-yaml';

const read = (text: string) => readPythonYaml(text);
const plain = (text: string) => (read(`value: ${text}`) as { documents: { value: unknown }[] }).documents[0]?.value;

describe('plain values are read as PyYAML reads them', () => {
  // Each was compared with yaml.safe_load of PyYAML 6.0.
  test.each([
    ['yes', true],
    ['Off', false],
    ['y', 'y'],
    ['~', null],
    ['', null],
    ['010', 8],
    ['0x1F', 31],
    ['-0b11', -3],
    ['1_000', 1000],
    ['1:30', 90],
    ['08', '08'],
    ['1e-4', '1e-4'],
    ['1.5', new PythonFloat(1.5)],
    ['2.0', new PythonFloat(2)],
    ['1.0e+3', new PythonFloat(1000)],
    ['.5', new PythonFloat(0.5)],
    ['-.inf', new PythonFloat(Number.NEGATIVE_INFINITY)],
    ['"5"', '5'],
    ['!!str 5', '5'],
    ['null value', 'null value'],
  ])('%s', (text, expected) => {
    expect(plain(text)).toEqual(expected);
  });

  test('and not a number is one', () => {
    expect(plain('.nan')).toEqual(new PythonFloat(Number.NaN));
  });

  test('merge keys and aliases are resolved', () => {
    expect(read('a: &a {x: 1}\nb: {<<: *a, y: 2}')).toEqual({ documents: [{ a: { x: 1 }, b: { x: 1, y: 2 } }] });
  });

  test('every document is read', () => {
    expect(read('a: 1\n---\nb: 2\n')).toEqual({ documents: [{ a: 1 }, { b: 2 }] });
    expect(read('')).toEqual({ documents: [] });
  });
});

describe('a text is rejected', () => {
  test.each([
    ['with a date', 'day: 2026-11-30', /'2026-11-30' is a date, which JSON cannot represent; quote it/],
    ['with a duplicate key', 'a: 1\na: 2', /is not valid YAML \(Map keys must be unique at line 2, column 1\)/],
    ['with an object of Python', 'a: !!python/object:os.system {}', /Unresolved tag/],
    ['that ends early', 'a: [1', /is not valid YAML/],
    ['with a number as a key', '1: a', /has '1' as a key, which is not a string; quote it/],
    ['with a boolean as a key', 'a: {on: b}', /has 'on' as a key, which is not a string; quote it/],
    ['with a list as a key', '? [a]\n: b', /has a list as a key, which is not a string; quote it/],
    [
      'that expands to more than it has',
      `a: &a [x,x,x,x,x,x,x,x,x,x]\n${['b', 'c', 'd', 'e'].map((name, index) => `${name}: &${name} [${Array(10).fill(`*${'abcd'[index]}`).join()}]`).join('\n')}`,
      /has too many aliases/,
    ],
  ])('%s', (_, text, fault) => {
    expect(read(text)).toEqual({ fault: expect.stringMatching(fault) });
  });
});
