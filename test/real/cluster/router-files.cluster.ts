/** The files of the router after a rollout that is undone. */
import { manifestsIn, type State } from '../../kubernetes/edits';
import { type Data, object, objects, text } from '../../support/data';
import { ControlPlane } from './control-plane';
import { Kubelet } from './kubelet';

const NAMESPACE = 'router';

const ROLLOUT = 'kubectl rollout status deployment/serving-router --timeout=120s';

let plane: ControlPlane;
let kubelet: Kubelet;

beforeAll(async () => {
  plane = await ControlPlane.start({ controllers: true });
  kubelet = new Kubelet(plane, 500);
  await plane.createNamespace(NAMESPACE);
}, 600_000);

afterAll(async () => {
  await kubelet?.stop();
  await plane?.stop();
});

const run = (commands: string, input?: string) => plane.shell(commands, { namespace: NAMESPACE, input });

/** Applies the objects of the router, and returns its files. */
async function apply(state: State, flags: string): Promise<Data> {
  const items = manifestsIn(state, 'router').filter(({ metadata }) =>
    /^serving-router/.test(text(object(metadata).name)),
  );
  await run(`kubectl apply ${flags} -f - && ${ROLLOUT}`, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  const [files, ...others] = items.filter(({ kind }) => kind === 'ConfigMap').map(({ data }) => object(data));
  expect(others).toEqual([]);
  return object(files);
}

/** The content of the ConfigMap that the Pods of the router name. */
async function filesOfPods(): Promise<Data> {
  const deployment = JSON.parse(await run('kubectl get deployment serving-router -o json'));
  const names = objects(deployment.spec.template.spec.volumes).flatMap(({ configMap }) =>
    configMap === undefined ? [] : [text(object(configMap).name)],
  );
  const [name, ...others] = [...new Set(names)];
  expect(others).toEqual([]);
  return JSON.parse(await run(`kubectl get configmap ${name} -o json`)).data;
}

test.each([
  ['client', ''],
  ['server', '--server-side --force-conflicts'],
])('a rollout that is undone returns to its files after kubectl apply on the %s side', async (side, flags) => {
  const first = await apply({ endpoint: { path: `/${side}/first` } }, flags);
  const second = await apply({ endpoint: { path: `/${side}/second` } }, flags);
  expect(second).not.toEqual(first);
  expect(await filesOfPods()).toEqual(second);
  await run(`kubectl rollout undo deployment/serving-router && ${ROLLOUT}`);
  expect(await filesOfPods()).toEqual(first);
});
