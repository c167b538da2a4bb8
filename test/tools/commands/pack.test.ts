import { readFileSync, writeFileSync } from 'node:fs';
import { modelProject } from '../../support/model-project';
import { writeFiles } from '../../support/scratch';

describe('serving pack', () => {
  const { path, serving, lock } = modelProject();

  test.each(['/proc/x', '/proc/x/y', '/sys/x'])('fails before it reads the model if %s cannot be created', (output) => {
    serving('lock', 'models/net');
    expect(serving('pack', '-o', output)).toMatchObject({
      status: 3,
      stderr: expect.stringMatching(/^\[OutputUnwritable\] '\/(proc|sys)\/x[^']*' cannot be written \(E[A-Z]+\)\n$/),
    });
  });

  test('writes a layout with each blob once, named by its digest', () => {
    serving('lock', 'models/net');
    expect(serving('pack', '-o', 'out').status).toBe(0);
    const again = serving('pack', '-o', 'out');
    const { digest } = lock().models['models/net'];
    expect(again.stdout).toBe(`models/net  ${digest}  oci:out:models-net\n`);
    expect(again.stderr).not.toContain('"event":"sent"');
    const [entry, ...rest] = JSON.parse(readFileSync(path('out/index.json'), 'utf8')).manifests;
    expect(entry).toMatchObject({ digest, annotations: { 'org.opencontainers.image.ref.name': 'models-net' } });
    expect(rest).toEqual([]);
  });

  test('gives each directory a unique name, although layouts allow few characters', () => {
    for (const name of ['models-net', 'größe']) writeFiles(path(name), { 'config.json': name });
    serving('lock', 'models/net', 'models-net', 'größe');
    const { stdout, status } = serving('pack', '-o', 'out');
    expect(status).toBe(0);
    const names = stdout
      .trim()
      .split('\n')
      .map((line) => line.split(':').at(-1));
    expect(names).toEqual([
      expect.stringMatching(/^gr-e-[0-9a-f]{6}$/),
      expect.stringMatching(/^models-net-[0-9a-f]{6}$/),
      expect.stringMatching(/^models-net-[0-9a-f]{6}$/),
    ]);
    expect(new Set(names).size).toBe(3);
    const { manifests } = JSON.parse(readFileSync(path('out/index.json'), 'utf8'));
    expect(manifests).toHaveLength(3);
    expect(serving('pack', 'models/net', '-o', 'other').stdout).toContain(`oci:other:${names[2]}\n`);
  });

  test('writes a layer again if its content does not match its name', () => {
    serving('lock', 'models/net');
    serving('pack', '-o', 'out');
    const [{ digest }] = lock().models['models/net'].layers;
    const layer = path(`out/blobs/sha256/${digest.slice(7)}`);
    const right = readFileSync(layer);
    writeFileSync(layer, Buffer.alloc(right.length));
    expect(serving('pack', '-o', 'out').status).toBe(0);
    expect(readFileSync(layer).equals(right)).toBe(true);
  });

  test.each(['models/net', 'models/net/out'])('writes nothing into a locked directory: %s', (output) => {
    serving('lock', 'models/net');
    expect(serving('pack', '-o', output)).toMatchObject({
      status: 2,
      stderr: `[InvalidOption] --output (${output}) must not be inside 'models/net', which is locked; choose another folder\n`,
    });
  });

  test('refuses a directory that differs from the lock file, and names the file', () => {
    serving('lock', 'models/net');
    writeFiles(path('models/net'), { 'config.json': '[]' });
    const { status, stderr } = serving('pack', '-o', 'out');
    expect(status).toBe(1);
    expect(stderr).toContain(
      "the directory differs from the lock file; restore the files, or run 'serving lock models/net'\nmodels/net: 'config.json' changed",
    );
  });

  test.each<[string[], string]>([
    [['pack', 'models/net'], '--output FOLDER is required'],
    [['pack', 'models/net', '-o', 'out'], '[LockFileNotFound] no serving.lock.json exists in'],
  ])('fails on %j', (args, message) => {
    expect(serving(...args)).toMatchObject({ status: 2, stderr: expect.stringContaining(message) });
  });
});
