import { bundleCommandLine } from './command-line';
import { type Registry, startRegistry } from './registry';
import { type S3Server, startS3 } from './s3-server';

/** The command line and the stores that it publishes to, for the tests of one file. */
export class Stores {
  public program = '';
  private started?: { readonly registry: Registry; readonly s3: S3Server };

  public get registry(): Registry {
    return this.running.registry;
  }

  public get s3(): S3Server {
    return this.running.s3;
  }

  private get running(): { readonly registry: Registry; readonly s3: S3Server } {
    if (this.started === undefined) throw new Error('the stores are started before the first test');
    return this.started;
  }

  public async start(): Promise<void> {
    this.program = bundleCommandLine();
    this.started = { registry: await startRegistry(), s3: await startS3('models') };
  }

  public async stop(): Promise<void> {
    await this.started?.registry.stop();
    await this.started?.s3.stop();
  }
}

/** Starts the stores before the tests of a file, and stops them afterward. */
export function useStores(): Stores {
  const stores = new Stores();
  beforeAll(() => stores.start());
  afterAll(() => stores.stop());
  return stores;
}
