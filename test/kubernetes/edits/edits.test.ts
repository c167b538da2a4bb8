import { OPTION_TYPES } from '../../../src/private/option-types';
import type { Data } from '../../support/data';
import { findingsBetween } from '../../support/kubernetes/between';
import {
  type Allowed,
  BACKEND_EDITS,
  type Edit,
  ENDPOINT_EDITS,
  manifestsIn,
  PLATFORM_EDITS,
  type Routing,
  SCALING_EDITS,
  STRUCTURE_EDITS,
} from './index';

const EDITS = [...BACKEND_EDITS, ...ENDPOINT_EDITS, ...SCALING_EDITS, ...PLATFORM_EDITS, ...STRUCTURE_EDITS];

/** The router replaces its Pods one by one without losing requests, so a change of them is no finding. */
const ROUTER_PODS = /^pods Deployment\/.*-router: /;
/** The old Pods of the router have their own files, named by their content, until these are pruned after the rollout. */
const ROUTER_FILES = /^gone ConfigMap\/.*-router-[0-9a-f]{16}: used by Deployment\/.*-router until the rollout ends$/;
const BACKEND_PODS = 'pods Deployment/digits-svm: they are replaced';

/** Options without an edit. */
const WITHOUT_EDIT: { readonly [option: string]: string } = {
  'ServingEndpointProps.platform': 'another platform renders other objects',
  'kubernetes.KubernetesPlatformProps.router': 'has an edit for each of its options',
  'kubernetes.KubernetesPlatformProps.idleTimeout':
    'refused next to the router, and a value of the plan with a gateway',
  'kubernetes.KubernetesPlatformProps.strict': 'renders the same or is refused',
  'kubernetes.KubernetesPlatformProps.hubImage': 'like fetchImage',
  'kubernetes.KubernetesPlatformProps.archiveImage': 'like fetchImage',
  'kubernetes.KubernetesPlatformProps.containerRuntime':
    'selects between the deliveries of a model, which have an edit',
};

const memo = new Map<string, Data[]>();

/** Both states of an edit. Many edits start at the minimal definition. */
function statesOf({ name, from, to }: Edit, routing: Routing): readonly [Data[], Data[]] {
  const key = from === undefined ? routing : `${name} ${routing}`;
  const before = memo.get(key) ?? manifestsIn(from ?? {}, routing);
  memo.set(key, before);
  return [before, manifestsIn(to, routing)];
}

/** The findings of both directions that the edit does not allow, and whether the Pods are replaced. */
function judge(edit: Edit, routing: Routing) {
  const [before, after] = statesOf(edit, routing);
  const found = [
    { findings: findingsBetween(before, after), allowed: edit.forth ?? [] },
    { findings: findingsBetween(after, before), allowed: edit.back ?? [] },
  ];
  return {
    refused: found.flatMap(({ findings, allowed }) => notIn(allowed, findings)),
    pods: found.map(({ findings }) => findings.includes(BACKEND_PODS)),
    used: found.flatMap(({ findings, allowed }) =>
      allowed.filter(([finding]) => findings.some((f) => finding.test(f))),
    ),
  };
}

function notIn(allowed: Allowed, findings: string[]): string[] {
  const expected = [BACKEND_PODS, ROUTER_PODS, ROUTER_FILES, ...allowed.map(([finding]) => finding)];
  return findings.filter((finding) => !expected.some((one) => finding.match(one) !== null));
}

const routingsOf = ({ routing }: Edit): readonly Routing[] =>
  routing === undefined ? ['router', 'gateway'] : [routing];

beforeAll(() => void jest.spyOn(process.stderr, 'write').mockReturnValue(true));
afterAll(() => void jest.restoreAllMocks());

describe('between two applies', () => {
  test.each(
    EDITS.map((edit) => [edit.name, edit] as const),
  )('%s takes nothing away in both directions', (_name, edit) => {
    const judged = routingsOf(edit).map((routing) => judge(edit, routing));
    expect(judged.flatMap(({ refused }) => refused)).toEqual([]);
    const pods = edit.pods ?? false;
    expect(judged.map((one) => one.pods)).toEqual(judged.map(() => [pods, pods]));
    const used = new Set(judged.flatMap((one) => one.used));
    expect([...(edit.forth ?? []), ...(edit.back ?? [])].filter((one) => !used.has(one))).toEqual([]);
  });

  test('every option has an edit, or a reason for none', () => {
    const covered = new Set([...EDITS.flatMap(({ options = [] }) => options), ...Object.keys(WITHOUT_EDIT)]);
    const missing = [
      'BackendOptions',
      'ServingEndpointProps',
      'AutoscalingOptions',
      'kubernetes.PodSettingsOptions',
      'kubernetes.RouterOptions',
      'kubernetes.KubernetesPlatformProps',
    ].flatMap((name) => Object.keys(OPTION_TYPES[name] ?? {}).map((option) => `${name}.${option}`));
    expect(missing.filter((option) => !covered.has(option))).toEqual([]);
    expect([...covered].filter((option) => !missing.includes(option))).toEqual([]);
  });

  test('no two edits have the same name', () => {
    expect(new Set(EDITS.map(({ name }) => name)).size).toBe(EDITS.length);
  });
});
