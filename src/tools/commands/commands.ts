import type { Command } from '../command-line/command';

/** A command. Its module is loaded when the command is used, so that none loads the dependencies of another. */
export interface CommandRow {
  readonly summary: string;
  readonly load: () => Command;
}

/** The commands, by name. */
export const COMMANDS: { readonly [name: string]: CommandRow } = {
  diff: {
    summary: 'compare two outputs of a CDK or cdk8s app, and list what fails, loses requests, rolls or is replaced',
    load: () => (require('./diff') as typeof import('./diff')).diffCommand,
  },
  explain: {
    summary: 'run a CDK or cdk8s app and print the URLs, traffic shares and timeouts of its endpoints',
    load: () => (require('./explain') as typeof import('./explain')).explainCommand,
  },
  lock: {
    summary: 'write the digests of models, apps and images to the lock file, or compare them with it',
    load: () => (require('./lock') as typeof import('./lock')).lockCommand,
  },
  pack: {
    summary: 'write the images of locked models to a folder, for air-gapped sites',
    load: () => (require('./pack') as typeof import('./pack')).packCommand,
  },
  publish: {
    summary: 'publish locked models and apps to a registry or a bucket',
    load: () => (require('./publish') as typeof import('./publish')).publishCommand,
  },
  status: {
    summary: 'show whether models and apps match the lock file, and where they are published',
    load: () => (require('./status') as typeof import('./status')).statusCommand,
  },
  verify: {
    summary: 'check published models and apps against the lock file',
    load: () => (require('./verify') as typeof import('./verify')).verifyCommand,
  },
};
