/**
 * Requirements files, working directories and settings from an attacker who tries to run code on the machine that locks an
 * app, or to read its secrets. The canary is a folder that the code would write to.
 */
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { writeFiles } from '../../support/scratch';
import { wheelName, wheelOf } from '../../support/wheels/wheel';
import { AppLab, type AppSite, type Variables } from './app-lab';

let lab: AppLab;
let site: AppSite;
let name: string;
let count = 0;

beforeAll(async () => {
  lab = await AppLab.start();
});
afterAll(() => lab?.stop());
beforeEach(() => {
  site = lab.site();
  count += 1;
  name = `plain${count}`;
  lab.index.add(wheelName({ name }), wheelOf({ name, files: { [`${name}.py`]: '' } }));
});
afterEach(() => site.remove());

/** Python code that writes to the canary. */
const trace = () => `open(${JSON.stringify(join(site.canary, 'ran'))}, 'w').close()\n`;

/** A project with code that runs in its build. */
const project = (package_: string): { readonly [path: string]: string } => ({
  'pyproject.toml': `[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n[project]\nname = "${package_}"\nversion = "1.0"\n`,
  'backend.py': `${trace()}def get_requires_for_build_wheel(*a): return []\n`,
});

async function sourceArchive(package_: string): Promise<Buffer> {
  const archive = pack();
  for (const [path, text] of Object.entries(project(package_)))
    archive.entry({ name: `${package_}-1.0/${path}` }, text);
  archive.entry({ name: `${package_}-1.0/PKG-INFO` }, `Metadata-Version: 2.1\nName: ${package_}\nVersion: 1.0\n`);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return gzipSync(Buffer.concat(chunks));
}

const list = (text: string) => site.write({ 'app/requirements.txt': text });

describe('a list is rejected, with the line number,', () => {
  test.each<[what: string, line: () => string, refusal: string]>([
    [
      'that builds a directory',
      () => '-e ./package',
      'only wheels are installed, because building a package runs its code',
    ],
    ['that builds a directory, in another notation', () => '--editable=./package', 'only wheels are installed'],
    ['that builds a directory, with an abbreviated option', () => '--edit ./package', 'supported options are'],
    ['that builds from source', () => '--no-binary :all:', 'only wheels are installed'],
    [
      'that builds from source behind another option',
      () => '--prefer-binary --no-binary :all:',
      'only wheels are installed',
    ],
    [
      'that includes a file outside the project',
      () => `-r ${site.canary}/kept`,
      'move it into the directory of the app',
    ],
    [
      'that includes a file in a parent directory',
      () => '-r ../../canary/kept',
      'move it into the directory of the app',
    ],
    ['that includes a file through a link', () => '-r linked.txt', 'points outside the directory'],
    ['with constraints outside the project', () => '-c ../../canary/kept', 'move it into the directory of the app'],
    [
      'that includes a URL',
      () => `-r ${lab.index.url}list.txt`,
      'an included file must be in the directory of the app',
    ],
    ['that includes itself', () => '-r requirements.txt', 'includes itself'],
    ['that sends a variable to an index', () => `--index-url ${lab.index.url}\${SECRET}/`, 'without variables'],
    ['with wheels from a folder', () => '--find-links ../..', 'an index must be an https:// URL'],
    ['that turns TLS off', () => '--trusted-host example.com', 'a requirements file cannot turn off TLS'],
    [
      'that sets an option of a package',
      () => 'x==1 --config-settings=a=b',
      'a package cannot have the option --config-settings',
    ],
    [
      'that hides an option in a marker',
      () => "x==1 ; python_version > '3' --global-option=x",
      'a package cannot have the option --global-option',
    ],
    ['with code in a marker', () => "x==1 ; __import__('os')", 'must be a package of an index'],
    ['with a file', () => 'x @ file:///tmp/x.whl', 'only wheels are installed'],
    ['with a repository', () => 'git+https://example.com/x.git', 'only wheels are installed'],
    ['with a folder', () => './package', 'only wheels are installed'],
  ])('%s', async (_, line, refusal) => {
    // Options such as -e are relative to the working directory, others to the list.
    for (const folder of [site.app, site.project]) writeFiles(join(folder, 'package'), project('package'));
    if (line().includes('linked')) symlinkSync(join(site.canary, 'kept'), join(site.app, 'linked.txt'));
    lab.index.add('source-1.0.tar.gz', await sourceArchive('source'));
    const from = lab.index.requested.length;
    list(`# a list\n${line()}\nsource==1.0\n`);
    const { status, stderr } = await site.lock({ SECRET: 'hunter2' });
    expect({
      harm: site.harm(),
      leaked: lab.index.requested.slice(from).filter((path) => path.includes('hunter2')),
    }).toEqual({
      harm: [],
      leaked: [],
    });
    expect(status).toBe(3);
    expect(stderr).toContain(refusal);
    if (!/itself|move it into|points outside/.test(refusal)) expect(stderr).toContain('(line 2)');
    expect(site.kept()).toEqual([]);
  });

  test('that is a link to a file of the machine', async () => {
    symlinkSync(join(site.canary, 'kept'), join(site.app, 'requirements.txt'));
    const { status, stderr } = await site.lock();
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: expect.stringContaining("'app/requirements.txt' is outside the folder of the lock file"),
    });
  });

  test.each(['', '# nothing\n'])('that has no package (%j), each time', async (text) => {
    for (const _ of [1, 2]) {
      list(text);
      expect(await site.lock()).toMatchObject({ status: 3, stderr: expect.stringContaining('contains no packages') });
    }
    list(`${name}==1.0\n`);
    expect(await site.lock()).toMatchObject({ status: 0 });
  });

  test('with packages for other systems only', async () => {
    list(`${name}==1.0 ; sys_platform == 'win32'\n`);
    for (const _ of [1, 2])
      expect(await site.lock()).toMatchObject({
        status: 3,
        stderr: expect.stringContaining('no wheel was found for any package'),
      });
  });

  test('without its password', async () => {
    list(`--index-url https://user:hunter2@example.com/\${A}/\n`);
    const { status, stderr } = await site.lock();
    expect(status).toBe(3);
    expect(stderr).toContain('https://***@example.com');
    expect(stderr).not.toContain('hunter2');
  });
});

