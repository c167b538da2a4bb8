import type { Command } from './command';

/** A command, which is loaded when it is used: none pays for what another needs. */
export interface CommandRow {
  readonly summary: string;
  readonly load: () => Command;
}

/** The words after `serving`. */
export const COMMANDS: { readonly [name: string]: CommandRow } = {
  explain: {
    summary: 'run a CDK or cdk8s app and print the routes, timeouts and capabilities of its endpoints',
    load: () => (require('./explain') as typeof import('./explain')).explainCommand,
  },
};
