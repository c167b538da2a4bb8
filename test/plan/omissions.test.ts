import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ts from 'typescript';
import { compilerHost } from '../support/compiler';

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
      'src/kubernetes/private/autoscaler.ts',
      'src/plan/features.ts',
      'test/support/test-platform.ts',
    ],
  },
  ServerProtocol: {
    declaredIn: 'src/plan/choices.ts',
    answeredIn: [
      'src/aws/private/target-group.ts',
      'src/kubernetes/private/router/pools.ts',
      'src/kubernetes/private/router/services.ts',
      'src/plan/features.ts',
      'src/plan/protocols.ts',
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
    answeredIn: ['src/aws/private/target-group.ts', 'src/kubernetes/private/router/pools.ts', 'src/plan/features.ts'],
  },
  RouteKind: {
    declaredIn: 'src/plan/serving-plan.ts',
    answeredIn: [
      'src/aws/private/listener-rules.ts',
      'src/kubernetes/private/http-routes.ts',
      'src/kubernetes/private/router/route-table.ts',
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
const host = compilerHost(options);
const answering = [...new Set(Object.values(SETS).flatMap(({ answeredIn }) => answeredIn))];
const rootNames = answering.map((file) => join(root, file));
let last: ts.Program | undefined;

/** A program of all these files, with one file changed in memory. It shares what it can with the last one. */
function programWith(changed: string, text: string): ts.Program {
  const getSourceFile: ts.CompilerHost['getSourceFile'] = (name, language) =>
    resolve(name) === changed ? ts.createSourceFile(name, text, language, true) : host.getSourceFile(name, language);
  last = ts.createProgram(rootNames, { ...options, noEmit: true }, { ...host, getSourceFile }, last);
  return last;
}

/** The files of a set that do not compile after a member is added. */
function brokenBy(name: string): string[] {
  const { declaredIn, answeredIn } = SETS[name] as (typeof SETS)[string];
  const declared = join(root, declaredIn);
  const text = ts.sys.readFile(declared) as string;
  const grown = text.replace(new RegExp(`(export enum ${name} \\{\\n)`), "$1  ADDED_BY_A_TEST = 'added by a test',\n");
  expect(grown).not.toBe(text);
  return answeredIn.filter(isBrokenIn(programWith(declared, grown)));
}

function isBrokenIn(program: ts.Program) {
  return (file: string) => program.getSemanticDiagnostics(program.getSourceFile(join(root, file))).length > 0;
}

describe('a new member does not compile until each target renders or refuses it', () => {
  test.each(Object.keys(SETS))('%s', (name) => {
    expect(SETS[name]?.answeredIn.filter((file) => !existsSync(join(root, file)))).toEqual([]);
    expect(brokenBy(name)).toEqual(SETS[name]?.answeredIn);
  });
});

test('without a new member all of these files compile', () => {
  expect(answering.filter(isBrokenIn(programWith('', '')))).toEqual([]);
});
