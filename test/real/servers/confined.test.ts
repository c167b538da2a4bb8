/** Servers under the user, the root file system, the directory, the volumes and the variables that each target renders. */
import { ScratchVolume } from '../../../src/workload/scratch-volume';
import type { RunningContainer } from '../support/container';
import { Volumes, type Workload } from '../support/workload';
import { type Confinement, startConfined, workloadOf } from './confined';
import type { Subject } from './subject';
import { CORE, EXTENDED } from './subjects';

/** Each start may wait for another one on a busy machine. */
const LONGEST_MILLISECONDS = 900_000;

/** A user that no image has. */
const STRANGER = 4242;

const PLACES: [string, Confinement][] = [
  ['on AWS', { target: 'aws' }],
  ['on Kubernetes', { target: 'kubernetes' }],
  ['on AWS as a user that its image does not have', { target: 'aws', options: { user: STRANGER } }],
];

const volumes = new Volumes();
const running: RunningContainer[] = [];

afterEach(async () => {
  for (const container of running.splice(0)) await container.dispose();
});
afterAll(() => volumes.remove());

async function start(subject: Subject, workload: Workload): Promise<RunningContainer> {
  const container = await startConfined(subject, workload);
  running.push(container);
  return container;
}

/** Servers that close idle connections before an Application Load Balancer does. */
const REFUSED_ON_AWS = ['mlserver', 'mlserver-in-process'];

const find = (id: string): Subject => [...CORE, ...EXTENDED].find((subject) => subject.id === id) as Subject;

describe.each(PLACES)('%s', (_, confinement) => {
  test.each([...CORE, ...EXTENDED].map((subject) => [subject.id, subject] as const))(
    '%s starts and answers',
    async (_id, subject) => {
      const render = () => workloadOf(subject, confinement, volumes);
      if (confinement.target === 'aws' && REFUSED_ON_AWS.includes(subject.id))
        expect(render).toThrow('KeepAliveTooShort');
      else await start(subject, render());
    },
    LONGEST_MILLISECONDS,
  );
});

/** What a library does in a container: finds the name of its user, and writes below its home. */
const LIBRARY = `
import getpass, os, pathlib, tempfile
tempfile.NamedTemporaryFile().close()
cache = pathlib.Path.home() / '.cache' / 'library'
cache.mkdir(parents=True, exist_ok=True)
(cache / 'file').write_text('x')
print(getpass.getuser())
`;

test.each<[string, Confinement, string]>([
  ['on AWS', { target: 'aws' }, 'root'],
  ['on AWS as another user', { target: 'aws', options: { user: STRANGER } }, 'serving'],
  [
    'on AWS as another user with a writable root',
    { target: 'aws', options: { user: STRANGER, readOnlyRootFilesystem: false } },
    'serving',
  ],
  ['on Kubernetes', { target: 'kubernetes' }, 'serving'],
  [
    'on Kubernetes with a writable root',
    { target: 'kubernetes', options: { readOnlyRootFilesystem: false } },
    'serving',
  ],
])(
  'libraries find a user and a home %s',
  async (_, confinement, user) => {
    const container = await start(find('uvicorn'), workloadOf(find('uvicorn'), confinement, volumes));
    expect(container.exec(['python3', '-c', LIBRARY])).toEqual({ code: 0, output: `${user}\n` });
  },
  LONGEST_MILLISECONDS,
);

test.each<[string, Confinement]>([
  ['AWS', { target: 'aws', options: { user: STRANGER } }],
  ['Kubernetes', { target: 'kubernetes' }],
])(
  'the server can write to its scratch directories on %s, and only there',
  async (_, { target, options }) => {
    const scratch = [ScratchVolume.at('/app/logs'), ScratchVolume.at('/app/index', { inMemory: true })];
    const workload = workloadOf(find('uvicorn'), { target, options: { ...options, scratch } }, volumes);
    const container = await start(find('uvicorn'), workload);
    for (const path of ['/app/logs', '/app/index', '/tmp'])
      expect(container.exec(['sh', '-c', `echo x > ${path}/new && cat ${path}/new`])).toEqual({
        code: 0,
        output: 'x\n',
      });
    expect(container.exec(['sh', '-c', 'echo x > /app/new']).output).toContain('Read-only file system');
  },
  LONGEST_MILLISECONDS,
);

/** A workload whose server lacks variables, or has others. */
function changed(workload: Workload, remove: string[], set: Record<string, string> = {}): Workload {
  const env = Object.entries(workload.server.env).filter(([name]) => !remove.includes(name));
  return { ...workload, server: { ...workload.server, env: { ...Object.fromEntries(env), ...set } } };
}

describe('the check fails', () => {
  test(
    'for a user without a name',
    async () => {
      const workload = workloadOf(find('uvicorn'), { target: 'kubernetes' }, volumes);
      const container = await start(find('uvicorn'), changed(workload, ['USER', 'LOGNAME']));
      expect(container.exec(['python3', '-c', LIBRARY])).toMatchObject({
        code: 1,
        output: expect.stringContaining('getpwuid'),
      });
    },
    LONGEST_MILLISECONDS,
  );

  test(
    'for a missing home',
    async () => {
      const workload = workloadOf(find('uvicorn'), { target: 'kubernetes' }, volumes);
      const container = await start(find('uvicorn'), changed(workload, ['HOME']));
      expect(container.exec(['python3', '-c', LIBRARY]).output).toContain('Read-only file system');
    },
    LONGEST_MILLISECONDS,
  );

  test(
    'for a cache in the image',
    async () => {
      const workload = workloadOf(find('bentoml'), { target: 'aws' }, volumes);
      await expect(startConfined(find('bentoml'), changed(workload, ['BENTOML_HOME']))).rejects.toThrow(
        /Read-only file system/,
      );
    },
    LONGEST_MILLISECONDS,
  );

  test(
    'for a /tmp of root',
    async () => {
      const workload = workloadOf(find('ray-serve'), { target: 'aws' }, volumes);
      const mounts = workload.server.mounts.map((mount) =>
        mount.containerPath === '/tmp' ? { ...mount, hostPath: volumes.folder('root', 'tmp', 0o755) } : mount,
      );
      const closed = { ...workload, server: { ...workload.server, mounts } };
      await expect(startConfined(find('ray-serve'), closed)).rejects.toThrow(/exited with/);
    },
    LONGEST_MILLISECONDS,
  );
});
