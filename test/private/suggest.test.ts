import { nearestPath } from '../../src/private/suggest';

const KNOWN = ['models/net', 'models/resnet50', 'models/v1', 'svm', 'deep/er/bert'];

test.each([
  ['models/nte', 'models/net'],
  ['modles/net', 'models/net'],
  ['models/resnet-50', 'models/resnet50'],
  ['models/ResNet50', 'models/resnet50'],
  ['resnet50', 'models/resnet50'],
  ['er/bert', 'deep/er/bert'],
  ['models/v2', 'models/v1'],
  ['svn', 'svm'],
])('%s may mean %s', (path, expected) => {
  expect(nearestPath(path, KNOWN)).toBe(expected);
});

test.each([
  'models/vgg',
  'x',
  'models',
  'models/net/deeper',
  'models/net',
  'deep/er/gpt',
  'vm/models',
])('%s is not close to a known path', (path) => {
  expect(nearestPath(path, KNOWN)).toBeUndefined();
});
