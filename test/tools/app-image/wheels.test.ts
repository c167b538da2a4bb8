import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasWheels, unpackedWheels } from '../../../src/tools/app-image/wheels';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wheels-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const unpack = (text: string) => {
  const requirements = join(folder, 'requirements.txt');
  writeFileSync(requirements, text);
  return () => unpackedWheels({ requirements, directory: folder, architecture: 'amd64', pythonVersion: '3.12' });
};

describe('a requirements file', () => {
  test.each([
    'numpy',
    'numpy>=2',
    'numpy==2.*',
    'numpy~=2.0',
    'numpy @ https://example.com/numpy.whl',
  ])('must pin the version of each package: %s', (line) => {
    expect(unpack(`# packages\nflask==3.1.2 # the server\n${line}\n`)).toThrow(
      `'${line}' in '${folder}/requirements.txt' must have a version, such as 'numpy==2.3.4'`,
    );
  });
});

test.each([
  ['amd64', true],
  ['arm64', true],
  ['riscv64', false],
])('wheels exist for %s: %p', (architecture, has) => {
  expect(hasWheels(architecture)).toBe(has);
});
