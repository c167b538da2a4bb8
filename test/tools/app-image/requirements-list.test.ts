import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { parseConfiguration, settingsOf } from '../../../src/tools/app-image/pip-settings';
import { parseConstraint, parseRequirement } from '../../../src/tools/app-image/requirement';
import { readRequirements, renderRequirements } from '../../../src/tools/app-image/requirements-list';
import { withScratch, writeFiles } from '../../support/scratch';

const HASH = `sha256:${'a'.repeat(64)}`;

describe('a package of a requirements file', () => {
  test.each([
    ['numpy==2.3.4', 'numpy==2.3.4'],
    ['Foo.Bar_baz [ a , b-c ] == 1.0+cu121', 'Foo.Bar_baz[a,b-c]==1.0+cu121'],
    ['x===1!2.0.post1', 'x===1!2.0.post1'],
    ['x[]==1', 'x==1'],
    ['numpy', 'numpy'],
    ['torch >= 2.1 , < 3', 'torch>=2.1,<3'],
    ['pandas==2.*', 'pandas==2.*'],
    ['numpy~=2.0', 'numpy~=2.0'],
    ['x[a] (>=1,!=1.5)', 'x[a]>=1,!=1.5'],
    ["x>=1 ; python_version < '3.9'", "x>=1 ; python_version < '3.9'"],
    [`x==1 --hash=${HASH}   --hash ${HASH}`, `x==1 --hash=${HASH} --hash=${HASH}`],
    [
      `x==1; python_version >= "3.9" and (sys_platform=='linux' or extra not in 'a b')`,
      `x==1 ; python_version >= "3.9" and (sys_platform=='linux' or extra not in 'a b')`,
    ],
  ])('is supported: %s', (text, line) => {
    expect(parseRequirement(text)?.line).toBe(line);
  });

  test.each([
    ...['numpy>=', 'numpy==1,', 'numpy(', 'a b==1', '-x==1', 'x-==1', 'x==-1', '==1', ''],
    ...['x==1 y==2', 'x==1 -e .', 'x==1 --hash=md5:00', `x==1 --hash=${HASH}x`, 'x==1\n-e .', 'x==1 ; a == b'],
    ...['x==1 ; ', `x==1 ; python_version > '3' # c`, `x==1 ; python_version > '3' -e .`, `x==1 ; "'$(id)'" == 'a'`],
    ...['x @ file:///x', 'git+https://a/b', './x', '/x', `x==\${A}`, 'x==1;os.system("x")', '\u00e9==1'],
    ...[`x==1 ; python_version ${'='.repeat(5000)}`, `${'a'.repeat(100_000)}!`, `x==1${' '.repeat(100_000)}y`],
  ])('is not supported: %.40j', (text) => {
    const begun = performance.now();
    expect(parseRequirement(text)).toBeUndefined();
    expect(performance.now() - begun).toBeLessThan(10_000);
  });

  test.each([
    ['x<2', 'x<2'],
    ['x >= 1.0 , != 1.5.* ; sys_platform == "linux"', 'x>=1.0,!=1.5.* ; sys_platform == "linux"'],
    [`x==1 --hash=${HASH}`, `x==1 --hash=${HASH}`],
    ['x', undefined],
    ['x<2 -e .', undefined],
  ])('is constrained by %s', (text, line) => {
    expect(parseConstraint(text)).toBe(line);
  });
});

