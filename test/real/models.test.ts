/** The scripts that train the models of the examples: same bytes as in the repository, and sufficient accuracy. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { python, REPOSITORY } from './support/images';

test.each([
  ['sentiment', 2, { v1: 0.8, v2: 0.9 }],
  ['digits', 4, { digits: 0.95 }],
  ['image-classifier', 5, { 'SVM:v1': 0.9, 'ResNet50:v2': 0.95 }],
])('the models of %s', (example, files, least) => {
  const out = mkdtempSync(join(tmpdir(), 'serving-models-'));
  try {
    const script = join(REPOSITORY, 'examples', example, 'train.py');
    const result = spawnSync(python('train'), ['-B', script, '--out', out], { encoding: 'utf8' });
    if (result.status !== 0) throw new Error(result.stderr);
    const made = readdirSync(out, { recursive: true, encoding: 'utf8', withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    expect(made).toHaveLength(files);
    for (const entry of made) {
      const file = join(entry.parentPath, entry.name);
      const committed = readFileSync(file.replace(out, join(REPOSITORY, 'examples', example)));
      expect({ file, same: committed.equals(readFileSync(file)) }).toEqual({ file, same: true });
    }
    for (const [name, accuracy] of Object.entries(JSON.parse(result.stdout))) {
      expect(accuracy).toBeGreaterThan((least as Record<string, number>)[name] ?? 1);
    }
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
});
