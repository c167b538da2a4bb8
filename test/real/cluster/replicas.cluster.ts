/** The number of replicas between two applies, with the real controllers. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { manifestsIn, SCALING_EDITS, type State } from '../../kubernetes/edits';
import { type Data, object, objects } from '../../support/data';
import { sleep } from '../support/load';
import { ControlPlane } from './control-plane';
import { Kubelet } from './kubelet';

/** How long after the apply the numbers are watched. The autoscaler decides every 2 seconds, and Pods start in 3. */
const WATCHED_MILLIS = 12_000;

const START_MILLIS = 3_000;

const fixed: State = { backend: { replicas: 4 } };
const scaled = stateNamed('autoscaling instead of four replicas');

let plane: ControlPlane;
let kubelet: Kubelet;

beforeAll(async () => {
  plane = await ControlPlane.start({ controllers: true });
  kubelet = new Kubelet(plane, START_MILLIS);
}, 600_000);

afterAll(async () => {
  await kubelet?.stop();
  await plane?.stop();
});

function stateNamed(name: string): State {
  const edit = SCALING_EDITS.find((one) => one.name === name);
  if (edit === undefined) throw new Error(`there is no edit '${name}'`);
  return edit.to;
}

/** The commands of docs/autoscaling.md with this text. */
function documented(part: string): string {
  const page = readFileSync(join(__dirname, '../../../docs/autoscaling.md'), 'utf8');
  const blocks = [...page.matchAll(/```console\n([\s\S]*?)```/g)].map(([, commands = '']) => commands);
  const found = blocks.filter((commands) => commands.includes(part));
  expect(found).toHaveLength(1);
  return found[0] as string;
}

interface Counts {
  readonly replicas: number;
  readonly ready: number;
}

function countsOf({ spec, status }: Data): Counts {
  return { replicas: Number(object(spec).replicas), ready: Number(object(status).readyReplicas ?? 0) };
}

/** A namespace with one Deployment, whose numbers are recorded. */
class Subject {
  public static async create(name: string, flags: string): Promise<Subject> {
    await plane.createNamespace(name);
    return new Subject(name, flags);
  }

  private seen: Counts[] = [];

  private constructor(
    private readonly namespace: string,
    private readonly flags: string,
  ) {}

  /** Applies the manifests in their order. */
  public async apply(state: State): Promise<void> {
    const items = manifestsIn(state, 'router').filter(({ metadata }) =>
      `${object(metadata).name}`.startsWith('digits'),
    );
    await this.run(
      `kubectl apply ${this.flags} -f - > /dev/null`,
      JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
    );
  }

  public async run(commands: string, input?: string): Promise<void> {
    await plane.shell(commands, { namespace: this.namespace, input });
  }

  public async becomesReady(ready: number): Promise<void> {
    for (const end = Date.now() + 120_000; Date.now() < end; await sleep(200)) {
      if ((await this.now()).ready === ready) return;
    }
    throw new Error(`${JSON.stringify(await this.now())} instead of ${ready} ready Pods`);
  }

  /** The smallest numbers while an edit is made and afterward. */
  public async least(edit: () => Promise<void>): Promise<Counts> {
    this.seen = [await this.now()];
    const path = `/apis/apps/v1/namespaces/${this.namespace}/deployments`;
    const stop = plane.watch(path, (event) => void this.seen.push(countsOf(event.object)));
    await sleep(1_000);
    await edit();
    await sleep(WATCHED_MILLIS);
    stop();
    const smallest = (count: keyof Counts) => Math.min(...this.seen.map((counts) => counts[count]));
    return { replicas: smallest('replicas'), ready: smallest('ready') };
  }

  private async now(): Promise<Counts> {
    const path = `/apis/apps/v1/namespaces/${this.namespace}/deployments`;
    const [deployment] = objects((await plane.send('GET', path)).body.items);
    return countsOf(object(deployment));
  }
}

describe.each([
  ['client', '', 'edit-last-applied'],
  ['server', '--server-side', '--field-manager'],
])('kubectl apply on the %s side', (side, flags, handover) => {
  async function running(name: string, state: State, ready: number): Promise<Subject> {
    const subject = await Subject.create(`${side}-${name}`, flags);
    await subject.apply(state);
    await subject.becomesReady(ready);
    return subject;
  }

  test('an autoscaler instead of four replicas leaves one without the hand-over', async () => {
    const subject = await running('plain', fixed, 4);
    const least = await subject.least(() => subject.apply(scaled));
    expect(least.replicas).toBe(1);
    expect(least.ready).toBeLessThan(3);
  });

  test('an autoscaler instead of four replicas keeps them after the hand-over of the documentation', async () => {
    const subject = await running('handover', fixed, 4);
    const least = await subject.least(async () => {
      await subject.run(documented(handover));
      await subject.apply(scaled);
    });
    expect(least).toEqual({ replicas: 4, ready: 4 });
    expect(await subject.least(() => subject.apply(scaled))).toEqual({ replicas: 4, ready: 4 });
  });

  test('four replicas instead of an autoscaler keep those that are in both', async () => {
    const subject = await running('back', scaled, 3);
    const least = await subject.least(() => subject.apply(fixed));
    expect(least).toEqual({ replicas: 3, ready: 3 });
  });

  test('other bounds keep the replicas', async () => {
    const subject = await running('bounds', scaled, 3);
    const least = await subject.least(() => subject.apply(stateNamed('higher bounds')));
    expect(least).toEqual({ replicas: 3, ready: 3 });
  });

  test('a rollout keeps the replicas', async () => {
    const state = (port: number): State => ({ backend: { replicas: 2, port } });
    const subject = await running('rollout', state(8000), 2);
    const least = await subject.least(() => subject.apply(state(9000)));
    expect(least).toEqual({ replicas: 2, ready: 2 });
  });
});
