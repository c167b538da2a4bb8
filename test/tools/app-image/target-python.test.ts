import { hasWheels, markersOf, tagOptions } from '../../../src/tools/app-image/target-python';

test.each([
  ['amd64', true],
  ['arm64', true],
  ['riscv64', false],
])('wheels exist for %s: %p', (architecture, has) => {
  expect(hasWheels(architecture)).toBe(has);
});

test('wheels are selected for the target, and its markers are those of its processor and interpreter', () => {
  const target = { version: '3.12.4', architecture: 'arm64' };
  expect(tagOptions(target).join(' ')).toContain('--python-version 3.12.4 --platform manylinux2014_aarch64');
  expect(markersOf(target)).toMatchObject({
    platform_machine: 'aarch64',
    python_version: '3.12',
    python_full_version: '3.12.4',
    sys_platform: 'linux',
  });
  expect(markersOf({ version: '3.9', architecture: 'amd64' })).toMatchObject({
    python_version: '3.9',
    python_full_version: '3.9.0',
  });
});
