import type { Command } from '../command-line/command';

/** A command, which is loaded when it is used: none pays for what another needs. */
export interface CommandRow {
  readonly summary: string;
  readonly load: () => Command;
}

/** The words after `serving`. */
export const COMMANDS: { readonly [name: string]: CommandRow } = {
  explain: {
    summary:
      'run a CDK or cdk8s app and print where its endpoints are, who gets which share, and which times protect them',
    load: () => (require('./explain') as typeof import('./explain')).explainCommand,
  },
  lock: {
    summary: 'write what models and images are into the lock file, or compare',
    load: () => (require('./lock') as typeof import('./lock')).lockCommand,
  },
  pack: {
    summary: 'write the images of locked models into a folder, for sites that no network reaches',
    load: () => (require('./pack') as typeof import('./pack')).packCommand,
  },
  publish: {
    summary: 'put locked models into a registry or a bucket',
    load: () => (require('./publish') as typeof import('./publish')).publishCommand,
  },
  status: {
    summary: 'show whether models are as locked, and where they are published',
    load: () => (require('./status') as typeof import('./status')).statusCommand,
  },
  verify: {
    summary: 'check published models and apps against the lock file',
    load: () => (require('./verify') as typeof import('./verify')).verifyCommand,
  },
};
