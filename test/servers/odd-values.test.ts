import { inspect } from 'node:util';
import { readCatalog } from '../../scripts/server-factories';
import { Duration, ModelServer } from '../../src';
import { ServingError } from '../../src/private/errors';
import { OPTION_TYPES } from '../../src/private/option-types';
import { LEAST_DESCRIPTOR, requiredOptionsOf } from '../support/required-options';

type Factory = (options: unknown) => ModelServer;

const ODD: readonly unknown[] = [
  ...[null, true, 0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 1e9, Symbol('odd'), () => 'app'],
  ...['', ' ', '\n', 'app:', ':', '(', 'a'.repeat(10_000), '\u0000', '../..', '--flag', '\ud800'],
  ...[[], [''], [null], [[]], ['--'], {}, { a: null }, Object.create(null), new Map(), Duration.seconds(0)],
];

const factories = readCatalog()
  .files.flatMap(({ servers }) => servers)
  .flatMap(({ name, options }) => (options === undefined ? [] : [[name, options] as const]));

const shown = (value: unknown): string => inspect(value).slice(0, 40);

/** Fails unless the definition is accepted, or refused with an error of the package. */
function tryOut(factory: Factory, options: unknown, what: string): void {
  for (const models of [[], [{ path: '/models/m' }], [{ path: '/models/m', isFile: true, files: ['m'] }]]) {
    try {
      factory(options)._intent({ port: 9999, models });
    } catch (error) {
      if (!(error instanceof ServingError)) throw new Error(`${what} ends in ${error}`);
    }
  }
}

test.each(factories)('ModelServer.%s refuses odd option values with an error of the package', (name, type) => {
  const factory = ModelServer[name as keyof typeof ModelServer] as unknown as Factory;
  const members = OPTION_TYPES[type] as { readonly [member: string]: string };
  const required = requiredOptionsOf(type);
  expect(() => factory(required)).not.toThrow();
  for (const odd of [...ODD, undefined]) tryOut(factory, odd, `ModelServer.${name}(${shown(odd)})`);
  for (const member of Object.keys(members))
    for (const odd of ODD)
      for (const others of [required, {}])
        tryOut(factory, { ...others, [member]: odd }, `ModelServer.${name} with '${member}' ${shown(odd)}`);
});

test.each(
  Object.keys(OPTION_TYPES['servers.ServerDescriptor'] as object),
)('ModelServer.custom refuses odd descriptor values of %s with an error of the package', (member) => {
  const custom = ModelServer.custom.bind(ModelServer) as unknown as Factory;
  for (const odd of ODD) {
    const descriptor = { ...LEAST_DESCRIPTOR, [member]: odd };
    tryOut(custom, { command: ['serve'], descriptor }, `a descriptor with '${member}' ${shown(odd)}`);
  }
});
