/** Random definitions over all words of the package, as data. */
import fc from 'fast-check';
import { memberOf, optionsOf } from './arbitrary';
import { fitting } from './fits';
import { withMistakes } from './mistakes';
import { name, type Part, type PartObject, textOf } from './part';

/** A definition, which is the same for every target except for the options of the platform. */
export interface Definition {
  readonly endpoints: readonly EndpointPart[];
  /** The options of the platform of each kind. @default - the built-in platform */
  readonly platforms: { readonly [kind: string]: Part };
}

export interface EndpointPart {
  readonly id: string;
  readonly props: Part;
  readonly backends: readonly BackendPart[];
  readonly split?: Part;
  /** Whether the first backend of the definition also serves this endpoint, with these options. */
  readonly attach?: Part;
}

export interface BackendPart {
  readonly id: string;
  readonly options: Part;
  /** Options of an AutoscalingPolicy. */
  readonly scaling?: Part;
  /** Whether it is created alone and attached with these options. */
  readonly attach?: Part;
}

const NAMES = [
  'SVM:v1',
  'image classifier',
  '50 first dates',
  'modèle à tester',
  '画像分類',
  '🚀',
  'x'.repeat(200),
  'Z',
  '-',
];

/** A value in this percentage of all cases. */
function sometimes<T>(percent: number, value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof(
    { weight: percent, arbitrary: value },
    { weight: 100 - percent, arbitrary: fc.constant<T | undefined>(undefined) },
  );
}

const backend = fc
  .record({
    options: optionsOf('BackendOptions'),
    fits: fc.integer({ min: 0, max: 24 }),
    scaling: sometimes(20, optionsOf('AutoscalingOptions')),
    attach: sometimes(15, optionsOf('AttachBackendOptions')),
    name: sometimes(5, fc.constantFrom(...NAMES)),
  })
  .map(({ options, fits, scaling, attach, name: id }) => ({
    id,
    ...(fits === 0 ? scaled(options as PartObject, scaling) : fittingBackend(options as PartObject, scaling)),
    ...(attach !== undefined && { attach }),
  }));

const scaled = (options: PartObject, scaling: Part | undefined) => ({
  options,
  ...(scaling !== undefined && { scaling }),
});

/** A backend whose options fit each other and its autoscaling. */
function fittingBackend(all: PartObject, policy: Part | undefined) {
  const { scaling, ...options } = fitting('backend', { ...all, ...(policy !== undefined && { scaling: policy }) });
  return scaled(options as PartObject, scaling);
}

/** Shares of the backends of an endpoint, or rules for headers. */
const split = fc.oneof(
  { weight: 3, arbitrary: sharesOf() },
  {
    weight: 1,
    arbitrary: memberOf('CanaryOptions', 'percent').map(
      (percent): Part => ({
        $call: 'TrafficSplit.canary',
        args: [{ stable: name('backends[0]'), canary: name('backends[1]'), percent }],
      }),
    ),
  },
);

function sharesOf(): fc.Arbitrary<Part> {
  const weight = memberOf('TrafficShare', 'weight');
  return fc
    .record({
      weights: fc.array(weight, { minLength: 3, maxLength: 3 }),
      rules: sometimes(40, memberOf('TrafficSplitOptions', 'headerRules')),
    })
    .map(({ weights, rules }) => ({
      shares: weights.map((one, index) => ({ backend: name(`backends[${index}]`), weight: one })),
      ...(rules !== undefined && { headerRules: rules }),
    }));
}

/** One, two or three. */
function fewOf<T>(value: fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  const exactly = (length: number) => fc.array(value, { minLength: length, maxLength: length });
  return fc.oneof(
    { weight: 6, arbitrary: exactly(1) },
    { weight: 3, arbitrary: exactly(2) },
    { weight: 1, arbitrary: exactly(3) },
  );
}

