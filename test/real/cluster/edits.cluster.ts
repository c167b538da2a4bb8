/** Every edit of the matrix, applied to a real API server by `kubectl apply`. */
import {
  BACKEND_EDITS,
  type Edit,
  ENDPOINT_EDITS,
  manifestsIn,
  PLATFORM_EDITS,
  type Routing,
  SCALING_EDITS,
  STRUCTURE_EDITS,
} from '../../kubernetes/edits';
import { type Data, object, objects, text } from '../../support/data';
import { keyOf } from '../../support/kubernetes/references';
import { ControlPlane } from './control-plane';
import { addCustomResources } from './custom-resources';

/** An edit with one way of routing. Each has two namespaces: one that is edited, and one that is new. */
interface Case {
  readonly name: string;
  readonly edited: string;
  readonly fresh: string;
  readonly before: Data[];
  readonly after: Data[];
}

const MODES = { client: '', server: '--server-side --force-conflicts' };

/** The namespace is that of the case. */
const EDITS = [...BACKEND_EDITS, ...ENDPOINT_EDITS, ...SCALING_EDITS, ...PLATFORM_EDITS, ...STRUCTURE_EDITS].filter(
  ({ to }) => to.chart === undefined,
);

function casesOf(mode: string): Case[] {
  const routings: Routing[] = ['router', 'gateway'];
  return routings.flatMap((routing) =>
    EDITS.filter((edit) => edit.routing === undefined || edit.routing === routing).map((edit, index) => {
      const id = `${mode}-${routing}-${index}`;
      return {
        name: `${edit.name} (${routing})`,
        edited: `${id}-edited`,
        fresh: `${id}-fresh`,
        ...states(edit, routing),
      };
    }),
  );
}

/** What differs. An apply changes nothing else, and most of the objects of most edits are the same. */
function states({ from = {}, to }: Edit, routing: Routing): { before: Data[]; after: Data[] } {
  const [before, after] = [manifestsIn(from, routing), manifestsIn(to, routing)];
  return { before: without(after, before), after: without(before, after) };
}

function without(others: readonly Data[], all: readonly Data[]): Data[] {
  const contents = new Set(others.map((o) => JSON.stringify(o)));
  return all.filter((o) => !contents.has(JSON.stringify(o)));
}

const inNamespace = (namespace: string, manifests: readonly Data[]): Data[] =>
  manifests.map((o) => ({ ...o, metadata: { ...object(o.metadata), namespace } }));

/** The fields that the manifests determine, as the API server stores them. */
function storedIn(namespace: string, all: readonly Data[], manifests: readonly Data[]): Data[] {
  const keys = new Set(inNamespace(namespace, manifests).map(keyOf));
  return all.filter((o) => keys.has(keyOf(o))).map(determined);
}

function determined({ metadata, status: _, spec, ...rest }: Data): Data {
  const { name, labels, annotations } = object(metadata);
  const { 'kubectl.kubernetes.io/last-applied-configuration': __, ...own } = object(annotations);
  const { clusterIP, clusterIPs: ___, ...others } = object(spec);
  return { ...rest, name, labels, annotations: own, spec: { ...others, isHeadless: clusterIP === 'None' } };
}

const KINDS = [
  'serviceaccounts',
  'configmaps',
  'services',
  'deployments.apps',
  'horizontalpodautoscalers.autoscaling',
  'poddisruptionbudgets.policy',
  'httproutes.gateway.networking.k8s.io',
  'grpcroutes.gateway.networking.k8s.io',
  'httproutefilters.gateway.envoyproxy.io',
  'backendtrafficpolicies.gateway.envoyproxy.io',
  'scaledobjects.keda.sh',
].join(',');

// Warnings of the definitions.
jest.spyOn(process.stderr, 'write').mockReturnValue(true);

let plane: ControlPlane;

beforeAll(async () => {
  plane = await ControlPlane.start({ controllers: false });
  await addCustomResources(plane);
}, 600_000);

afterAll(() => plane?.stop());

describe.each(Object.entries(MODES))('kubectl apply on the %s side', (mode, flags) => {
  const cases = casesOf(mode);
  const stored: { first: Data[]; second: Data[]; third: Data[] } = { first: [], second: [], third: [] };

  async function apply(items: readonly Data[]): Promise<Data[]> {
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    await plane.shell(`kubectl apply ${flags} -f - > /dev/null`, { input: list });
    const all = JSON.parse(await plane.shell(`kubectl get ${KINDS} --all-namespaces -o json`));
    return [...objects(all.items)];
  }

  // In few commands, because starting kubectl takes most of the time.
  beforeAll(async () => {
    for (const { edited, fresh } of cases) {
      await plane.createNamespace(edited);
      await plane.createNamespace(fresh);
    }
    const before = cases.flatMap((one) => inNamespace(one.edited, one.before));
    const after = cases.flatMap((one) => inNamespace(one.edited, one.after));
    const fresh = cases.flatMap((one) => inNamespace(one.fresh, one.after));
    stored.first = await apply(before);
    stored.second = await apply([...after, ...fresh]);
    stored.third = await apply(before);
  }, 1_800_000);

  test.each(cases.map((one) => [one.name, one] as const))('%s results in the objects of a new deployment', (_, one) => {
    const { edited, fresh, before, after } = one;
    const second = storedIn(edited, stored.second, after);
    expect(second.map(({ kind, name }) => `${text(kind)}/${text(name)}`)).toHaveLength(after.length);
    expect(second).toEqual(storedIn(fresh, stored.second, after));
    expect(storedIn(edited, stored.third, before)).toEqual(storedIn(edited, stored.first, before));
  });
});
