/** Random pairs of definitions that are one edit apart. */
import type { Construct } from 'constructs';
import fc from 'fast-check';
import { type BackendDefinition, declareIn, type EndpointDefinition, endpoints } from '../support/arbitraries';

/** Endpoints by their construct ids. */
export interface NamedDefinition {
  readonly endpoints: readonly { readonly id: string; readonly item: EndpointDefinition }[];
}

export interface Pair {
  /** The kind of the edit, such as the name of the member that differs. */
  readonly edit: string;
  readonly before: NamedDefinition;
  readonly after: NamedDefinition;
}

/** Endpoints that most targets accept: each has a path of its own, and shares no backend. */
const plain: fc.Arbitrary<EndpointDefinition> = endpoints.map((item) => ({
  ...item,
  requestTimeout: Math.min(item.requestTimeout, 60),
  batch: undefined,
  stream: undefined,
  headerRules: [],
  shares: false,
  backends: item.backends.map((backend) => ({
    ...backend,
    server: 'wsgi' as const,
    user: backend.user === 0 ? 1000 : backend.user,
    files: 'none' as const,
    health: {},
    weight: Math.max(1, Math.round(backend.weight)),
  })),
}));

const definitions: fc.Arbitrary<NamedDefinition> = fc.array(plain, { minLength: 1, maxLength: 3 }).map((items) => ({
  endpoints: items.map((item, index) => ({ id: `e${index}`, item: { ...item, path: `/p${index}` } })),
}));

type Endpoints = NamedDefinition['endpoints'];

/** One edit: a new list of endpoints, from a spare endpoint whose values replace others. */
type EditOf = (all: Endpoints, at: number, spare: EndpointDefinition) => Endpoints;

function changed(all: Endpoints, at: number, change: (item: EndpointDefinition) => EndpointDefinition): Endpoints {
  return all.map((one, index) => (index === at ? { ...one, item: change(one.item) } : one));
}

const member =
  (name: keyof EndpointDefinition): EditOf =>
  (all, at, spare) =>
    changed(all, at, (item) => ({ ...item, [name]: spare[name] }));

const ofBackend =
  (name: keyof BackendDefinition): EditOf =>
  (all, at, spare) =>
    changed(all, at, (item) => ({
      ...item,
      backends: item.backends.map((backend, index) =>
        index === 0 ? { ...backend, [name]: spare.backends[0]?.[name] } : backend,
      ),
    }));

/** Every kind of edit. */
export const EDITS: { readonly [edit: string]: EditOf } = {
  ...Object.fromEntries(
    (['hosts', 'methods', 'tiers', 'stripPrefix', 'requestTimeout', 'priority'] as const).map((name) => [
      name,
      member(name),
    ]),
  ),
  ...Object.fromEntries(
    (['weight', 'address', 'user', 'readOnly', 'scratch', 'extra'] as const).map((name) => [name, ofBackend(name)]),
  ),
  path: (all, at) => changed(all, at, (item) => ({ ...item, path: '/moved' })),
  id: (all, at) => all.map((one, index) => (index === at ? { ...one, id: 'other' } : one)),
  'another endpoint': (all, _, spare) => [...all, { id: 'more', item: { ...spare, path: '/more' } }],
  'an endpoint declared first': (all, _, spare) => [{ id: 'more', item: { ...spare, path: '/more' } }, ...all],
  'another backend': (all, at, spare) =>
    changed(all, at, (item) => ({ ...item, backends: [...item.backends, spare.backends[0] as BackendDefinition] })),
  'the order of endpoints': (all) => [...all].reverse(),
  'swapped paths': (all) => {
    const paths = all.map(({ item }) => item.path);
    return all.map((one, index) => ({ ...one, item: { ...one.item, path: paths.at(index - 1) as string } }));
  },
};

/** Pairs of definitions that differ by one edit. */
export const pairs: fc.Arbitrary<Pair> = fc
  .record({ before: definitions, edit: fc.constantFrom(...Object.keys(EDITS)), at: fc.nat({ max: 2 }), spare: plain })
  .map(({ before, edit, at, spare }) => {
    const change = EDITS[edit] as EditOf;
    const index = at % before.endpoints.length;
    return { edit, before, after: { endpoints: change(before.endpoints, index, spare) } };
  });

/** Declares a definition in a scope of any target. */
export function declareAll(scope: Construct, { endpoints: all }: NamedDefinition): void {
  for (const { id, item } of all) declareIn(scope, item, id);
}
