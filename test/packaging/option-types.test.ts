import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { optionFiles, staleOptionFiles, updateOptionFiles } from '../../scripts/option-types';
import { readOptions } from '../../scripts/options/read-options';

test('the generated tables of options match the sources; run `npx projen pre-compile` and commit them', () => {
  expect(staleOptionFiles().map(({ path }) => path)).toEqual([]);
});

describe('the table of options', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'options-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  /** Writes the files of a package to `src`. */
  function sources(files: { readonly [path: string]: string }): void {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, 'src', path)), { recursive: true });
      writeFileSync(join(root, 'src', path), text);
    }
  }

  /** The types of the options that `new Thing(props)` takes. */
  function membersOf(props: string, rest = ''): { readonly [member: string]: string } | undefined {
    sources({
      'index.ts': "export * from './thing';",
      'thing.ts': `${rest}\nexport interface ThingProps { ${props} }\nexport class Thing { constructor(props: ThingProps) {} }`,
    });
    return readOptions(root).structs.get('ThingProps');
  }

  test.each([
    ['readonly a: string', 'string'],
    ['readonly a?: number', 'number?'],
    ['readonly a: boolean[]', 'boolean[]'],
    ['readonly a: { [name: string]: string }', 'string{}'],
    ['readonly a: Record<string, number[]>', 'number[]{}'],
    ['readonly a: Array<string>', 'string[]'],
    ['readonly a?: any', 'any?'],
    ['readonly a: string | number', 'any'],
    ['readonly a: Alias', 'string[]'],
    ['readonly a: Level', 'Level'],
    ['readonly a?: Other[]', 'Other[]?'],
    ['readonly a: IPart', 'Part'],
    ['readonly a: ILoose', 'object'],
    ['readonly a: ec2.IVpc', 'object'],
  ])('%s is %s', (member, type) => {
    const rest = `
      import type * as ec2 from 'aws-cdk-lib/aws-ec2';
      export type Alias = string[];
      export enum Level { LOW = 'low', HIGH = 'high' }
      export class Other {}
      export interface IBase {}
      export interface IPart extends IBase { use(): void }
      export interface ILoose { use(): void }
      export class Part implements IPart { use() {} }
      export class SpecialPart extends Part implements IPart {}`;
    expect(membersOf(member, rest)).toEqual({ a: type });
  });

  test('has the members of enumerations with their values', () => {
    membersOf('readonly a: Level', "export enum Level { LOW = 'low', NONE = 0, ONE }");
    expect(readOptions(root).enums.get('Level')).toEqual({ LOW: 'low', NONE: 0, ONE: 1 });
  });

  test('contains inherited members, including those of an interface that is not exported', () => {
    const rest =
      'interface Hidden { readonly b: string }\nexport interface Base extends Hidden { readonly c?: number }';
    expect(membersOf('}\nexport interface Unused extends Base { readonly a: string', rest)).toEqual({});
    sources({
      'thing.ts': `${rest}
      export interface ThingProps extends Base { readonly a: string }
      export class Thing { constructor(props: ThingProps) {} }`,
    });
    expect(readOptions(root).structs.get('ThingProps')).toEqual({ b: 'string', c: 'number?', a: 'string' });
  });

  test('supports nested and recursive interfaces', () => {
    membersOf('readonly inner?: Inner', 'export interface Inner { readonly again?: ThingProps }');
    expect(Object.fromEntries(readOptions(root).structs)).toEqual({
      ThingProps: { inner: 'Inner?' },
      Inner: { again: 'ThingProps?' },
    });
  });

  test('contains no internal members', () => {
    expect(membersOf('\n/** @internal */ readonly _a: string; readonly b: string')).toEqual({ b: 'string' });
  });

  test('lists the constructors and methods that users call with options', () => {
    sources({
      'index.ts': "export * as cloud from './cloud';",
      'cloud/index.ts': "export * from './thing';",
      'cloud/thing.ts': `
        export interface ThingOptions { readonly a?: string }
        export interface ThingIntent { readonly a: string }
        abstract class Base { public inherited(options: ThingOptions): void {} }
        export class Thing extends Base {
          public static make(name: string, options: ThingOptions = {}): Thing { return new Thing(options) }
          constructor(options: ThingOptions) {}
          public bind(intent: ThingIntent): void {}
          public abstract implemented(options: ThingOptions): void;
          protected change(options: ThingOptions): void {}
          /** @internal */
          public _change(options: ThingOptions): void {}
        }
        export class Closed { private constructor(options: ThingOptions) {} }
        export interface PartialProps { readonly a?: string }
        export abstract class Partial { constructor(options: ThingOptions, props: PartialProps) {} }
        export class Whole extends Partial {}`,
    });
    const struct = 'cloud.ThingOptions';
    expect(readOptions(root).entries).toEqual([
      { class: 'cloud.Thing', index: 0, struct },
      { class: 'cloud.Thing', method: 'make', static: true, index: 1, struct },
      { class: 'cloud.Thing', method: 'inherited', index: 0, struct },
      { class: 'cloud.Whole', index: 0, struct },
    ]);
    expect([...readOptions(root).structs.keys()]).toEqual([struct, 'cloud.PartialProps']);
  });

  test.each([
    ['readonly a: [string, number]', "src/thing.ts:2: no run-time check for the type '[string, number]'"],
    ['readonly a: Hidden', "src/thing.ts:1: 'Hidden' is not exported"],
    ['readonly a', 'src/thing.ts:2: an option needs a type'],
    ['readonly a: IPart', "src/thing.ts:1: 'IPart' needs a common base class for its implementations"],
  ])('fails for %s with its location', (member, message) => {
    const rest =
      'class Hidden {} export interface IPart {} export class A implements IPart {} export class B implements IPart {}';
    expect(() => membersOf(member, rest)).toThrow(message);
  });

  test('is written only if the sources changed', () => {
    mkdirSync(join(root, 'src/private'), { recursive: true });
    mkdirSync(join(root, 'test/private'), { recursive: true });
    membersOf('readonly a: string');
    const paths = optionFiles(root).map(({ path }) => path);
    expect(updateOptionFiles(root)).toEqual(paths);
    expect(updateOptionFiles(root)).toEqual([]);
    membersOf('readonly a: string; readonly terminationMessage?: string');
    expect(updateOptionFiles(root)).toEqual(['src/private/option-types.ts']);
    expect(readFileSync(join(root, 'src/private/option-types.ts'), 'utf8')).toContain("terminationMessage: 'string?',");
  });
});
