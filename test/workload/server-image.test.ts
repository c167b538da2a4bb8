import { ServerImage } from '../../src/workload/server-image';
import { IMAGE } from '../support/definitions';

describe('server image', () => {
  test.each([
    IMAGE,
    'acme/svm:1.4.2',
    'registry.example.com:5000/acme/svm:1.4.2',
    `acme/svm:1.4.2@sha256:${'0a'.repeat(32)}`,
    '$' + '{Token[Repository.12]}:v1',
  ])('keeps the reference: %s', (reference) => {
    expect(ServerImage.fromRegistry(reference)).toMatchObject({ reference, platform: undefined });
  });

  test.each([
    ['acme/svm', 'has no tag and defaults to'],
    ['registry.example.com:5000/acme/svm', 'has no tag and defaults to'],
    ['acme/svm:latest', 'uses the tag'],
  ])('fails when it can change: %s', (reference, why) => {
    expect(() => ServerImage.fromRegistry(reference)).toThrow(
      `[MutableImage] '${reference}' ${why} 'latest', which can change while the endpoint is running; use a digest or an immutable tag`,
    );
  });

  test('accepts latest with a digest', () => {
    const reference = `acme/svm:latest@sha256:${'0a'.repeat(32)}`;
    expect(ServerImage.fromRegistry(reference).reference).toBe(reference);
  });

  test.each([
    '',
    'ACME/svm:1',
    'acme/svm@sha256:12',
    'acme svm:1',
    'acme/svm:',
    'acme//svm:1',
    '/svm:1',
    'acme/svm:1:2',
  ])('fails when it is %p', (reference) => {
    expect(() => ServerImage.fromRegistry(reference)).toThrow(
      `[InvalidImage] '${reference}' must be an image reference with a tag or a digest of 64 hex digits, such as 'acme/svm@sha256:...' or 'acme/svm:1.4.2'`,
    );
  });
});
