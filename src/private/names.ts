import { fingerprint } from './hash';

/** Kubernetes limits Service names to 63 characters, and a rollout adds suffixes to the name of a workload. */
export const MAX_NAME = 45;

/**
 * Maps a display name (`SVM:v1`, "image classifier") to one that is valid on every target: lower-case letters, digits
 * and dashes, starting with a letter, at most 45 characters. A name that is truncated, or contains letters of other
 * alphabets, ends with a fingerprint of six hex digits.
 */
export function slug(name: string): string {
  const bare = name.normalize('NFKD').replace(/[\u0300-\u036f]/g, '');
  const plain = bare
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  if (plain === '') return `x-${fingerprint(name)}`;
  // Letters without a counterpart are dropped, so a fingerprint keeps the names distinct.
  const distinct = /[^\u0020-\u007e]/.test(bare) ? `${plain.slice(0, MAX_NAME - 9)}-${fingerprint(name)}` : plain;
  return truncate(/^[a-z]/.test(distinct) ? distinct : `x-${distinct}`, name);
}

/** The valid name of a backend that belongs to an endpoint. */
export function joinSlugs(left: string, right: string): string {
  return truncate(`${left}-${right}`, `${left}-${right}`);
}

function truncate(text: string, full: string): string {
  if (text.length <= MAX_NAME) return text;
  return `${text.slice(0, MAX_NAME - 7).replace(/-+$/, '')}-${fingerprint(full)}`;
}