describe('no code runs from', () => {
  const MODULES = ['pip', 'configparser', 'zipfile', 'sitecustomize', 'usercustomize', 'json', 'encodings'];

  test.each(MODULES)('%s.py in the working directory', async (module) => {
    site.write({ [`${module}.py`]: trace(), [`app/${module}.py`]: trace() });
    list(`${name}==1.0\n`);
    const { status } = await site.lock();
    expect({ harm: site.harm(), status }).toEqual({ harm: [], status: 0 });
  });

  test('a folder pip with a main module', async () => {
    site.write({ 'pip/__init__.py': trace(), 'pip/__main__.py': trace() });
    list(`${name}==1.0\n`);
    const { status } = await site.lock();
    expect({ harm: site.harm(), status }).toEqual({ harm: [], status: 0 });
  });

  test.each<[string, () => Variables]>([
    ['PYTHONPATH', () => ({ PYTHONPATH: join(site.project, 'site') })],
    [
      'PYTHONSTARTUP and PYTHONINSPECT',
      () => ({ PYTHONSTARTUP: join(site.project, 'site/pip.py'), PYTHONINSPECT: '1' }),
    ],
    ['PIP_REQUIREMENT', () => ({ PIP_REQUIREMENT: join(site.project, 'more.txt') })],
    ['PIP_EDITABLE', () => ({ PIP_EDITABLE: join(site.project, 'package') })],
    ['PIP_NO_BINARY', () => ({ PIP_NO_BINARY: ':all:', PIP_ONLY_BINARY: '' })],
    ['PIP_PYTHON', () => ({ PIP_PYTHON: join(site.project, 'python') })],
    ['PIP_CONFIG_FILE', () => ({ PIP_CONFIG_FILE: join(site.project, 'pip.conf') })],
    ['PIP_LOG', () => ({ PIP_LOG: join(site.canary, 'log') })],
  ])('%s in the environment', async (_, env) => {
    writeFiles(join(site.project, 'package'), project('package'));
    site.write({
      'site/pip.py': trace(),
      'more.txt': `-e ${join(site.project, 'package')}\n`,
      'pip.conf': `[global]\nrequirement = ${join(site.project, 'more.txt')}\nno-binary = :all:\nindex-url = ${lab.index.url}\n`,
    });
    writeFileSync(join(site.project, 'python'), `#!/bin/sh\n: >${site.canary}/ran\n`, { mode: 0o755 });
    list(`${name}==1.0\n`);
    const { status } = await site.lock(env());
    expect({ harm: site.harm(), status }).toEqual({ harm: [], status: 0 });
  });
});

