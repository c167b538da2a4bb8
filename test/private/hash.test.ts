import fc from 'fast-check';
import { fingerprint, hash } from '../../src/private/hash';

describe('hash', () => {
  test('is the same on every machine', () => {
    expect([hash(''), hash('image classifier'), fingerprint('image classifier')]).toMatchInlineSnapshot(`
[
  1572119809,
  2864866469,
  "c264a5",
]
`);
  });

  test('is an unsigned 32-bit integer', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(hash(text)).toBe(hash(text) >>> 0);
        expect(fingerprint(text)).toMatch(/^[0-9a-f]{6}$/);
      }),
    );
  });

  test('distributes similar texts over few slots', () => {
    const slots = new Map<number, number>();
    for (let index = 0; index < 10_000; index++) {
      const slot = hash(`/model-${index}`) % 100;
      slots.set(slot, (slots.get(slot) ?? 0) + 1);
    }
    expect(Math.min(...slots.values())).toBeGreaterThan(50);
    expect(Math.max(...slots.values())).toBeLessThan(200);
  });
});
