/** Starts subjects as a target renders them: with its user, root file system, directory, volumes and variables. */
import type { BackendOptions } from '../../../src/constructs/backend-options';
import { Duration } from '../../../src/units/duration';
import { ServerImage } from '../../../src/workload/server-image';
import { oneBackend as onKubernetes } from '../../kubernetes/support';
import { oneBackend as onAws, templateOf } from '../../support/aws';
import { RunningContainer } from '../support/container';
import { workloadsOfTemplate } from '../support/from-cloudformation';
import { workloadsOfManifests } from '../support/from-kubernetes';
import type { Image, ImageUser } from '../support/images';
import type { Volumes, Workload } from '../support/workload';
import { imageOf, versionOf } from './runtimes';
import type { Subject } from './subject';

/** The image that a subject is usually run on. */
interface UsualImage {
  readonly reference: string;
  /** Its user, if that is not root. */
  readonly user?: readonly [id: number, user: ImageUser];
  /** Variables that place files where only its user can write. */
  readonly env?: Readonly<Record<string, string>>;
}

const MLSERVER: UsualImage = {
  reference: 'seldonio/mlserver:1.7.1',
  user: [1000, { name: 'mlserver', group: 0, home: '/opt/mlserver' }],
  env: { NUMBA_CACHE_DIR: '/opt/mlserver/.cache', TRANSFORMERS_CACHE: '/opt/mlserver/.cache' },
};

/** By subject. The others run on images of Python, Node or nothing, which run as root. */
const USUAL: { readonly [id: string]: UsualImage } = {
  'ray-serve': {
    reference: 'rayproject/ray:2.60.0-py311',
    user: [1000, { name: 'ray', group: 100, home: '/home/ray' }],
  },
  mlserver: MLSERVER,
  'mlserver-in-process': MLSERVER,
  bentoml: {
    reference: 'registry.example.com/sleeper:1.0.0',
    user: [1034, { name: 'bentoml', group: 1034, home: '/home/bentoml' }],
    env: { BENTOML_HOME: '/home/bentoml/' },
  },
};

const OTHER: UsualImage = { reference: 'registry.example.com/app:1.0.0' };
const ROOT: [number, ImageUser] = [0, { name: 'root', group: 0, home: '/root' }];

/** A keep-alive that the applications can set, and requests for which every server but MLServer keeps connections long enough. */
const KEEP_ALIVE_SECONDS = 120;
const REQUESTS = { requestTimeout: Duration.seconds(30) };

/** The image of a subject, with the user and the variables of the image that it is usually run on. */
function usualImageOf(subject: Subject): Image {
  const { user = ROOT, env = {} } = USUAL[subject.id] ?? OTHER;
  const image = imageOf(subject);
  return { ...image, user: user[0], users: new Map([ROOT, user]), env: { ...image.env, ...env } };
}

/** A target, or one with another user or root file system. */
export interface Confinement {
  readonly target: 'aws' | 'kubernetes';
  readonly options?: Partial<BackendOptions>;
}

/** The rendered container of a subject. */
export function workloadOf(subject: Subject, { target, options }: Confinement, volumes: Volumes): Workload {
  const { reference } = USUAL[subject.id] ?? OTHER;
  const definition = {
    ...subject.backend,
    image: ServerImage.fromRegistry(reference),
    server: subject.server({
      version: versionOf(subject.runtime),
      extraArgs: [],
      keepAliveSeconds: KEEP_ALIVE_SECONDS,
    }),
    environment: { ...subject.environment, PROBE_LOAD: '0', PROBE_KEEP_ALIVE: String(KEEP_ALIVE_SECONDS) },
    ...options,
  };
  const images = { find: (image: string) => (image === reference ? usualImageOf(subject) : undefined) };
  const [workload] =
    target === 'aws'
      ? workloadsOfTemplate(templateOf(onAws(definition, REQUESTS).stack).toJSON() as never, volumes, images)
      : workloadsOfManifests(onKubernetes(definition, REQUESTS).chart.toJson(), volumes, images);
  if (workload === undefined) throw new Error(`${subject.id} has no container on ${target}`);
  return workload;
}

/** Starts a rendered subject and waits until it answers a request successfully. Returns the container. */
export async function startConfined(subject: Subject, workload: Workload): Promise<RunningContainer> {
  const container = new RunningContainer(workload.server);
  try {
    const timeoutSeconds = (subject.startSeconds ?? 120) * 2;
    await container.started();
    await container.waitUntilReady({ ...workload.readiness, timeoutSeconds });
    const { status, body } = await container.request({ ...subject.request(0), timeoutSeconds: 60 });
    if (status >= 400) throw new Error(`${subject.id} answers ${status}: ${body}\n${container.log()}`);
    return container;
  } catch (error) {
    await container.dispose();
    throw error;
  }
}
