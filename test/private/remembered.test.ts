import { remembered } from '../../src/private/remembered';

const identity = (text: string): string => text;

test('a result is computed once for each key, also if it is undefined', () => {
  const compute = jest.fn((): undefined => undefined);
  const find = remembered((words: string[]) => words.join(), compute);
  find(['a', 'b']);
  find(['a', 'b']);
  expect(compute).toHaveBeenCalledTimes(1);
  find(['b']);
  expect(compute).toHaveBeenCalledTimes(2);
});

test('the number of results is bounded', () => {
  const compute = jest.fn(identity);
  const find = remembered(identity, compute);
  for (let count = 0; count <= 500; count++) expect(find(`${count}`)).toBe(`${count}`);
  expect(find('0')).toBe('0');
  expect(compute).toHaveBeenCalledTimes(502);
});

test('an error is not remembered', () => {
  const compute = jest.fn((text: string): string => {
    if (compute.mock.calls.length === 1) throw new Error('first');
    return text;
  });
  const find = remembered(identity, compute);
  expect(() => find('a')).toThrow('first');
  expect(find('a')).toBe('a');
});
