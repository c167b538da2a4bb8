/** The compiler host of tests that type-check sources which use the frameworks. */
import { resolve } from 'node:path';
import ts from 'typescript';

const SOURCES = resolve(__dirname, '../../src');

const INDEX_OF_CDK = /\/node_modules\/aws-cdk-lib\/index\.d\.ts$/;

/** A namespace that the index exports. It loads all declarations of a service. */
const NAMESPACE = /^export \* as (\w+) from .*\n/gm;

/**
 * A host that reads a file as `tsc` does, and only once. The index of `aws-cdk-lib` exports only the namespaces that the
 * sources and the given files use: the declarations of all services take several times as long as everything else.
 */
export function compilerHost(options: ts.CompilerOptions, files: readonly string[] = []): ts.CompilerHost {
  const host = ts.createCompilerHost(options);
  host.jsDocParsingMode = ts.JSDocParsingMode.ParseForTypeErrors;
  const { getSourceFile } = host;
  const parsed = new Map<string, ts.SourceFile | undefined>();
  host.getSourceFile = (file, language, ...rest) => {
    if (!parsed.has(file)) {
      const index = INDEX_OF_CDK.test(file) ? withoutUnused(host.readFile(file) ?? '', files) : undefined;
      const source = index === undefined ? getSourceFile(file, language, ...rest) : undefined;
      parsed.set(file, index === undefined ? source : ts.createSourceFile(file, index, language));
    }
    return parsed.get(file);
  };
  return host;
}

function withoutUnused(index: string, files: readonly string[]): string {
  const texts = [...ts.sys.readDirectory(SOURCES, ['.ts']), ...files].map((file) => ts.sys.readFile(file) ?? '');
  const used = new Set(texts.flatMap((text) => text.match(/\b[a-z]+_\w+/g) ?? []));
  return index.replace(NAMESPACE, (line, name) => (used.has(name) ? line : ''));
}
