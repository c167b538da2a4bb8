import { chmodSync, copyFileSync, mkdirSync } from 'node:fs';
import { lockedModel } from '../../src/models/lock/entries';
import { readLock, requireLock } from '../../src/models/lock/read-lock';
import type { RefusedDefinition } from './refused-definition';

const FOLDER = 'test/definitions/locks';

/** Lock files, as constructs read them. */
export const REFUSED_LOCKS: readonly RefusedDefinition[] = [
  {
    name: 'a missing lock file',
    code: 'LockFileNotFound',
    message:
      "the lock file 'models.lock.json' does not exist; run 'npx serving lock' with the directories of the models",
    define: () => requireLock({ lockFile: 'models.lock.json' }),
  },
  {
    name: 'a lock file with a truncated digest',
    code: 'InvalidLockFile',
    message:
      "'images[\"acme/svm:1.4.2\"].digest' ('sha256:ab') must be a digest, 'sha256:' and 64 hex digits; restore the file from version control, or delete it and run 'npx serving lock' with all directories and images (at test/definitions/locks/broken.lock.json)",
    define: () => readLock({ lockFile: `${FOLDER}/broken.lock.json` }),
  },
  {
    name: 'a lock file of a newer release',
    code: 'LockFileTooNew',
    message:
      "'version' (7) must be at most 1: a newer release wrote the lock file; upgrade serving-constructs (at test/definitions/locks/newer.lock.json)",
    define: () => readLock({ lockFile: `${FOLDER}/newer.lock.json` }),
  },
  {
    name: 'a lock file in a folder that every user can write to',
    code: 'LockFileUntrusted',
    message:
      "'.cache/shared-lock/serving.lock.json' is in a folder that every user can write to; remove it, or, if you trust it, name it with 'lockFile' or --lock-file",
    define: () => {
      mkdirSync('.cache/shared-lock', { recursive: true });
      chmodSync('.cache/shared-lock', 0o1777);
      copyFileSync(`${FOLDER}/empty.lock.json`, '.cache/shared-lock/serving.lock.json');
      readLock({ from: '.cache/shared-lock' });
    },
  },
  {
    name: 'a model that was never locked',
    code: 'NotLocked',
    message:
      "the model 'models/net' is not in 'test/definitions/locks/empty.lock.json'; run: npx serving lock models/net",
    define: () => lockedModel(requireLock({ lockFile: `${FOLDER}/empty.lock.json` }), 'models/net'),
  },
];
