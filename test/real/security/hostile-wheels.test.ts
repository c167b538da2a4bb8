/**
 * Wheels from an attacker who tries to write outside the image, through `serving lock --app`, the pip of this machine and
 * a local package index. None of them may leave anything behind, and every rejection names the file.
 */
import { type WheelContent, wheelEntries, wheelName, wheelOf } from '../../support/wheels/wheel';
import { type ZipEntry, zipOf } from '../../support/wheels/zip';
import { AppLab, type AppSite } from './app-lab';

let lab: AppLab;
let site: AppSite;
let count = 0;

beforeAll(async () => {
  lab = await AppLab.start();
});
afterAll(() => lab?.stop());
beforeEach(() => {
  site = lab.site();
});
afterEach(() => site.remove());

const MARKER = 'import os\n';

/** Adds wheels to the index and to the requirements, and locks. */
async function lockWith(make: (name: string, outside: string) => { readonly [name: string]: Buffer }) {
  count += 1;
  const wheels = make(`evil${count}`, `${site.canary}/written`);
  for (const [name, bytes] of Object.entries(wheels)) lab.index.add(name, bytes);
  const lines = Object.keys(wheels).map((name) => name.split('-').slice(0, 2).join('=='));
  site.write({ 'app/requirements.txt': `${lines.join('\n')}\n` });
  return site.lock();
}

const one =
  (content: (name: string, outside: string) => Omit<WheelContent, 'name'>) => (name: string, outside: string) => {
    const wheel = { name, ...content(name, outside) };
    return { [wheelName(wheel)]: wheelOf(wheel) };
  };

const entry = (make: (outside: string, name: string) => ZipEntry) =>
  one((name, outside) => ({ entries: [make(outside, name)] }));

const points = (text: (outside: string) => string) =>
  one((name, outside) => ({ files: { [`${name}.py`]: 'def main(): pass\n' }, entryPoints: text(outside) }));

const pair = (first: Omit<WheelContent, 'name'>, second: Omit<WheelContent, 'name'>) => (name: string) => {
  const wheels = [
    { name: `${name}a`, ...first },
    { name: `${name}b`, ...second },
  ];
  return Object.fromEntries(wheels.map((wheel) => [wheelName(wheel), wheelOf(wheel)]));
};

/** Overlapping entries of a wheel, which share their bytes. */
function overlapping(name: string): { [name: string]: Buffer } {
  const data = 'x'.repeat(4096);
  const entries = wheelEntries({
    name,
    entries: [
      { name: 'a.txt', data },
      { name: 'b.txt', data },
    ],
  });
  const at = entries.findIndex((one) => one.name === 'b.txt');
  const start = zipOf(entries.slice(0, at - 1)).lastIndexOf(Buffer.from('PK\x01\x02'));
  const offset = zipOf(entries.slice(0, at - 1)).indexOf(Buffer.from('PK\x01\x02'));
  entries[at] = { ...(entries[at] as ZipEntry), claims: { offset: Math.min(offset, start) } };
  return { [wheelName({ name })]: zipOf(entries) };
}

type Attack = [what: string, make: (name: string, outside: string) => { [name: string]: Buffer }, refusal: string];

const PATHS: Attack[] = [
  ['an absolute path', entry((outside) => ({ name: outside, data: MARKER })), 'is absolute or has an empty part'],
  ['a path upward', entry(() => ({ name: '../../../../../written', data: MARKER })), "has a part '.' or '..'"],
  [
    'a path upward in .data',
    one((name) => ({ entries: [{ name: `${name}-1.0.data/data/../../../../../../written` }] })),
    "has a part '.' or '..'",
  ],
  ['a path with an empty part', entry(() => ({ name: 'a//b', data: MARKER })), 'has an empty part'],
  ['a path with a dot', entry(() => ({ name: './a.py', data: MARKER })), "has a part '.' or '..'"],
  ['a backslash', entry(() => ({ name: '..\\..\\written', data: MARKER })), 'has a backslash'],
  ['a drive letter', entry(() => ({ name: 'C:/written', data: MARKER })), 'has a drive letter'],
  ['a NUL', entry(() => ({ name: 'a.py\0.txt', data: MARKER })), 'has a control character'],
  ['a line break', entry(() => ({ name: 'a\nb.py', data: MARKER })), 'has a control character'],
  ['a deletion in the layers below', entry(() => ({ name: 'bin/.wh.python3', data: '' })), "starts with '.wh.'"],
  ['a symbolic link', entry((outside) => ({ name: 'link', data: outside, mode: 0o120777 })), 'is a link or a device'],
  ['a device', entry(() => ({ name: 'null', data: '', mode: 0o020666 })), 'is a link or a device'],
  [
    'another name before the content',
    entry(() => ({ name: 'a.py', data: MARKER, claims: { localName: '../b' } })),
    'it is damaged (BadZipFile',
  ],
  [
    'the .data of another package',
    one(() => ({ entries: [{ name: 'pip-1.0.data/purelib/pip/x.py' }] })),
    "'pip-1.0.data' belongs to another package",
  ],
  [
    'the .dist-info of another package',
    one(() => ({ entries: [{ name: 'pip-99.dist-info/METADATA', data: 'x' }] })),
    'pip-99.dist-info',
  ],
  [
    'an unknown scheme',
    one((name) => ({ entries: [{ name: `${name}-1.0.data/etc/passwd` }] })),
    'is not an install scheme of wheels',
  ],
];

