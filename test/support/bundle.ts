import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

const ROOT = join(__dirname, '../..');

/** The command line as bundled in the package, in a separate folder. */
export interface Bundle {
  readonly file: string;
  run(folder: string, ...args: string[]): { status: number | null; stdout: string; stderr: string };
  remove(): void;
}

/** Bundles the command line; it starts much faster than from its source. */
export function bundleServing(): Bundle {
  const folder = mkdtempSync(join(tmpdir(), 'serving-bundle-'));
  // Other users of the machine also run it.
  chmodSync(folder, 0o755);
  // The command line reads the version from it.
  copyFileSync(join(ROOT, 'package.json'), join(folder, 'package.json'));
  const file = join(folder, 'index.js');
  buildSync({
    entryPoints: [join(ROOT, 'src/tools/serving.ts')],
    outfile: file,
    // External, as in the package, where they are next to the bundle. No test runs a command that needs them.
    external: ['*/ecr-sdk', '*/s3-sdk'],
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    logLevel: 'error',
  });
  const env = { ...process.env, XDG_CACHE_HOME: join(folder, 'cache') };
  return {
    file,
    run: (cwd, ...args) => spawnSync(process.execPath, [file, ...args], { cwd, encoding: 'utf8', env }),
    remove: () => rmSync(folder, { recursive: true }),
  };
}
