import { ServingError } from '../../private/errors';
import { readJson } from '../../private/json';
import type { LockedModel, LockFile } from './lock-file';
import { findOddity } from './scan';
import { LOCK_SCHEMA, LOCK_VERSION } from './schema';
import { describeValue, findViolation } from './validate';

const REMEDY =
  "restore the file from version control, or delete it and run 'serving lock' with all directories and images";

/** Parses and validates a lock file. The path is for the error. */
export function parseLock(text: string, path: string): LockFile {
  const content = text.replace(/^\uFEFF/, '');
  if (/^(<{7} |={7}$|>{7} )/m.test(content)) {
    invalid(
      'the lock file contains merge conflict markers;',
      path,
      "check out one side (git checkout --ours or --theirs), then run 'serving lock' with the directories that the other side added",
    );
  }
  if (content.trim() === '') invalid('the lock file is empty;', path);
  const value = parseContent(content, path);
  const oddity = findOddity(content);
  if (oddity !== undefined) invalid(`the lock file ${oddity.what}`, path, oddity.remedy);
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

/** Checks what a schema cannot express: that the parts of a model are consistent. */
function checkModel(directory: string, model: LockedModel, path: string): void {
  const place = `models[${JSON.stringify(directory)}]`;
  if ((model.variant === 'data') !== (model.base === undefined)) {
    const expected = model.variant === 'data' ? "omitted for the variant 'data'" : 'an image with a digest';
    invalid(`'${place}.base' (${describeValue(model.base)}) must be ${expected};`, path);
  }
  const files = model.layers.flatMap((layer) => layer.files);
  const seen = new Set<string>();
  for (const { path: file } of files) {
    if (seen.has(file)) invalid(`'${place}' contains the file ${describeValue(file)} twice;`, path);
    seen.add(file);
  }
  const bytes = files.reduce((sum, file) => sum + file.size, 0);
  if (!Number.isSafeInteger(bytes))
    invalid(`the files of '${place}' (${bytes} bytes) must be at most 2^53 bytes;`, path);
  if (bytes !== model.bytes) {
    invalid(`'${place}.bytes' (${model.bytes}) must be the total size of the files (${bytes});`, path);
  }
}

/** Deeper than any valid lock file. Validation is recursive, so the depth is limited. */
const MAX_DEPTH = 32;

function parseContent(text: string, path: string): unknown {
  const read = readJson(text, { depth: MAX_DEPTH });
  if ('value' in read) return read.value;
  return invalid(`the lock file ${read.fault};`, path);
}

function invalid(what: string, path: string, remedy = REMEDY): never {
  throw new ServingError('InvalidLockFile', `${what} ${remedy}`, path);
}
