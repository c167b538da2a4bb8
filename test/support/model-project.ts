import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bundle, bundleServing } from './bundle';
import { writeFiles } from './scratch';

/** The files of a model. */
export const MODEL = { 'config.json': '{}', 'weights/model.bin': 'weights' };

/** The command line, in a new folder with the model `models/net` for each test of a `describe`. */
export function modelProject() {
  let bundle: Bundle;
  let folder: string;
  beforeAll(() => {
    bundle = bundleServing();
  });
  afterAll(() => bundle.remove());
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lock-test-'));
    writeFiles(join(folder, 'models/net'), MODEL);
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const lockText = () => readFileSync(join(folder, 'serving.lock.json'), 'utf8');
  return {
    /** The folder, or a path in it. */
    path: (path = '') => join(folder, path),
    serving: (...args: string[]) => bundle.run(folder, ...args),
    /** Runs the command line in a folder of the project. */
    servingIn: (path: string, ...args: string[]) => bundle.run(join(folder, path), ...args),
    /** The file of the command line. */
    program: () => bundle.file,
    lockText,
    lock: () => JSON.parse(lockText()),
  };
}