const endpoint = fc.record({
  props: optionsOf('ServingEndpointProps'),
  backends: fewOf(backend),
  split: sometimes(30, split),
  attach: sometimes(10, optionsOf('AttachBackendOptions')),
  name: sometimes(5, fc.constantFrom(...NAMES)),
});

const platforms = fc
  .record({
    aws: sometimes(25, optionsOf('aws.EcsPlatformProps')),
    kubernetes: sometimes(25, optionsOf('kubernetes.KubernetesPlatformProps')),
    gateway: optionsOf('kubernetes.GatewayOptions'),
  })
  .map((all) => Object.fromEntries(Object.entries(all).filter((one): one is [string, Part] => one[1] !== undefined)));

/** Definitions whose values are valid, each by itself. */
export const sensible: fc.Arbitrary<Definition> = fc
  .record({ endpoints: fewOf(endpoint), platforms })
  .map(({ endpoints, platforms: own }) => ({
    endpoints: endpoints.map((one, index) => ({
      id: one.name ?? `e${index}`,
      props: apart(one.props as PartObject, index),
      backends: one.backends.map(({ id = 'v1', ...rest }, nth) => ({
        id: nth === 0 ? `${id}${index === 0 ? '' : ` ${index}`}` : `e${index}v${nth + 1}`,
        ...rest,
      })),
      ...(one.split !== undefined && { split: cut(one.split as PartObject, one.backends.length) }),
      ...(one.attach !== undefined && { attach: one.attach }),
    })),
    platforms: own,
  }));

/** Only the first endpoint has the path `/` and a name, so that endpoints rarely match the same requests. */
function apart(props: PartObject, index: number): Part {
  if (index === 0) return props;
  const { endpointName: _name, ...others } = props;
  const path = typeof props.path === 'string' && props.path !== '/' ? props.path : '';
  return { ...others, path: `/e${index}${path}` };
}

/** Shares of the existing backends only. A canary needs two. */
function cut(options: PartObject, backends: number): Part {
  if (options.$call !== undefined) return backends > 1 ? options : {};
  const [first, ...others] = (options.shares as readonly PartObject[]).slice(0, backends);
  return { ...options, shares: [{ ...first, weight: first?.weight === 0 ? 1 : first?.weight }, ...others] as Part };
}

/** Definitions, four fifths of which are sensible. The others have one or two wrong values. */
export const definitions: fc.Arbitrary<Definition> = withMistakes(sensible);

/** The definitions of a seed. */
export function sample(seed: number, count: number): Definition[] {
  return fc.sample(definitions, { numRuns: count, seed });
}

/** A definition as TypeScript. */
export function programOf({ endpoints, platforms: own }: Definition): string {
  return [
    ...Object.entries(own).map(([kind, props]) => `// ${kind}: ${textOf(props)}`),
    ...endpoints.flatMap((one, index) => endpointText(one, `endpoint${index}`)),
  ].join('\n');
}

function endpointText({ id, props, backends, split: shares, attach }: EndpointPart, variable: string): string[] {
  return [
    `const ${variable} = new ServingEndpoint(scope, ${JSON.stringify(id)}, ${textOf(props)});`,
    'backends = [];',
    ...backends.flatMap((one) => [
      one.attach === undefined
        ? `backends.push(${variable}.addBackend(${JSON.stringify(one.id)}, ${textOf(one.options)}));`
        : `backends.push(new Backend(scope, ${JSON.stringify(one.id)}, ${textOf(one.options)})); ${variable}.attachBackend(backends.at(-1), ${textOf(one.attach)});`,
      ...(one.scaling === undefined ? [] : [`backends.at(-1).autoscale(${textOf(one.scaling)});`]),
    ]),
    ...(attach === undefined ? [] : [`${variable}.attachBackend(first, ${textOf(attach)});`]),
    ...(shares === undefined ? [] : [`${variable}.splitTraffic(${textOf(shares)});`]),
  ];
}
