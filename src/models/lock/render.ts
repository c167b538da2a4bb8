import type { LockFile } from './lock-file';

/**
 * The text of a lock file: names in order, so that two people who lock the same write the same; and each file, platform
 * and entry on lines of its own, so that changes of different models merge.
 */
export function renderLock(lock: LockFile): string {
  return `${render(lock, '')}\n`;
}

function render(value: unknown, indent: string, isListed = false): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  const members = Array.isArray(value)
    ? value.map((item) => render(item, inner, true))
    : Object.keys(value)
        .filter((name) => (value as Record<string, unknown>)[name] !== undefined)
        .sort()
        .map((name) => `${JSON.stringify(name)}: ${render((value as Record<string, unknown>)[name], inner)}`);
  if (members.length === 0) return `${open}${close}`;
  // A file or a platform is one line of a list.
  if (isListed && isFlat(value)) return `${open} ${members.join(', ')} ${close}`;
  return `${open}\n${members.map((member) => inner + member).join(',\n')}\n${indent}${close}`;
}

function isFlat(value: object): boolean {
  return !Array.isArray(value) && Object.values(value).every((member) => typeof member !== 'object' || member === null);
}
