/** Compiled copies of the package, each in its own folder and with a version, as in an app with two copies. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

export type Library = typeof import('../../src');

const ROOT = join(__dirname, '../..');
const SOURCE = join(ROOT, 'src');

/** Below the root, so that every copy uses the same installation of the frameworks. */
const FOLDER = join(ROOT, 'node_modules/.cache/package-copies', String(process.pid));

const compilerOptions: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.CommonJS,
  esModuleInterop: true,
};

/** The files of the library without the command line. */
function compile(): Map<string, string> {
  const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' });
  const modules = files.filter((file) => file.endsWith('.ts') && !file.startsWith('tools'));
  return new Map(
    modules.map((file) => [
      file.replace(/\.ts$/, '.js'),
      ts.transpileModule(readFileSync(join(SOURCE, file), 'utf8'), { compilerOptions }).outputText,
    ]),
  );
}

let compiled: Map<string, string> | undefined;

/** The folder of a new copy. */
export function copyFolder(name: string): string {
  return join(FOLDER, name, 'serving-constructs');
}

/** A new copy of the package, with a version in its `package.json`, or without that file. */
export function copyPackage(name: string, version?: string): Library {
  compiled ??= compile();
  const folder = copyFolder(name);
  for (const [file, text] of compiled) {
    const path = join(folder, 'lib', file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  if (version !== undefined)
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'serving-constructs', version }));
  return require(join(folder, 'lib/index.js'));
}

/** A folder with a Dockerfile, removed together with the copies. */
export function dockerfileFolder(): string {
  const folder = join(FOLDER, 'image');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\n');
  return folder;
}

/** Removes the copies that this process created. */
export function removeCopies(): void {
  rmSync(FOLDER, { recursive: true, force: true });
}
