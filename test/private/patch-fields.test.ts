import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { patchFieldFiles } from '../../scripts/patch-fields';

test.each(patchFieldFiles().map(({ path, text }) => [path, text]))('%s is up to date', (path, text) => {
  expect(readFileSync(join(__dirname, '../..', path), 'utf8')).toBe(text);
});

test('the fields include nested ones, of lists too', () => {
  const [pods, tasks] = patchFieldFiles().map(({ text }) => text);
  expect(pods).toContain("containers: 'V1Container'");
  expect(pods).toContain('V1SleepAction: {\n    seconds: ');
  expect(tasks).toContain("ContainerDefinitions: 'ContainerDefinition'");
  expect(tasks).toContain('KernelCapabilities: {\n    Add: ');
});
