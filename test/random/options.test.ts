import { join } from 'node:path';
import fc from 'fast-check';
import { openSources } from '../../scripts/options/sources';
import { CLASSES } from '../../src/private/option-classes';
import { OPTION_TYPES } from '../../src/private/option-types';
import { factoriesOf, isGenerated, memberOf, NotGenerated } from './arbitrary';
import { FACTORIES } from './factories';
import { FITS } from './fits';
import { NOT_GENERATED, NOT_GENERATED_FACTORIES } from './not-generated';
import { OPTION_VALUES } from './option-values';
import { ALTERNATIVES, OTHERWISE, RARE, REQUIREMENTS, USUAL } from './related-options';

const OPTIONS = Object.entries(OPTION_TYPES).flatMap(([type, members]) =>
  Object.keys(members).map((member) => [type, member] as const),
);

describe('random definitions', () => {
  test.each(OPTIONS.filter(([type, member]) => isGenerated(type, member)))('have values for %s.%s', (type, member) => {
    expect(() => fc.sample(memberOf(type, member), { numRuns: 1, seed: 1 })).not.toThrow();
  });

  test('cannot have an option without values', () => {
    (OPTION_TYPES as Record<string, object>).Untested = { amount: 'number' };
    expect(() => memberOf('Untested', 'amount')).toThrow(NotGenerated);
    delete (OPTION_TYPES as Record<string, object>).Untested;
  });

  test('use every factory of the classes that options accept', () => {
    const types = [...Object.keys(CLASSES), ...Object.keys(FACTORIES)];
    const used = [...new Set(types.flatMap((type) => factoriesOf(type).map(([factory]) => factory)))];
    expect([...used, ...Object.keys(NOT_GENERATED_FACTORIES), ...ELSEWHERE].sort()).toEqual(publicFactories());
  });

  test('mention only existing options', () => {
    const names = OPTIONS.flatMap(([type, member]) => [member, `${type}.${member}`, `${type}.*`]);
    const related = [ALTERNATIVES, REQUIREMENTS, OTHERWISE].flatMap((table) => Object.keys(table));
    const mentioned = [...Object.keys(OPTION_VALUES), ...Object.keys(NOT_GENERATED), ...RARE, ...USUAL];
    expect(mentioned.filter((option) => !names.includes(option))).toEqual([]);
    expect(related.filter((type) => OPTION_TYPES[type] === undefined)).toEqual([]);
  });
});

test('fits mention only existing interfaces, factories and options', () => {
  const factories = publicFactories();
  const known = (type: string): readonly string[] | undefined => {
    if (type === 'backend') return [...Object.keys(OPTION_TYPES.BackendOptions as object), 'scaling'];
    const members = OPTION_TYPES[type];
    if (members !== undefined) return Object.keys(members);
    return factories.includes(type) ? ['0', '1', '2'] : undefined;
  };
  const unknown = Object.entries(FITS).flatMap(([type, rows]) =>
    rows
      .flatMap(({ if: present = {}, unless = {}, set = {}, drop = [] }) => [
        ...[present, unless, set].flatMap(Object.keys),
        ...drop,
      ])
      .filter((member) => known(type)?.includes(member) !== true)
      .map((member) => `${type}.${member}`),
  );
  expect(unknown).toEqual([]);
});

/** Factories whose instances definitions contain without an option of their class. */
const ELSEWHERE = [
  ...['Duration.days', 'Duration.hours', 'Duration.millis', 'Duration.minutes', 'Duration.seconds'],
  ...['Size.gibibytes', 'Size.mebibytes', 'TrafficSplit.canary'],
  ...['aws.EfsVolume.fromFileSystem', 'aws.S3FilesVolume.fromFileSystemArn'],
  ...['kubernetes.ClaimVolume.fromClaim', 'kubernetes.ClaimVolume.fromName'],
];

/** Static methods that find, describe or report, and create no part of a definition. */
const NO_FACTORIES = /\.(is[A-Z]\w*|of)$|^(extension|Warnings)\./;

function publicFactories(): string[] {
  const sources = openSources(join(__dirname, '../..'));
  const all = sources.classes.flatMap(({ name, declaration }) =>
    sources.callablesOf(declaration).flatMap((one) => (one.static === true ? [`${name}.${one.method}`] : [])),
  );
  const settings = ['Intermediary.of', 'RayServeConfig.of', 'aws.TaskSettings.of', 'kubernetes.PodSettings.of'];
  return [...all.filter((factory) => !NO_FACTORIES.test(factory)), ...settings].sort();
}
