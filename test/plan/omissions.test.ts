import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import ts from 'typescript';

const root = resolve(__dirname, '../..');

/** The enums that a definition can choose from, with the files in which each target renders or refuses every member. */
const SETS: { readonly [name: string]: { readonly declaredIn: string; readonly answeredIn: string[] } } = {
  Feature: {
    declaredIn: 'src/plan/target-profile.ts',
    answeredIn: [
      'src/aws/profile.ts',
      'src/kubernetes/private/gateway-target.ts',
      'src/kubernetes/private/router/profile.ts',
      'test/support/test-platform.ts',
    ],
  },
  ScalingMetric: {
    declaredIn: 'src/plan/intents/autoscaling.ts',
    answeredIn: [
      'src/aws/private/scaling.ts',
      'src/kubernetes/private/workload.ts',
      'src/plan/features.ts',
      'test/support/test-platform.ts',
    ],
  },
  StreamProtocol: {
    declaredIn: 'src/plan/choices.ts',
    answeredIn: ['src/kubernetes/private/router/routes.ts', 'src/plan/features.ts', 'src/plan/stream-ledger.ts'],
  },
  OwnAddress: {
    declaredIn: 'src/plan/choices.ts',
    answeredIn: ['src/plan/features.ts', 'src/plan/routes.ts'],
  },
  LoadBalancing: {
    declaredIn: 'src/plan/choices.ts',
    answeredIn: [
      'src/aws/private/backend-service.ts',
      'src/kubernetes/private/router/pools.ts',
      'src/plan/features.ts',
    ],
  },
  RouteKind: {
    declaredIn: 'src/plan/serving-plan.ts',
    answeredIn: [
      'src/aws/private/listener-rules.ts',
      'src/kubernetes/private/http-routes.ts',
      'src/kubernetes/private/router/frontend.ts',
      'src/plan/routes.ts',
    ],
  },
  RolloutKind: {
    declaredIn: 'src/plan/intents/backend.ts',
    answeredIn: ['src/aws/private/rollout.ts', 'src/kubernetes/private/workload.ts'],
  },
  ModelDeliveryKind: {
    declaredIn: 'src/plan/intents/model.ts',
    answeredIn: ['src/kubernetes/private/models.ts', 'src/plan/features.ts', 'src/plan/models.ts'],
  },
};

const { options } = ts.parseJsonConfigFileContent(
  ts.readConfigFile(join(root, 'test/tsconfig.json'), ts.sys.readFile).config,
  ts.sys,
  join(root, 'test'),
);
const host = ts.createCompilerHost(options);
const texts = new Map<string, ts.SourceFile>();

/** A program of these files, with one of them changed in memory. Libraries and the other sources are parsed once. */
function programWith(files: string[], changed: string, text: string): ts.Program {
  const getSourceFile: ts.CompilerHost['getSourceFile'] = (name, language) => {
    if (resolve(name) === changed) return ts.createSourceFile(name, text, language, true);
    const known = texts.get(name) ?? host.getSourceFile(name, language);
    if (known !== undefined) texts.set(name, known);
    return known;
  };
  return ts.createProgram(files, { ...options, noEmit: true }, { ...host, getSourceFile });
}

/** The files of a set that do not compile after a member is added. */
function brokenBy(name: string): string[] {
  const { declaredIn, answeredIn } = SETS[name] as (typeof SETS)[string];
  const declared = join(root, declaredIn);
  const text = ts.sys.readFile(declared) as string;
  const grown = text.replace(new RegExp(`(export enum ${name} \\{\\n)`), "$1  ADDED_BY_A_TEST = 'added by a test',\n");
  expect(grown).not.toBe(text);
  const files = answeredIn.map((file) => join(root, file));
  const program = programWith(files, declared, grown);
  return files
    .filter((file) => program.getSemanticDiagnostics(program.getSourceFile(file)).length > 0)
    .map((file) => relative(root, file));
}

describe('a new member does not compile until each target renders or refuses it', () => {
  test.each(Object.keys(SETS))('%s', (name) => {
    expect(SETS[name]?.answeredIn.filter((file) => !existsSync(join(root, file)))).toEqual([]);
    expect(brokenBy(name)).toEqual(SETS[name]?.answeredIn);
  });
});

test('without a new member all of these files compile', () => {
  const files = [...new Set(Object.values(SETS).flatMap(({ answeredIn }) => answeredIn))].map((file) =>
    join(root, file),
  );
  const program = programWith(files, '', '');
  const broken = files.filter((file) => program.getSemanticDiagnostics(program.getSourceFile(file)).length > 0);
  expect(broken).toEqual([]);
});
