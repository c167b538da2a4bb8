import { ServingError } from '../../private/errors';
import type { LockedModel, LockFile } from './lock-file';
import { findOddity } from './scan';
import { LOCK_SCHEMA, LOCK_VERSION } from './schema';
import { describeValue, findViolation } from './validate';

const MEND =
  "take the file from version control, or delete it and name all directories and images to 'serving lock' again";

/** The content of a lock file, or an error that says what is wrong with it. The path is for the message. */
export function parseLock(text: string, path: string): LockFile {
  const content = text.replace(/^\uFEFF/, '');
  if (/^(<{7} |={7}$|>{7} )/m.test(content)) {
    invalid(
      'holds the marks of a merge conflict;',
      path,
      "take either side whole (git checkout --ours or --theirs), then run 'serving lock', and again with the directories that are new on the other side",
    );
  }
  const value = parseJson(content, path);
  const oddity = findOddity(content);
  if (oddity !== undefined) invalid(oddity.what, path, oddity.remedy);
  const version = (value as { version?: unknown } | null)?.version;
  if (typeof version === 'number' && Number.isInteger(version) && version > LOCK_VERSION) {
    throw new ServingError(
      'LockFileTooNew',
      `'version' (${version}) must be at most ${LOCK_VERSION}: a newer release wrote the lock file; upgrade serving-constructs`,
      path,
    );
  }
  const violation = findViolation(value, LOCK_SCHEMA);
  if (violation !== undefined) {
    const { where, value: found, expected } = violation;
    invalid(`${where === '' ? 'the lock file' : `'${where}'`} (${describeValue(found)}) must be ${expected};`, path);
  }
  const lock = value as LockFile;
  for (const [directory, model] of Object.entries(lock.models)) checkModel(directory, model, path);
  return lock;
}

/** What a schema cannot say: that the parts of a model fit together. */
function checkModel(directory: string, model: LockedModel, path: string): void {
  const place = `models[${JSON.stringify(directory)}]`;
  if ((model.variant === 'data') !== (model.base === undefined)) {
    const expected = model.variant === 'data' ? "left out for the variant 'data'" : 'an image with a digest';
    invalid(`'${place}.base' (${describeValue(model.base)}) must be ${expected};`, path);
  }
  const files = model.layers.flatMap((layer) => layer.files);
  const seen = new Set<string>();
  for (const { path: file } of files) {
    if (seen.has(file)) invalid(`'${place}' must have every file once, but has ${describeValue(file)} twice;`, path);
    seen.add(file);
  }
  const bytes = files.reduce((sum, file) => sum + file.size, 0);
  if (!Number.isSafeInteger(bytes))
    invalid(`the files of '${place}' (${bytes} bytes) must be at most 2^53 bytes;`, path);
  if (bytes !== model.bytes) {
    invalid(`'${place}.bytes' (${model.bytes}) must be the sum of the files (${bytes});`, path);
  }
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (text.trim() === '') invalid('the lock file is empty;', path);
    invalid(`the lock file is not JSON (${placeOf(error as Error, text)});`, path);
  }
}

/** Where a text stops being JSON. The text itself may be a secret, when the file is a link to another. */
function placeOf({ message }: Error, text: string): string {
  const position = /at position (\d+)/.exec(message)?.[1];
  if (position === undefined)
    return /end of JSON/.test(message) ? 'it ends too early' : 'it does not start as an object';
  return `line ${text.slice(0, Number(position)).split('\n').length}`;
}

function invalid(what: string, path: string, mend = MEND): never {
  throw new ServingError('InvalidLockFile', `${what} ${mend}`, path);
}
