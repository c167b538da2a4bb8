import { CLASSES } from '../../src/private/option-classes';
import { singleBackend } from '../support/definitions';
import { UNCOMPILABLE, UNCOMPILABLE_OPTIONS } from './uncompilable';

test('every class in options has a value that does not compile', () => {
  expect(Object.keys(UNCOMPILABLE).sort()).toEqual(Object.keys(CLASSES).sort());
});

test.each(UNCOMPILABLE_OPTIONS)('%j, which does not compile, is refused for untyped callers', (options) => {
  expect(() => singleBackend(options)).toThrow(/^\[(InvalidType|UnknownOption)\] /);
});
