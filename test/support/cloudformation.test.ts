import { validateTemplate } from './cloudformation';

describe('validateTemplate', () => {
  const bucket = (properties: object) => ({
    Resources: { Bucket: { Type: 'AWS::S3::Bucket', Properties: properties } },
  });

  test('accepts a right template', () => {
    expect(validateTemplate(bucket({ BucketName: 'models' }))).toEqual([]);
  });

  test.each([
    ['an unknown property', bucket({ Nothing: 1 }), 'F3002'],
    ['a reference to nothing', bucket({ BucketName: { Ref: 'Nothing' } }), 'F1020'],
  ])('finds %s', (_what, template, rule) => {
    expect(validateTemplate(template)).toContainEqual(expect.objectContaining({ rule, resources: ['Bucket'] }));
  });
});
