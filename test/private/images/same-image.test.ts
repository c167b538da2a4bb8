import { isSameImage } from '../../../src/private/images/same-image';

const DIGEST = `sha256:${'3'.repeat(64)}`;
const OTHER = `sha256:${'4'.repeat(64)}`;

test.each([
  ['the tag that was locked', `python:3@${DIGEST}`, 'python:3', undefined, true],
  ['another tag', `python:3@${DIGEST}`, 'python:3.12', undefined, false],
  ['the digest', `python:3@${DIGEST}`, `python@${DIGEST}`, undefined, true],
  ['another digest', `python:3@${DIGEST}`, `python:3@${OTHER}`, undefined, false],
  ['a tag with the locked digest', `python@${DIGEST}`, 'python:3', DIGEST, true],
  ['the tag that was locked, now with another digest', `python:3@${DIGEST}`, 'python:3', OTHER, false],
  ['a tag with an unknown digest', `python@${DIGEST}`, 'python:3', undefined, false],
])('%s', (_, locked, reference, digest, same) => {
  expect(isSameImage(locked, reference, digest)).toBe(same);
});
