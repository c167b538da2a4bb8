import type { Artifact, Report } from '../artifact/artifact';
import type { EvidenceCheck, FoundEvidence } from './verify-evidence';

/** How layers get to a registry. */
export const TRANSPORTS = ['http', 'ecr-api'] as const;
export type Transport = (typeof TRANSPORTS)[number];

/** How a store is spoken to. */
export interface StoreOptions {
  /** @default http */
  readonly transport?: Transport;
  /** Make a repository of ECR that is not there. @default false */
  readonly createRepository?: boolean;
  /** Speak HTTP without TLS. @default - with this machine only */
  readonly plainHttp?: boolean;
  /** The account that must own the bucket. @default - any */
  readonly bucketOwner?: string;
  /** Whether something will be put there. @default false */
  readonly push?: boolean;
  /** Names for what is published beside its digest. @default - none */
  readonly tags?: readonly string[];
  /** Other repositories of the same registry that may have layers already. @default - none */
  readonly mountFrom?: readonly string[];
}

/** What a store reports about an artifact that should be in it. */
export interface Verification {
  readonly reference: string;
  /** What is missing or differs, in words; empty where everything is present. Publishing again mends it. */
  readonly problems: string[];
  /** What is in the place of the artifact without being a part of it, in words. */
  readonly surplus: string[];
  /** What could not be checked, in words. */
  readonly note?: string;
}

/** Where artifacts are published: an OCI registry, ECR, or S3. */
export interface Store {
  /** The name of an artifact in the store, whether or not it is published. */
  referenceOf(digest: string): string;
  /** Publishes an artifact; sends nothing that the store already has. */
  publish(artifact: Artifact, report: Report): Promise<void>;
  /** Checks whether everything that the digest names is present and unchanged. */
  verify(digest: string, expected: Pick<Artifact, 'files'> | undefined): Promise<Verification>;
  /** Checks the signatures and attestations of an artifact. */
  verifyEvidence(digest: string, check: EvidenceCheck): Promise<FoundEvidence>;
  /** Closes the connections. */
  close(): void;
}
