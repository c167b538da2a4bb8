import { Construct, RootConstruct } from 'constructs';
import { renderError, ServingError } from '../../src/private/errors';

describe('errors', () => {
  test('start with the code and end with the path', () => {
    const at = new Construct(new Construct(new RootConstruct(), 'Serving'), 'endpoint');
    const error = new ServingError('NoBackend', 'there is none', at);
    expect(error.message).toBe('[NoBackend] there is none (at Serving/endpoint)');
    expect(error).toMatchObject({ name: 'ServingError', code: 'NoBackend' });
    expect(error).toBeInstanceOf(Error);
  });

  test.each([undefined, ''])('have no path without a construct: %p', (path) => {
    expect(renderError('NoBackend', 'there is none', path)).toBe('[NoBackend] there is none');
  });
});

test.each([
  ["'name' ('$" + "{Token[AWS.AccountId.8]}') is wrong", "'name' (a token) is wrong"],
  ["'name' ('svm-$" + "{Token[TOKEN.12]}:1') is wrong", "'name' ('svm-<token>:1') is wrong"],
  ["'names' (['#{Token[TOKEN.5]}']) is wrong", "'names' ([a token]) is wrong"],
  ["'port' (-1.8881545897087511e+289) is wrong", "'port' (a token) is wrong"],
  ["'port' (-1.5e+28) is wrong", "'port' (-1.5e+28) is wrong"],
])('an error contains no encoded tokens: %s', (message, shown) => {
  expect(new ServingError('InvalidName', message).message).toBe(`[InvalidName] ${shown}`);
});

test('an error is one line, regardless of the values in it', () => {
  const error = new ServingError(
    'InvalidName',
    "'name' ('a\n::error::b\r\u001b[2J\u0085\u2028') is invalid",
    'Serving/a\nb',
  );
  expect(error.message).toBe(
    "[InvalidName] 'name' ('a\\n::error::b\\u000d\\u001b[2J\\u0085\\u2028') is invalid (at Serving/a\\nb)",
  );
});