describe('a list is accepted', () => {
  const locked = async (text: string, env: Variables = {}, ...more: string[]) => {
    list(text);
    const { status, stderr } = await site.lock(env, ...more);
    return { status, stderr: status === 0 ? '' : stderr };
  };
  const fine = { status: 0, stderr: '' };

  test('with included lists and their constraints', async () => {
    site.write({
      'app/lists/more.txt': `${name}==1.0 # here\n-c ../bounds.txt\n`,
      'app/bounds.txt': `${name}<2,>=1\n`,
    });
    expect(await locked('\uFEFF-r lists/more.txt\r\n')).toEqual(fine);
    site.write({ 'app/bounds.txt': `${name}>1\n` });
    expect(await locked('-r lists/more.txt\n')).toMatchObject({ status: 3 });
  });

  test('with hashes, which must match the wheels', async () => {
    const hash = createHash('sha256')
      .update(wheelOf({ name, files: { [`${name}.py`]: '' } }))
      .digest('hex');
    expect(
      await locked(`${name}==1.0 \\\n    --hash=sha256:${hash} \\\n    --hash=sha256:${'0'.repeat(64)}\n`),
    ).toEqual(fine);
    expect(await locked(`${name}==1.0 --hash=sha256:${'0'.repeat(64)}\n`)).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('DO NOT MATCH THE HASHES'),
    });
    expect(await locked(`--require-hashes\n${name}==1.0\n`)).toMatchObject({ status: 3 });
  });

  test('with an index from the list, from the environment, and from a file of the user', async () => {
    const nowhere = { PIP_INDEX_URL: 'http://127.0.0.1:1/simple/', PIP_RETRIES: '0' };
    expect(await locked(`--index-url ${lab.index.url}\n${name}==1.0\n`, nowhere)).toEqual(fine);
    expect(await locked(`--extra-index-url=${lab.index.url}\n${name}==1.0\n`, nowhere)).toEqual(fine);
    writeFiles(join(site.folder, 'home/.config/pip'), { 'pip.conf': `[global]\nindex-url = ${lab.index.url}\n` });
    expect(await locked(`${name}==1.0\n`, { PIP_INDEX_URL: undefined })).toEqual(fine);
    expect(await locked(`${name}==1.0\n`, nowhere, '--upgrade')).toMatchObject({ status: 3 });
  });

  test('with wheels from a folder of the user, which must not change unless versions are chosen again', async () => {
    const folder = (text: string, ...more: string[]) => {
      const wheel = { name: `${name}local`, files: { 'local.py': text } };
      writeFiles(site.project, { [`wheels/${wheelName(wheel)}`]: wheelOf(wheel) });
      return locked(`${wheel.name}==1.0\n`, { PIP_FIND_LINKS: './wheels', PIP_NO_INDEX: '1' }, ...more);
    };
    expect(await folder('first')).toEqual(fine);
    const { digest } = site.locked();
    rmSync(join(site.cache, 'packages'), { recursive: true });
    expect(await folder('the second')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining(`no longer has the locked wheel of '${name}local==1.0'`),
    });
    expect(await folder('the second', '--upgrade')).toEqual(fine);
    expect(site.locked().digest).not.toBe(digest);
  });
});

describe('the cache of unpacked packages', () => {
  const packagesOf = () => join(site.cache, 'packages', site.kept()[0] as string);

  test('is used again, without the index', async () => {
    list(`${name}==1.0\n`);
    await site.lock();
    const { digest } = site.locked();
    const from = lab.index.requested.length;
    expect(await site.lock()).toMatchObject({ status: 0 });
    expect(site.locked().digest).toBe(digest);
    expect(lab.index.requested.slice(from)).toEqual([]);
  });

  test.each<[string, () => void]>([
    ['lacks a file', () => rmSync(join(packagesOf(), `packages/${name}.py`))],
    ['has another file', () => writeFileSync(join(packagesOf(), 'packages/evil.py'), '')],
    ['has a file of another size', () => writeFileSync(join(packagesOf(), `packages/${name}.py`), 'evil')],
    ['is not complete', () => rmSync(join(packagesOf(), 'complete.json'))],
    ['is empty', () => rmSync(join(packagesOf(), 'packages'), { recursive: true })],
  ])('is rebuilt if it %s', async (_, damage) => {
    list(`${name}==1.0\n`);
    await site.lock();
    const text = readFileSync(join(site.project, 'serving.lock.json'), 'utf8');
    damage();
    expect(await site.lock()).toMatchObject({ status: 0 });
    expect(readFileSync(join(site.project, 'serving.lock.json'), 'utf8')).toBe(text);
    expect(readdirSync(join(packagesOf(), 'packages'))).toContain(`${name}.py`);
  });

  test('is not used through a link to another folder', async () => {
    list(`${name}==1.0\n`);
    await site.lock();
    const place = packagesOf();
    writeFiles(join(site.canary, 'entry'), { 'complete.json': readFileSync(join(place, 'complete.json')) });
    rmSync(place, { recursive: true });
    symlinkSync(join(site.canary, 'entry'), place);
    expect(await site.lock()).toMatchObject({ status: 0 });
    expect(lstatSync(place).isDirectory()).toBe(true);
    expect(readdirSync(join(site.canary, 'entry'))).toEqual(['complete.json']);
  });
});
