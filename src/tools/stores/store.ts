import type { Artifact, Report } from '../artifact/artifact';
import type { EvidenceCheck, FoundEvidence } from './verify-evidence';

/** How layers are uploaded to a registry. */
export const TRANSPORTS = ['http', 'ecr-api'] as const;
export type Transport = (typeof TRANSPORTS)[number];

/** Options of opening a store. */
export interface StoreOptions {
  /** @default http */
  readonly transport?: Transport;
  /** Create the ECR repository if it does not exist. @default false */
  readonly createRepository?: boolean;
  /** Use HTTP without TLS. @default - on this machine only */
  readonly plainHttp?: boolean;
  /** The account that must own the bucket. @default - any */
  readonly bucketOwner?: string;
  /** Whether content will be pushed. @default false */
  readonly push?: boolean;
  /** Tags in addition to the digest. @default - none */
  readonly tags?: readonly string[];
  /** Other repositories of the same registry that layers may be mounted from. @default - none */
  readonly mountFrom?: readonly string[];
}

/** What a store reports about an artifact that should be in it. */
export interface Verification {
  readonly reference: string;
  /** What is missing or differs, as text; empty if everything is present. Publishing again repairs it. */
  readonly problems: string[];
  /** Objects in the folder of the artifact that are not a part of it, as text. */
  readonly surplus: string[];
  /** What could not be checked, as text. */
  readonly note?: string;
}

/** Where artifacts are published: an OCI registry, ECR, or S3. */
export interface Store {
  /** The name of an artifact in the store, whether or not it is published. */
  referenceOf(digest: string): string;
  /** Publishes an artifact. Uploads nothing that the store already has. */
  publish(artifact: Artifact, report: Report): Promise<void>;
  /** Checks whether everything that the digest names is present and unchanged. */
  verify(digest: string, expected: Pick<Artifact, 'files'> | undefined): Promise<Verification>;
  /** Checks the signatures and attestations of an artifact. */
  verifyEvidence(digest: string, check: EvidenceCheck): Promise<FoundEvidence>;
  /** Closes the connections. */
  close(): void;
}
