import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { runPython } from '../../../src/tools/app-image/python';
import { withScratch } from '../../support/scratch';

// Python starts slowly on a busy machine.
jest.setTimeout(60_000);

test('the output is returned, and each line is reported', async () => {
  await withScratch(async (folder) => {
    const lines: string[] = [];
    const args = ['-c', 'print("a"); print("b")'];
    expect(await runPython({ args, purpose: 'test', folder, onLine: (line) => lines.push(line) })).toBe('a\nb\n');
    expect(lines).toEqual(['a', 'b']);
  });
});

test('a failure has the errors of the program, or the explanation of the caller', async () => {
  await withScratch(async (folder) => {
    const args = ['-c', 'import sys; print("progress"); sys.exit("no route")'];
    const run = { args, purpose: 'download wheels', folder };
    await expect(runPython(run)).rejects.toThrow('[PythonFailed] could not download wheels:\nno route');
    const seen: string[] = [];
    await expect(runPython({ ...run, explain: (output) => void seen.push(output) })).rejects.toThrow('no route');
    expect(seen).toEqual(['no route\n']);
  });
});

test.each(['SIGINT', 'SIGTERM'] as const)('%s ends the program, and removes its folder', async (signal) => {
  await withScratch(async (folder) => {
    const draft = join(folder, 'draft');
    mkdirSync(draft);
    const script = 'import os, time; open("../pid", "w").write(str(os.getpid())); print("begun"); time.sleep(60)';
    const run = JSON.stringify({ args: ['-c', script], purpose: 'test', folder: draft });
    buildSync({
      stdin: {
        contents: `import { runPython } from './src/tools/app-image/python';
          void runPython({ ...${run}, onLine: () => console.log('begun') });`,
        resolveDir: join(__dirname, '../../..'),
      },
      outfile: join(folder, 'run.js'),
      bundle: true,
      platform: 'node',
    });
    const child = spawn(process.execPath, [join(folder, 'run.js')], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([null, signal]);
    expect(existsSync(draft)).toBe(false);
    const pid = readFileSync(join(folder, 'pid'), 'utf8');
    expect(spawnSync('ps', ['-o', 'stat=', '-p', pid], { encoding: 'utf8' }).stdout.replace(/Z.*/, '').trim()).toBe('');
  });
});
