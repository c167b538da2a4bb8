import { mkdirSync, realpathSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { leavesFolder } from '../../../src/models/lock/inside';
import { withScratch } from '../../support/scratch';

/** A project next to another folder, with links of every kind. */
function inProject(look: (project: string, outside: string) => void): void {
  withScratch((scratch) => {
    const outside = realpathSync(scratch);
    const project = join(outside, 'project');
    for (const folder of ['project/models/net', 'project-2/net', 'secret/net'])
      mkdirSync(join(outside, folder), { recursive: true });
    symlinkSync('../secret', join(project, 'out'));
    symlinkSync('models', join(project, 'in'));
    symlinkSync('../gone', join(project, 'nowhere'));
    look(project, outside);
  });
}

test.each(['.', 'models/net', 'models/missing/deep', 'in/net', '..x/y', 'nowhere'])('%s stays in the folder', (path) =>
  inProject((project) => expect(leavesFolder(project, path)).toBeUndefined()));

test.each([
  ['..', '.'],
  ['../secret', 'secret'],
  ['../project-2/net', 'project-2/net'],
  ['out', 'secret'],
  ['out/net', 'secret/net'],
  ['out/missing', 'secret/missing'],
  ['in/../../secret', 'secret'],
])('%s leaves the folder, to %s', (path, target) =>
  inProject((project, outside) => expect(leavesFolder(project, path)).toBe(join(outside, target))));

test('a folder that is itself a link does not lead outside', () =>
  inProject((project, outside) => {
    symlinkSync('project', join(outside, 'link'));
    expect(leavesFolder(join(outside, 'link'), 'models/net')).toBeUndefined();
    expect(leavesFolder(project, '/etc')).toBe('/etc');
  }));