const PROGRAMS: Attack[] = [
  [
    'an absolute name',
    points((outside) => `[console_scripts]\n${outside} = m:f\n`),
    'must contain only letters, digits',
  ],
  [
    'a name upward',
    points(() => '[console_scripts]\n../../../../../../written = m:f\n'),
    'must contain only letters, digits',
  ],
  ['a name upward of a window', points(() => '[gui_scripts]\n../x = m:f\n'), 'must contain only letters, digits'],
  ['a name of dots', points(() => '[console_scripts]\n.. = m:f\n'), 'must contain only letters, digits'],
  ['code in the module', points(() => '[console_scripts]\nx = os;import m:f\n'), 'must be module:function'],
  ['code in the function', points(() => '[console_scripts]\nx = m:f()(exec("1"))\n'), 'must be module:function'],
  [
    'a line break in the function',
    points(() => '[console_scripts]\nx = m:f\n  import os\n'),
    'must be module:function',
  ],
  ['no function', points(() => '[console_scripts]\nx = m\n'), 'must be module:function'],
  ['text that is not of the format', points(() => 'x = m:f\n'), 'it is damaged (MissingSectionHeaderError'],
];

const CONTENT: Attack[] = [
  [
    'a hash that RECORD does not have',
    one(() => ({ files: { 'a.py': 'a' }, record: (text) => text.replace(/("a\.py",sha256=)..../, '$1AAAA') })),
    'does not match its hash in RECORD',
  ],
  [
    'a file that RECORD does not list',
    one(() => ({ files: { 'a.py': 'a' }, record: (text) => text.replace(/^"a\.py".*\n/m, '') })),
    'RECORD has no SHA-2 hash',
  ],
  [
    'a weak hash',
    one(() => ({
      files: { 'a.py': 'a' },
      record: (text) => text.replace(/("a\.py",)sha256=[^,]*/, '$1md5=DMF1ucDxtqgxw5niaXcmYQ'),
    })),
    'RECORD has no SHA-2 hash',
  ],
  [
    'the same entry twice',
    one(() => ({
      entries: [
        { name: 'a.py', data: '1' },
        { name: 'a.py', data: '1' },
      ],
    })),
    "it has 'a.py' twice",
  ],
  ['names that differ by case', one(() => ({ files: { 'a.py': '1', 'A.py': '2' } })), 'differ only by case or accents'],
  [
    'folders that differ by accents',
    one(() => ({ files: { 'caf\u00e9/a': '1', 'cafe\u0301/b': '2' } })),
    'differ only by case or accents',
  ],
  ['a file where a folder is needed', one(() => ({ files: { a: '1', 'a/b': '2' } })), 'is a folder, but a file in'],
  [
    'a bomb',
    one(() => ({ entries: [{ name: 'zeros', data: '0'.repeat(80e6), deflate: true }] })),
    'more than 100 times its size',
  ],
  [
    'a size that it does not have',
    one(() => ({ entries: [{ name: 'a.py', data: 'a', claims: { size: 5 } }] })),
    'is refused',
  ],
  ['entries that overlap', overlapping, 'overlaps another entry'],
  [
    'a compression that is not of wheels',
    one(() => ({ entries: [{ name: 'a.py', data: 'a', claims: { method: 14 } }] })),
    'has a compression that wheels do not support',
  ],
  [
    'the file of another wheel',
    pair({ files: { 'shared.py': '1' } }, { files: { 'shared.py': '2' } }),
    "'shared.py' has different content in",
  ],
  [
    'a folder that is a file of another wheel',
    pair({ files: { shared: '1' } }, { files: { 'shared/x': '2' } }),
    'is a folder, but a file in',
  ],
  [
    'the program of another wheel',
    pair({ entryPoints: '[console_scripts]\nrun = a:f\n' }, { entryPoints: '[console_scripts]\nrun = b:f\n' }),
    "'bin/run' has different content in",
  ],
];

describe.each([
  ['with a path', PATHS],
  ['with a program', PROGRAMS],
  ['with content', CONTENT],
])('a wheel %s', (_, attacks) => {
  test.each(attacks)('that is or has %s is rejected', async (_what, make, refusal) => {
    const { status, stderr } = await lockWith(make);
    expect(site.harm()).toEqual([]);
    expect({ status, stderr }).toEqual({ status: 3, stderr: expect.stringContaining(refusal) });
    expect(stderr).not.toContain('Traceback');
    expect(site.kept()).toEqual([]);
  });
});

describe('a wheel is unpacked', () => {
  test('with programs, scripts and data in their folders', async () => {
    const result = await lockWith((name) =>
      one(() => ({
        files: {
          [`${name}/__init__.py`]: '',
          [`${name}-1.0.data/data/share/x`]: 'x',
          [`${name}-1.0.data/headers/x.h`]: '',
        },
        entryPoints: '[console_scripts]\nrun-it = a.b:c.d [extra]\n[gui_scripts]\nwindow = a:b\n',
        entries: [{ name: `${name}-1.0.data/scripts/tool`, data: '#!python\nprint(1)\n', mode: 0o100644 }],
      }))(name, ''),
    );
    expect(result).toMatchObject({ status: 0 });
    expect(site.locked().digest).toMatch(/^sha256:/);
  });

  test('together with another one that has the same file with the same content', async () => {
    expect(
      await lockWith(pair({ files: { 'ns/__init__.py': '' } }, { files: { 'ns/__init__.py': '' } })),
    ).toMatchObject({
      status: 0,
    });
  });

  test.each([
    'sitecustomize.py',
    'usercustomize.py',
  ])('with %s, which is reported, also from the cache', async (file) => {
    const made = one(() => ({ files: { [file]: 'print(1)\n' } }));
    for (const result of [await lockWith(made), await site.lock()]) {
      expect(result.status).toBe(0);
      expect(result.stderr).toContain(`has ${file}, which every Python process of the image runs at startup`);
    }
  });
});
