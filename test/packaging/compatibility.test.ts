/** The versions of the page are those that the package declares and the tests install. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { IMAGES } from '../../src/workload/private/bundled-images';

const ROOT = join(__dirname, '../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const page = read('docs/compatibility.md');
const { engines, peerDependencies, devDependencies } = JSON.parse(read('package.json'));

test('the page has the required version of Node, and those that are tested', () => {
  const [first, second, third] = read('test/real/requirements/node.versions').trim().split('\n');
  expect(page).toContain(`| Node | \`${engines.node}\` | ${first}, ${second} and ${third} |`);
});

test.each(Object.entries(peerDependencies as Record<string, string>))('the page requires %s %s', (name, range) => {
  expect(page).toContain(`| \`${name}\` | \`${range}\` | ${devDependencies[name]} |`);
});

test('the page has the versions of tools and of the router', () => {
  expect(page).toContain(`| ${devDependencies['aws-cdk'].replace('^', '')} or newer |`);
  expect(page).toContain(`cdk8s-plus-27 ${devDependencies['cdk8s-plus-27']}`);
  expect(page).toContain(`HAProxy ${IMAGES.router.tag.split('.').slice(0, 2).join('.')} `);
});
