import fc from 'fast-check';
import { joinSlugs, MAX_NAME, slug } from '../../src/private/names';

describe('valid names', () => {
  test.each([
    ['image classifier', 'image-classifier'],
    ['SVM:v1', 'svm-v1'],
    ['ResNet50:v2', 'resnet50-v2'],
    ['50resnet', 'x-50resnet'],
    ['--a__b--', 'a-b'],
    ['Größe', 'gro-e-feec9e'],
    ['café', 'cafe'],
  ])('%p becomes %p', (name, expected) => {
    expect(slug(name)).toBe(expected);
  });

  test.each(['模型', '🚀', '***', 'Ω'])('%p, which has no valid character, becomes six hex digits', (name) => {
    expect(slug(name)).toMatch(/^x-[0-9a-f]{6}$/);
  });

  test('are distinct for names without a valid character', () => {
    expect(slug('模型')).not.toBe(slug('分类'));
  });

  test('can have 45 characters', () => {
    expect(slug('a'.repeat(45))).toBe('a'.repeat(45));
  });

  test('are truncated beyond that, with six hex digits of the full name', () => {
    expect(slug('a'.repeat(46))).toMatch(/^a{38}-[0-9a-f]{6}$/);
    expect(slug('a'.repeat(46))).not.toBe(slug('a'.repeat(47)));
  });

  test('have no double dash where they are truncated', () => {
    expect(slug(`${'a'.repeat(37)} ${'b'.repeat(20)}`)).toMatch(/^a{37}-[0-9a-f]{6}$/);
  });

  test('of backends start with the name of their endpoint', () => {
    expect(joinSlugs('image-classifier', 'svm-v1')).toBe('image-classifier-svm-v1');
    expect(joinSlugs('a'.repeat(45), 'b')).toMatch(/^a{38}-[0-9a-f]{6}$/);
    expect(joinSlugs('a'.repeat(45), 'b')).not.toBe(joinSlugs('a'.repeat(45), 'c'));
  });

  test('exist for every name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 200 }), (name) => {
        expect(slug(name)).toMatch(/^[a-z](?:[a-z0-9-]*[a-z0-9])?$/);
        expect(slug(name).length).toBeLessThanOrEqual(MAX_NAME);
        expect(slug(slug(name))).toBe(slug(name));
      }),
    );
  });
});