describe('a requirements file', () => {
  const read = (files: { readonly [path: string]: string }, list = 'requirements.txt') =>
    withScratch((folder) => {
      writeFiles(folder, files);
      symlinkSync('/etc/hostname', join(folder, 'link.txt'));
      try {
        return readRequirements(join(folder, list), folder);
      } catch (error) {
        return (error as Error).message.replaceAll(folder, '<app>');
      }
    });

  test('is rendered from its parsed content, with the files that it includes', () => {
    const list = read({
      'requirements.txt':
        '\uFEFF# c\r\n-r sub/more.txt # c\r\n--index-url=https://a.io/simple\r\na==1 \\\r\n  # via\r\n\r\nb==2',
      'sub/more.txt': `--extra-index-url https://b.io/x -f https://c.io/y.html --prefer-binary\nc==3 \\\n  --hash=${HASH} \\\n# z\n--require-hashes\n-c ../bound.txt\nc==3 --hash=${HASH}`,
      'bound.txt': 'c<4\n',
    });
    expect(list).toMatchObject({ constraints: ['c<4'], requireHashes: true });
    expect(renderRequirements(list as Exclude<typeof list, string>)).toBe(
      `--extra-index-url https://b.io/x\n-f https://c.io/y.html\n--index-url https://a.io/simple\n--require-hashes\nc==3 --hash=${HASH}\na==1\nb==2\n`,
    );
  });

  test.each([
    ['-e ./x', 'only wheels are installed'],
    ['--no-binary=:all:', 'only wheels are installed'],
    ['--hash=sha256:00', 'supported options are'],
    ['-rmore.txt', 'supported options are'],
    ['-r', 'an included file must be in the directory of the app'],
    ['-r https://a.io/x.txt', 'an included file must be in the directory of the app'],
    ['-r $HOME/x.txt', 'an included file must be in the directory of the app'],
    ['--constructor x', 'supported options are'],
    ['--index-url', 'an index must be an https:// URL'],
    ['--index-url file:///x', 'an index must be an https:// URL'],
    ['--index-url https://a.io/$X', 'an index must be an https:// URL'],
    ['--find-links ./wheels', 'an index must be an https:// URL'],
    ['x==1 --no-deps', 'a package cannot have the option --no-deps'],
    ['x @ https://example.com/x.whl', 'build a wheel of it (pip wheel --no-deps) and publish it'],
    ['x[a] @ git+https://example.com/x', 'build a wheel of it'],
    ['git+ssh://example.com/x.git#egg=x', 'build a wheel of it'],
    ['git@example.com:x/y.git', 'build a wheel of it'],
    ['./x', 'build a wheel of it'],
    ['../x[a]', 'build a wheel of it'],
    ['vendor/x-1.0-py3-none-any.whl', 'build a wheel of it'],
    ['x-1.0.tar.gz', 'build a wheel of it'],
    ['file:///x', 'build a wheel of it'],
    ['apt-get install -y libgl1', 'packages of the operating system are not installed; use a base image'],
    ['RUN apt-get update && apt-get install -y ffmpeg', 'packages of the operating system are not installed'],
    ['conda install -c conda-forge opencv', 'packages of the operating system are not installed'],
    ['FROM python:3.12', 'it is a line of a Dockerfile'],
    ['pip install flask', "without 'pip install'"],
    ['dependencies:', 'the file is YAML'],
    ['- numpy=1.26', 'the file is YAML'],
    ['[project]', 'the file is TOML'],
    ['flask = "*"', 'the file is TOML'],
    ['numpy=1.26.4=py312h1', "'=' is the notation of conda"],
    ['--index-url https://a.io/simple?x=$Y', 'an index must be an https:// URL'],
  ])('is refused with the line number: %s', (line, why) => {
    const message = read({ 'requirements.txt': `a==1\n\n${line}\n` });
    expect(message).toContain(`'${line}' in '<app>/requirements.txt' is not supported (line 3): `);
    expect(message).toContain(why);
  });

  test.each([
    ['-r link.txt', "'<app>/link.txt' is outside '<app>'"],
    ['-r ../../etc/passwd', 'is outside'],
    ['-r ../../../../../etc/no-such-file', 'is outside'],
    ['-r /etc/hostname', "'/etc/hostname' is outside '<app>'"],
    ['-c .', 'is outside'],
    ['-r sub', 'must be a file of at most'],
    ['-r requirements.txt', 'includes itself'],
    [
      '-c bound.txt',
      "'-r x.txt' in '<app>/bound.txt' is not supported (line 1): a constraints file supports only the option -c",
    ],
  ])('reads only files of the app: %s', (line, message) => {
    expect(read({ 'requirements.txt': line, 'sub/x': '', 'bound.txt': '-r x.txt' })).toContain(message);
  });
});

test('only the location of packages is kept from the configuration of pip', () => {
  const listed = [
    ":env:.index-url='https://c.io'",
    "download.proxy='http://p'",
    `global.cert="/it's"`,
    "global.extra-index-url='\\nhttps://a.io\\n\\x41\\u0042\\\\'",
    "global.index-url='https://a.io'",
    "global.no-binary=':all:'",
    "global.requirement='x'",
    "install.timeout='1'",
    'noise',
  ].join('\n');
  expect(Object.fromEntries(parseConfiguration(listed))).toEqual({
    'index-url': 'https://c.io',
    proxy: 'http://p',
    cert: "/it's",
    'extra-index-url': '\nhttps://a.io\nAB\\',
  });
});

test('the settings of pip may contain paths with spaces', () => {
  const settings = settingsOf(new Map([...Object.entries({ cert: '/home/My User/ca.pem', 'cache-dir': '/a b/c' })]));
  expect(settings).toMatchObject({ PIP_CERT: '/home/My User/ca.pem', PIP_CACHE_DIR: '/a b/c' });
});

test.each([
  'http://127.0.0.1:8080/simple',
  'http://localhost/simple',
  'https://example.com/simple',
])('an index may be %s', async (address) => {
  await withScratch(async (folder) => {
    writeFiles(folder, { 'requirements.txt': `--index-url ${address}\nx==1\n` });
    expect(renderRequirements(readRequirements(join(folder, 'requirements.txt'), folder))).toContain(address);
  });
});

test.each([
  'http://example.com/simple',
  'http://10.0.0.5/simple',
  'http://127.0.0.1.example.com/simple',
])('an index without TLS on another machine is refused: %s', async (address) => {
  await withScratch(async (folder) => {
    writeFiles(folder, { 'requirements.txt': `--index-url ${address}\nx==1\n` });
    expect(() => readRequirements(join(folder, 'requirements.txt'), folder)).toThrow(
      'an index must be an https:// URL',
    );
  });
});

test('an index with credentials is refused without printing them', async () => {
  await withScratch(async (folder) => {
    writeFiles(folder, { 'requirements.txt': '--extra-index-url https://me:hunter2@example.com/simple\nx\n' });
    const read = () => readRequirements(join(folder, 'requirements.txt'), folder);
    expect(read).toThrow(
      'the file is published with the code, and must not contain credentials; set them in PIP_INDEX',
    );
    expect(read).not.toThrow('hunter2');
  });
});
