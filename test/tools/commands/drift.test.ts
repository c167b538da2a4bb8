import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { driftOf } from '../../../src/models/lock/drift';
import { requireLock } from '../../../src/models/lock/read-lock';
import { modelProject } from '../../support/model-project';
import { writeFiles } from '../../support/scratch';

describe('the drift of a directory, which synthesis warns about', () => {
  const { path, serving, program } = modelProject();

  const drift = () => driftOf(requireLock({ from: path() }), 'models/net');

  test('is empty for an unchanged directory, and for one that does not exist', () => {
    serving('lock', 'models/net');
    expect(drift()).toEqual([]);
    rmSync(path('models/net'), { recursive: true });
    expect(drift()).toEqual([]);
  });

  test('lists files that are missing, new or of a different size', () => {
    serving('lock', 'models/net');
    rmSync(path('models/net/config.json'));
    writeFiles(path('models/net'), { 'weights/model.bin': 'longer weights', 'a.txt': '' });
    expect(drift()).toEqual(['a.txt', 'config.json', 'weights/model.bin']);
  });

  test('lists a changed file of the same size if this machine hashed it', () => {
    serving('lock', 'models/net');
    writeFiles(path('models/net'), { 'config.json': '[]' });
    const cache = process.env.XDG_CACHE_HOME;
    process.env.XDG_CACHE_HOME = join(program(), '../cache');
    try {
      expect(drift()).toEqual(['config.json']);
    } finally {
      if (cache === undefined) delete process.env.XDG_CACHE_HOME;
      else process.env.XDG_CACHE_HOME = cache;
    }
    expect(drift()).toEqual([]);
  });

  test('is the reason why the directory cannot be packed', () => {
    serving('lock', 'models/net');
    writeFiles(path('models/net'), { 'Config.json': '' });
    expect(drift()).toEqual([expect.stringContaining('are the same name on file systems that ignore case')]);
  });
});
