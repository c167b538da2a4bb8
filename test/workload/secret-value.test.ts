import { SecretValue } from '../../src/workload/secret-value';

describe('secret value', () => {
  test('is referenced by its name on every platform', () => {
    expect(SecretValue.fromName('acme/api-key')).toMatchObject({
      platform: undefined,
      secretName: 'acme/api-key',
      key: undefined,
    });
  });

  test('may be a key of the secret', () => {
    expect(SecretValue.fromName('acme', { key: 'token' }).key).toBe('token');
  });

  test.each(['', 'a b', 'x'.repeat(254)])('fails when the name is %p', (name) => {
    expect(() => SecretValue.fromName(name)).toThrow(
      `[InvalidName] the secret name ('${name}') must be 1 to 253 letters, digits or any of '/_+=.@-'`,
    );
  });
});
