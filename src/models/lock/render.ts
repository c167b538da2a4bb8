import type { LockFile } from './lock-file';

/**
 * The text of a lock file. Names are sorted, so that the same content gives the same text; each file, platform and
 * entry is on a separate line, so that changes to different models merge.
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
  // A file or a platform is a single line in a list.
  if (isListed && isFlat(value)) return `${open} ${members.join(', ')} ${close}`;
  return `${open}\n${members.map((member) => inner + member).join(',\n')}\n${indent}${close}`;
}

function isFlat(value: object): boolean {
  return !Array.isArray(value) && Object.values(value).every((member) => typeof member !== 'object' || member === null);
}
