import { parseReference } from '../../../private/images/reference';
import { IMAGES, referenceOf } from '../../../workload/private/bundled-images';

/**
 * The default image of the router, from Docker Hub. Other images must have HAProxy 2.6 or newer, with the Prometheus
 * exporter, as `haproxy` on their `PATH`, and SIGUSR1 as their stop signal.
 */
export const ROUTER_IMAGE = referenceOf(IMAGES.router);

/** The user of the image. */
export const ROUTER_USER = 99;

/** The first release that supports the router's configuration. */
const OLDEST: Version = [2, 6, 0];

/**
 * The first safe release of each maintained branch, all of 2026-09-24. Earlier ones forward requests that servers interpret
 * differently (CVE-2026-33555, chunk sizes above 32 bits, a comma in the authority, every `h2c` in an `Upgrade` header), crash
 * while decoding HTTP/2 headers (CVE-2026-55204), or do not check the length of headers that rules change. Most later fixes
 * concern HTTP/2, such as CVE-2026-110353, or QUIC, neither of which the router accepts. Branches newer than all of these are
 * safe.
 */
const SAFE: readonly Version[] = [
  [2, 6, 34],
  [2, 8, 29],
  [3, 0, 28],
  [3, 2, 24],
  [3, 3, 15],
  [3, 4, 5],
];

type Version = readonly [major: number, minor: number, patch: number];

/** A problem of the HAProxy release in an image. */
export interface RouterImageProblem {
  readonly kind: 'unsupported' | 'vulnerable';
  readonly version: string;
  /** The first release without the problem. */
  readonly required: string;
}

/** The problem of an image according to its tag; undefined if there is none, or if the tag does not contain a release. */
export function routerImageProblem(reference: string): RouterImageProblem | undefined {
  const release = versionOf(reference);
  if (release === undefined) return undefined;
  const version = release.join('.');
  if (isBefore(release, OLDEST)) return { kind: 'unsupported', version, required: OLDEST.slice(0, 2).join('.') };
  const branch = SAFE.find(([major, minor]) => major === release[0] && minor === release[1]);
  // A branch that is not in the list is no longer maintained, unless it is newer than all of them.
  const required = branch ?? (SAFE.at(-1) as Version);
  return isBefore(release, required) ? { kind: 'vulnerable', version, required: required.join('.') } : undefined;
}

/** Repositories whose tags begin with the release of HAProxy. Those of ingress controllers have other versions. */
const REPOSITORY = /(?:^|\/)haproxy(?:-(?:alpine|debian|ubuntu))?$/;

/** The version in a tag such as `3.2.25-alpine`. */
function versionOf(reference: string): Version | undefined {
  const { name, tag = '' } = parseReference(reference);
  const match = /^v?(\d+)\.(\d+)\.(\d+)(?=$|[-_.])/.exec(tag);
  if (match === null || !REPOSITORY.test(name)) return undefined;
  return [Number(match[1]), Number(match[2]), Number(match[3])];
}

function isBefore(version: Version, other: Version): boolean {
  const index = version.findIndex((part, at) => part !== other[at]);
  return index >= 0 && (version[index] as number) < (other[index] as number);
}
