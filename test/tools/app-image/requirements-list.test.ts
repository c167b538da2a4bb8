import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { parseConfiguration, settingsOf } from '../../../src/tools/app-image/pip-settings';
import { parseConstraint, parseRequirement } from '../../../src/tools/app-image/requirement';
import { readRequirements, renderRequirements } from '../../../src/tools/app-image/requirements-list';
import { withScratch, writeFiles } from '../../support/scratch';

const HASH = `sha256:${'a'.repeat(64)}`;

describe('a package of a list', () => {
  test.each([
    ['numpy==2.3.4', 'numpy==2.3.4'],
    ['Foo.Bar_baz [ a , b-c ] == 1.0+cu121', 'Foo.Bar_baz[a,b-c]==1.0+cu121'],
    ['x===1!2.0.post1', 'x===1!2.0.post1'],
    ['x[]==1', 'x==1'],
    [`x==1 --hash=${HASH}   --hash ${HASH}`, `x==1 --hash=${HASH} --hash=${HASH}`],
    [
      `x==1; python_version >= "3.9" and (sys_platform=='linux' or extra not in 'a b')`,
      `x==1 ; python_version >= "3.9" and (sys_platform=='linux' or extra not in 'a b')`,
    ],
  ])('is understood: %s', (text, line) => {
    expect(parseRequirement(text)?.line).toBe(line);
  });

  test.each([
    ...['numpy', 'numpy>=1', 'numpy==1.*', 'numpy==1,<2', 'a b==1', '-x==1', 'x-==1', 'x==-1', '==1', ''],
    ...['x==1 y==2', 'x==1 -e .', 'x==1 --hash=md5:00', `x==1 --hash=${HASH}x`, 'x==1\n-e .', 'x==1 ; a == b'],
    ...['x==1 ; ', `x==1 ; python_version > '3' # c`, `x==1 ; python_version > '3' -e .`, `x==1 ; "'$(id)'" == 'a'`],
    ...['x @ file:///x', 'git+https://a/b', './x', 'x.whl', '/x', `x==\${A}`, 'x==1;os.system("x")', '\u00e9==1'],
    ...[`x==1 ; python_version ${'='.repeat(5000)}`, `${'a'.repeat(100_000)}!`, `x==1${' '.repeat(100_000)}y`],
  ])('is not understood: %.40j', (text) => {
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
  ])('is bound by %s', (text, line) => {
    expect(parseConstraint(text)).toBe(line);
  });
});

describe('a list', () => {
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

  test('is rendered from what was understood, with those that it includes', () => {
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
    ['-r', 'must be a file in the directory of the app'],
    ['-r https://a.io/x.txt', 'must be a file in the directory of the app'],
    ['-r $HOME/x.txt', 'must be a file in the directory of the app'],
    ['--constructor x', 'supported options are'],
    ['--index-url', 'an index must be an https:// address'],
    ['--index-url file:///x', 'an index must be an https:// address'],
    ['--index-url https://a.io/$X', 'an index must be an https:// address'],
    ['--find-links ./wheels', 'an index must be an https:// address'],
    ['x==1 --no-deps', '--no-deps of a package is not supported'],
  ])('is refused with the number of the line: %s', (line, why) => {
    const said = read({ 'requirements.txt': `a==1\n\n${line}\n` });
    expect(said).toContain(`'${line}' in '<app>/requirements.txt' is not supported (line 3): `);
    expect(said).toContain(why);
  });

  test.each([
    ['-r link.txt', "'<app>/link.txt' is outside of '<app>'"],
    ['-r ../../etc/passwd', 'is outside of'],
    ['-r ../../../../../etc/no-such-file', 'is outside of'],
    ['-r /etc/hostname', "'/etc/hostname' is outside of '<app>'"],
    ['-c .', 'is outside of'],
    ['-r sub', 'must be a file of at most'],
    ['-r requirements.txt', 'includes itself'],
    [
      '-c bound.txt',
      "'-r x.txt' in '<app>/bound.txt' is not supported (line 1): the only option of a list of constraints",
    ],
  ])('reads nothing but files of the app: %s', (line, message) => {
    expect(read({ 'requirements.txt': line, 'sub/x': '', 'bound.txt': '-r x.txt' })).toContain(message);
  });
});

test('of the configuration of pip that is kept which says where packages are', () => {
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

describe('the settings of pip', () => {
  const settings = (values: Record<string, string>): ReturnType<typeof settingsOf> =>
    settingsOf(new Map(Object.entries(values)));

  test('may have a path with spaces', () => {
    expect(settings({ cert: '/home/My User/ca.pem', 'cache-dir': '/a b/c' }).variables).toMatchObject({
      PIP_CERT: '/home/My User/ca.pem',
      PIP_CACHE_DIR: '/a b/c',
    });
  });

  test('have the folders of wheels as paths and as addresses', () => {
    expect(settings({ 'find-links': '/a file:///b%20c https://example.com/d ~/e' }).folders).toEqual(['/a', '/b c']);
  });

  test.each(['trusted-host', 'cert', 'client-cert', 'proxy'])('are others with another %s', (key) => {
    expect(settings({ [key]: '/x' }).decisive).not.toBe(settings({ [key]: '/y' }).decisive);
  });
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
      'an index must be an https:// address',
    );
  });
});
