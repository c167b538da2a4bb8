import { ImageUse, type TargetImage } from '../../plan/target-profile';

/** An image that the package runs in addition to those of the user. */
export interface PackageImage {
  readonly repository: string;
  readonly tag: string;
  /** The digest of the multi-platform index. @default - none could be verified; the tag is used */
  readonly digest?: string;
  /** The day on which upstream released the version. A test fails if it is too long ago. */
  readonly released: string;
  /** The day on which the entry was checked. */
  readonly checked: string;
  /** The sources of version, date and digest. */
  readonly sources: readonly string[];
}

/**
 * All such images in one place. `scripts/images.ts --update` updates an entry from the registry.
 */
export const IMAGES = {
  /** Routes requests on Kubernetes. */
  router: {
    repository: 'haproxy',
    tag: '3.2.25-alpine',
    digest: 'sha256:5d97434a423c2533cfeb42874d45cf6d69a840b60334582dfbfd5008e94c80be',
    released: '2026-09-28',
    checked: '2026-11-30',
    sources: [
      'version and date: CHANGELOG of HAProxy 3.2.26, as Debian packages it',
      'digest: pinned with this tag by unrelated public repositories, among them adamkakol/glm-flash-a100-docker',
      '3.2.26 (2026-10-14) is newer: it fixes HTTP/2, which the router does not accept, and an error with long chunk sizes; no public source has the digest of its image',
    ],
  },
  /** Fetches models from S3. Its entry point is the `aws` command. */
  fetch: {
    repository: 'public.ecr.aws/aws-cli/aws-cli',
    tag: '2.37.9',
    digest: 'sha256:92de75724b6a746951f0e8b915d86bbccd7cb55aff96cd0cb4f7017272160780',
    released: '2026-10-02',
    checked: '2026-11-30',
    sources: [
      'version and date: published on 2026-10-02 according to a public report of 2026-10-04 that ran the image',
      'digest: pinned with this tag by unrelated public repositories, among them benhook1013/FireMUD',
      '2.37.11 is newer; its digest has a single source',
    ],
  },
  /** Fetches models from the Hugging Face Hub. Its arguments are a URI and a directory. */
  hub: {
    repository: 'docker.io/kserve/storage-initializer',
    tag: 'v0.21.0',
    released: '2026-09-25',
    checked: '2026-11-30',
    sources: [
      'version and date: kserve-storage 0.21.0 on PyPI, whose command has the arguments of 0.15.2',
      'no public source has the digest of the image',
    ],
  },
  /** Unpacks archives, and downloads models over HTTPS, with a script for its `python3`. */
  archives: {
    repository: 'docker.io/library/python',
    tag: '3.13.15-alpine3.24',
    digest: 'sha256:540c7d91f98ff6880174c40e99067bf5941eb54d818a7a5e094d188b196a934d',
    released: '2026-08-25',
    checked: '2026-11-30',
    sources: [
      'version: several public repositories pin this digest as 3.13-alpine and state that it is Python 3.13.15, one of them with the tag 3.13.15-alpine3.24',
      'date: builds of CPython 3.13.15 by python-build-standalone carry 20260825; the release is not later',
      'digest: pinned with the tag 3.13-alpine by more than five unrelated public repositories',
    ],
  },
} as const satisfies { readonly [use: string]: PackageImage };

const USES = {
  router: { use: ImageUse.ROUTER, image: IMAGES.router },
  fetch: { use: ImageUse.S3, image: IMAGES.fetch },
  hub: { use: ImageUse.HUB, image: IMAGES.hub },
  archives: { use: ImageUse.ARCHIVES, image: IMAGES.archives },
  links: { use: ImageUse.LINKS, image: IMAGES.fetch },
} as const;

type Name = keyof typeof USES;

/** The images that a target adds, for its profile. */
export function imagesOf(added: { readonly [name in Name]?: boolean }): TargetImage[] {
  return (Object.keys(USES) as Name[])
    .filter((name) => added[name])
    .map((name) => {
      const { use, image } = USES[name];
      return { use, reference: referenceOf(image), released: image.released };
    });
}

/** The reference of an image in templates and manifests. */
export function referenceOf({ repository, tag, digest }: PackageImage): string {
  return digest === undefined ? `${repository}:${tag}` : `${repository}:${tag}@${digest}`;
}
