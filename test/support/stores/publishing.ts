import type { Artifact, PublishEvent } from '../../../src/tools/artifact/artifact';
import { EcrApi } from '../../../src/tools/ecr/ecr-api';
import { EcrRepository } from '../../../src/tools/ecr/ecr-repository';
import { UploadJournal } from '../../../src/tools/ecr/upload-journal';
import { HttpRepository } from '../../../src/tools/registry/http-repository';
import { RegistryClient, type RegistryOptions } from '../../../src/tools/registry/registry-client';
import { ImageStore } from '../../../src/tools/stores/image-store';

/** As many retries as by default, with minimal delays. */
export const QUICK = { attempts: 6, firstWait: 1, maxWait: 5 };

/** A store over HTTP on this machine. */
export function httpStore(
  host: string,
  options: RegistryOptions & {
    readonly mountFrom?: string[];
    readonly tags?: string[];
    readonly repository?: string;
  } = {},
): ImageStore {
  const { mountFrom = [], tags = [], repository = 'models', ...rest } = options;
  const client = new RegistryClient(host, repository, {
    plainHttp: true,
    push: true,
    alsoFrom: mountFrom,
    credentials: async () => undefined,
    retry: QUICK,
    ...rest,
  });
  return new ImageStore(new HttpRepository(client, mountFrom), tags);
}

/** A store through the API of ECR on this machine. */
export async function ecrStore(
  host: string,
  options: { readonly journal: string; readonly pid?: number; readonly tags?: string[]; readonly repository?: string },
): Promise<{ store: ImageStore; api: EcrApi }> {
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_ECR: `http://${host}`,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'eu-west-1',
  });
  const api = await EcrApi.open(host, options.repository ?? 'models');
  const journal = new UploadJournal(options.journal, options.pid);
  return { api, store: new ImageStore(new EcrRepository(api, host, journal, QUICK), options.tags) };
}

/** Publishes, closes, and returns what was reported. */
export async function publishTo(store: ImageStore, artifact: Artifact): Promise<PublishEvent[]> {
  const events: PublishEvent[] = [];
  await store.publish(artifact, (event) => events.push(event)).finally(() => store.close());
  return events;
}

export function countOf(events: readonly PublishEvent[], kind: PublishEvent['event']): number {
  return events.filter(({ event }) => event === kind).length;
}
