import fc from 'fast-check';
import { compareBytes, type WalkedFile } from '../../../src/models/lock/walk';
import { MAX_LAYERS, OWN_LAYER_SIZE, planLayers } from '../../../src/tools/artifact/layer-plan';

const fileOf = (path: string, size: number): WalkedFile => ({
  path,
  size,
  source: `/${path}`,
  executable: false,
  identity: path,
  changedAt: 0,
});
const plan = (files: WalkedFile[], emptyDirectories: string[] = [], maxLayers?: number) =>
  planLayers({ files, emptyDirectories }, { prefix: 'models/', maxLayers });
const pathsOf = (layers: ReturnType<typeof plan>) => layers.map(({ files }) => files.map(({ path }) => path));
const big = OWN_LAYER_SIZE;

test('each big file gets its own layer, and the small ones share the last', () => {
  const files = [fileOf('a.json', 1), fileOf('b.bin', big), fileOf('c.bin', big - 1), fileOf('d.bin', 2 * big)];
  expect(pathsOf(plan(files))).toEqual([['b.bin'], ['d.bin'], ['a.json', 'c.bin']]);
});

test('the parent directories of a file are in its layer, once', () => {
  const [layer] = plan([fileOf('a/b/x', 1), fileOf('a/b/y', 1), fileOf('a/z', 1)]);
  const names = layer?.entries.map(({ header }) => header.toString('latin1', 0, 100).replace(/\0.*/, ''));
  expect(names).toEqual(['models/', 'models/a/', 'models/a/b/', 'models/a/b/x', 'models/a/b/y', 'models/a/z']);
});

test('empty directories are in the layer of the small files', () => {
  const layers = plan([fileOf('b.bin', big)], ['ensemble/1']);
  expect(layers.map(({ emptyDirectories }) => emptyDirectories)).toEqual([[], ['ensemble/1']]);
});

test('if there are too many big files, the smallest share layers of similar size', () => {
  const files = Array.from({ length: 200 }, (_, index) => fileOf(`${String(index).padStart(3, '0')}.bin`, big));
  const layers = plan(files);
  expect(layers).toHaveLength(MAX_LAYERS);
  expect(Math.max(...layers.map((layer) => layer.files.length))).toBeLessThanOrEqual(4);
});

test('a change of one file changes only its layer', () => {
  const files = [fileOf('a.bin', big), fileOf('b.bin', big), fileOf('c.json', 5)];
  const changed = files.map((file) => (file.path === 'b.bin' ? fileOf('b.bin', 3 * big) : file));
  const [before, after] = [plan(files), plan(changed)].map((layers) => layers.map(({ size }) => size)) as [
    number[],
    number[],
  ];
  expect(after.map((size, index) => size === before[index])).toEqual([true, false, true]);
});

test('an executable file stays executable only if keepExecutable is set', () => {
  const files = [{ ...fileOf('run.sh', 1), executable: true }];
  const modeOf = (keepExecutable: boolean) =>
    planLayers({ files, emptyDirectories: [] }, { prefix: 'app/', keepExecutable })[0]
      ?.entries.at(-1)
      ?.header.toString('latin1', 100, 107);
  expect([modeOf(false), modeOf(true)]).toEqual(['0000644', '0000755']);
});

test('any plan contains every file once, in order, within the limit of layers', () => {
  const files = fc
    .uniqueArray(fc.tuple(fc.string({ minLength: 1, maxLength: 8 }), fc.oneof(fc.nat(2 * big), fc.nat(1000))), {
      selector: ([path]) => path,
      maxLength: 120,
    })
    .map((list) => list.map(([path, size]) => fileOf(path.replaceAll('/', '_'), size)))
    .filter((list) => new Set(list.map(({ path }) => path)).size === list.length)
    .map((list) => list.sort((a, b) => compareBytes(a.path, b.path)));
  fc.assert(
    fc.property(files, fc.integer({ min: 2, max: 64 }), (list, limit) => {
      const layers = plan(list, [], limit);
      expect(layers.length).toBeLessThanOrEqual(limit);
      expect(pathsOf(layers).flat().sort(compareBytes)).toEqual(list.map(({ path }) => path));
      for (const layer of layers) {
        expect(layer.files).toEqual([...layer.files].sort((a, b) => compareBytes(a.path, b.path)));
        const content = layer.entries.reduce(
          (sum, { header, file }) => sum + header.length + Math.ceil((file?.size ?? 0) / 512) * 512,
          1024,
        );
        expect(layer.size).toBe(content);
      }
    }),
    { numRuns: 200 },
  );
});
