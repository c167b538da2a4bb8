import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningContainer, startContainer } from './support/container';
import type { ContainerDescription } from './support/container-root';
import { imageOf, REPOSITORY } from './support/images';

const GUNICORN = ['gunicorn', 'app:app', '--bind', '0.0.0.0:8000', '--worker-class', 'gthread', '--threads', '4'];
const any = { path: '/', accept: (status: number) => status < 500 };

const MODEL = { hostPath: join(REPOSITORY, 'examples/sentiment/models/v1'), containerPath: '/model', readOnly: true };
const env = { SENTIMENT_MODEL: '/model' };

describe('an emulated container', () => {
  const folder = mkdtempSync(join(tmpdir(), 'container-test-'));
  const started: RunningContainer[] = [];
  const start = async (changes: Partial<ContainerDescription>) => {
    const container = await startContainer(
      {
        image: imageOf('registry.example.com/sentiment:1'),
        argv: [...GUNICORN, '--worker-tmp-dir', '/dev/shm', '--no-control-socket'],
        port: 8000,
        readOnlyRootFilesystem: true,
        ...changes,
        env: { ...env, ...changes.env },
        mounts: [MODEL, ...(changes.mounts ?? [])],
      },
      any,
    );
    started.push(container);
    return container;
  };

  beforeAll(() => {
    chmodSync(folder, 0o755);
    writeFileSync(join(folder, 'weights'), 'weights');
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  afterEach(async () => {
    for (const container of started.splice(0)) await container.dispose();
  });

  test('has the command as PID 1, which exits on SIGTERM and leaves no process', async () => {
    const container = await start({});
    expect(container.processes()[0]).toContain('gunicorn app:app');
    expect(container.exec(['sh', '-c', 'tr "\\0" " " < /proc/1/cmdline']).output).toContain('gunicorn app:app');
    expect(await container.stop()).toEqual({ code: 0, seconds: expect.any(Number) });
  });

  test('sees only its image, its mounts and the system, as its own user', async () => {
    const mounts = [{ hostPath: folder, containerPath: '/models', readOnly: true }];
    const container = await start({ mounts, env: { GREETING: 'hello world' } });
    expect(container.exec(['cat', '/models/weights'])).toEqual({ code: 0, output: 'weights' });
    expect(container.exec(['sh', '-c', 'echo x > /models/weights']).output).toContain('Read-only file system');
    expect(container.exec(['sh', '-c', 'echo x > /app/new']).output).toContain('Read-only file system');
    expect(container.exec(['sh', '-c', 'echo x > /dev/shm/new']).code).toBe(0);
    expect(container.exec(['sh', '-c', 'pwd; id -u; echo $GREETING; echo $HOME']).output).toBe(
      '/app\n10001\nhello world\n/home/app\n',
    );
    expect(container.exec(['ls', __dirname]).code).not.toBe(0);
    expect(container.exec(['grep', 'CapEff', '/proc/self/status']).output).toMatch(/0{16}/);
  });

  test('lets its user write to its folders in the image if the root is writable', async () => {
    const container = await start({ readOnlyRootFilesystem: false });
    expect(container.exec(['sh', '-c', 'echo x > /tmp/new']).code).toBe(0);
    expect(container.exec(['sh', '-c', 'echo x > /app/new']).output).toContain('Permission denied');
  });

  test('is not reachable if its server listens on localhost', async () => {
    const argv = GUNICORN.map((word) => word.replace('0.0.0.0', '127.0.0.1'));
    const local = {
      image: imageOf('registry.example.com/sentiment:1'),
      argv,
      env,
      port: 8000,
      mounts: [MODEL],
      readOnlyRootFilesystem: false,
    };
    await expect(startContainer(local, { ...any, timeoutSeconds: 4 })).rejects.toThrow(/not ready in time/);
  });

  test('that exits immediately is reported with its log', async () => {
    await expect(start({ argv: ['gunicorn', 'missing:app'], readOnlyRootFilesystem: false })).rejects.toThrow(
      /exited with 3:[\s\S]*No module named 'missing'/,
    );
    await expect(start({ argv: ['no-such-program'] })).rejects.toThrow(/exited with 127/);
  });
});
