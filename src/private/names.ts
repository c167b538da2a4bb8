import { fingerprint } from './hash';

/** Kubernetes limits a Service name to 63; a rollout adds suffixes of its own to a workload's. */
export const MAX_NAME = 45;

/**
 * Maps a name for people (`SVM:v1`, "image classifier") to one that is legal on every target: small letters, digits and
 * dashes, starting with a letter, at most 45 characters. What had to be cut, or has letters of other alphabets, keeps six
 * hex digits of the full name.
 */
export function slug(name: string): string {
  const bare = name.normalize('NFKD').replace(/[\u0300-\u036f]/g, '');
  const plain = bare
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  if (plain === '') return `x-${fingerprint(name)}`;
  // Letters that have no counterpart here still tell one name from another.
  const told = /[^\u0020-\u007e]/.test(bare) ? `${plain.slice(0, MAX_NAME - 9)}-${fingerprint(name)}` : plain;
  return cut(/^[a-z]/.test(told) ? told : `x-${told}`, name);
}

/** The legal name of a backend that belongs to an endpoint. */
export function joinSlugs(left: string, right: string): string {
  return cut(`${left}-${right}`, `${left}-${right}`);
}

function cut(text: string, full: string): string {
  if (text.length <= MAX_NAME) return text;
  return `${text.slice(0, MAX_NAME - 7).replace(/-+$/, '')}-${fingerprint(full)}`;
}
