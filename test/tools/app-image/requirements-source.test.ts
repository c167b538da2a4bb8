import { join } from 'node:path';
import { readSource } from '../../../src/tools/app-image/requirements-source';
import { withScratch, writeFiles } from '../../support/scratch';

// Python starts slowly on a busy machine.
jest.setTimeout(60_000);

const read = (name: string, text: string) =>
  withScratch(async (folder) => {
    writeFiles(folder, { [name]: text });
    const cache = process.env.XDG_CACHE_HOME;
    process.env.XDG_CACHE_HOME = join(folder, 'cache');
    try {
      return (await readSource(join(folder, name), folder)).requirements.map(({ line }) => line);
    } catch (error) {
      return (error as Error).message.replaceAll(folder, '<app>');
    } finally {
      if (cache === undefined) delete process.env.XDG_CACHE_HOME;
      else process.env.XDG_CACHE_HOME = cache;
    }
  });

test.each([
  ['uv.lock', 'uv export --format requirements-txt --no-emit-project -o requirements.txt'],
  ['poetry.lock', 'poetry export -f requirements.txt -o requirements.txt'],
  ['Pipfile.lock', 'pipenv requirements > requirements.txt'],
  ['environment.yml', 'packages of conda are not installed'],
  ['setup.py', 'its code is not run'],
  ['Dockerfile', 'use a base image that contains them'],
  ['apt.txt', 'use a base image that contains them'],
])('%s is refused with what to pass instead', async (name, way) => {
  expect(await read(name, '')).toContain(`[InvalidRequirements] '<app>/${name}' is not a requirements file; `);
  expect(await read(name, '')).toContain(way);
});

test('the dependencies of a project are read, without its build', async () => {
  const project = (rest: string) => read('pyproject.toml', `[project]\nname = "app"\n${rest}`);
  expect(await project(`dependencies = ["flask>=3", "numpy ; python_version > '3.8'"]\n`)).toEqual([
    'flask>=3',
    "numpy ; python_version > '3.8'",
  ]);
  expect(await project('dynamic = ["dependencies"]\n')).toContain('are dynamic, and its build is not run');
  expect(await project('')).toContain("has no list 'dependencies' in [project]");
  expect(await project('dependencies = ["x @ git+https://example.com/x"]\n')).toContain(
    "'x @ git+https://example.com/x' in '<app>/pyproject.toml' is not supported: only wheels are installed",
  );
  expect(await project('dependencies = ["-e ."]\n')).toContain('must be a package of an index');
  expect(await project('dependencies = [\n')).toContain('it is not valid TOML');
});

test('a list of FloydHub is a requirements file', async () => {
  expect(await read('floyd_requirements.txt', 'redis==2.10.5\nkeras\n')).toEqual(['redis==2.10.5', 'keras']);
});
