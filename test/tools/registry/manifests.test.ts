import { mediaTypeOf } from '../../../src/tools/registry/manifests';

const INDEX = 'application/vnd.oci.image.index.v1+json';
const LIST = 'application/vnd.docker.distribution.manifest.list.v2+json';
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

test.each([
  ['{}', LIST, LIST],
  ['{}', `${MANIFEST}; charset=utf-8`, MANIFEST],
  [`{"mediaType":"${INDEX}"}`, 'application/json', INDEX],
  ['{"manifests":[]}', 'text/plain', INDEX],
  ['{"layers":[]}', undefined, MANIFEST],
  ['{"mediaType":"\\u001b[31m"}', 'x"\u001b[31m', MANIFEST],
  ['not JSON', 'anything at all', MANIFEST],
])('the type of %j with the header %j is %s', (text, header, type) => {
  expect(mediaTypeOf(Buffer.from(text), header)).toBe(type);
});
