import type { IConstruct } from 'constructs';
import { hideTokens } from '../../private/tokens';

/** What there are warnings about. */
export const WARNING_KINDS = [
  'batchNeverFull',
  'blockedHealthCheck',
  'closedDirectory',
  'credentialInCommand',
  'credentialInEnvironment',
  'credentialInHeader',
  'crowdedPriorities',
  'emptyStore',
  'gatewayTimeout',
  'hubDownload',
  'logBucketPolicy',
  'longStop',
  'missingGpu',
  'modelDrift',
  'noRoute',
  'patchedValue',
  'placeholderInCommand',
  'placeholderInEnvironment',
  'publicBackendAddress',
  'publicTrustedProxies',
  'publishDestination',
  'readOnlyCache',
  'repeatedPath',
  'rootUser',
  'routerImage',
  'sharedNames',
  'spareGpus',
  'stickinessOrder',
  'targetQuota',
  'unreachableBackend',
  'unsupportedGpu',
  'untrustedProxies',
] as const;

type WarningKind = (typeof WARNING_KINDS)[number];

/** A warning about one thing of a definition. */
export interface Warning {
  readonly id: WarningKind | `${WarningKind}.${string}`;
  readonly message: string;
}

/** Finds warnings when a construct is validated, because later declarations may change what there is to warn of. */
export type FindWarnings = () => readonly Warning[];

/** How the id of every warning begins. */
export const WARNING_PREFIX = 'serving-constructs:';

/** The metadata of a construct that acknowledges a warning of it or of anything below it. CDK writes it out. */
const ACKNOWLEDGED = 'serving-constructs:acknowledgedWarning';

/** Keeps a warning of this scope from being reported, and records why. */
export function acknowledgeWarning(scope: IConstruct, id: string, reason?: string): void {
  scope.node.addMetadata(ACKNOWLEDGED, { id, ...(reason !== undefined && { reason }) });
}

/** A construct, and what finds its warnings. */
export interface ScopedWarnings {
  readonly scope: IConstruct;
  readonly find: FindWarnings;
}

/** Reports warnings when their construct is validated, each once, unless it was acknowledged by then. */
export function reportAtSynthesis(scope: IConstruct, find: FindWarnings, report: (warning: Warning) => void): void {
  const reported = new Set<string>();
  scope.node.addValidation({
    validate: () => {
      for (const warning of openWarnings({ scope, find })) {
        if (reported.has(warning.id)) continue;
        reported.add(warning.id);
        report(warning);
      }
      return [];
    },
  });
}

/** The warnings of a construct that are not acknowledged so far, without the encodings of tokens. */
export function openWarnings({ scope, find }: ScopedWarnings): Warning[] {
  return find()
    .filter(({ id }) => !isAcknowledged(scope, `${WARNING_PREFIX}${id}`))
    .map(({ id, message }) => ({ id, message: hideTokens(message) }));
}

function isAcknowledged(scope: IConstruct, id: string): boolean {
  return scope.node.scopes.some(({ node }) =>
    node.metadata.some(({ type, data }) => type === ACKNOWLEDGED && data.id === id),
  );
}
