import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasWheels, unpackedWheels } from '../../../src/tools/app-image/wheels';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wheels-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const ask = (text: string) => {
  const requirements = join(folder, 'requirements.txt');
  writeFileSync(requirements, text);
  return () => unpackedWheels({ requirements, directory: folder, architecture: 'amd64', pythonVersion: '3.12' });
};

describe('a list of packages', () => {
  test.each([
    'numpy',
    'numpy>=2',
    'numpy==2.*',
    'numpy~=2.0',
    'numpy @ https://example.com/numpy.whl',
  ])('must say the version of each: %s', (line) => {
    expect(ask(`# packages\nflask==3.1.2 # the server\n${line}\n`)).toThrow(
      `'${line}' in '${folder}/requirements.txt' must have a version, such as 'numpy==2.3.4'`,
    );
  });
});

test.each([
  ['amd64', true],
  ['arm64', true],
  ['riscv64', false],
])('there are wheels for %s: %p', (architecture, has) => {
  expect(hasWheels(architecture)).toBe(has);
});
