import { type BackendIntent, type EndpointIntent, type ImageFactsIntent, ModelDeliveryKind } from './intents';
import { scratchOf, TEMPORARY } from './process';
import { type LedgerEntry, LedgerTopic, type ModelPlan } from './serving-plan';
import { ImageUse, SupportLevel, type TargetProfile } from './target-profile';

/** One entry for all images of the package that the definitions use. */
export function imageEntries(
  { images = [] }: TargetProfile,
  endpoints: readonly EndpointIntent[],
  models: readonly ModelPlan[],
): LedgerEntry[] {
  const fetched = models.filter(({ delivery }) => delivery === ModelDeliveryKind.FETCH);
  const used: { readonly [use in ImageUse]: boolean } = {
    [ImageUse.ROUTER]: endpoints.length > 0,
    [ImageUse.S3]: fetched.some(({ source = '' }) => source.startsWith('s3://')),
    [ImageUse.HUB]: fetched.some(({ source = '' }) => source.startsWith('hf://')),
    [ImageUse.ARCHIVES]: fetched.some(({ intent, source = '' }) => intent.archive || source.startsWith('https://')),
    [ImageUse.LINKS]: models.some(({ delivery }) => delivery === ModelDeliveryKind.IMAGE_VOLUME),
  };
  const parts = images
    .filter(({ use }) => used[use])
    .map((image) => `${image.use}: ${nameOf(image.reference)}, released ${image.released}`);
  if (parts.length === 0) return [];
  return [{ path: '', feature: LedgerTopic.IMAGES, level: SupportLevel.NATIVE, detail: parts.join(', ') }];
}

/**
 * The user of a container, where the server must be able to run and write. Of an image that is not known, this is what it
 * must hold.
 *
 * @param user the numeric ID that is set for the container; undefined for that of the image
 */
export function userEntry(backend: BackendIntent, user: number | undefined): Pick<LedgerEntry, 'level' | 'detail'> {
  const { imageFacts: facts } = backend;
  const known = facts === undefined || facts.isAssumed ? undefined : facts;
  const place = placesOf(backend);
  if (known === undefined) {
    const who = user === undefined ? 'the user of the image' : `user ${user}`;
    const usual = facts === undefined ? '' : ` (as ${facts.repository})`;
    return {
      level: SupportLevel.APPLICATION,
      detail: `the image is not known, so its server must run as ${who}${usual} and ${place}`,
    };
  }
  const other = user !== undefined && user !== known.user;
  const runs = other ? `user ${user} must be able to read its files and ${place}` : `its server must ${place}`;
  return {
    level: other ? SupportLevel.APPLICATION : SupportLevel.NATIVE,
    detail: `${known.repository} runs as ${describeUser(known)}; ${runs}`,
  };
}

function describeUser({ user, userName, home }: ImageFactsIntent): string {
  const name = userName === undefined ? `user ${user}` : `${userName} (${user})`;
  return home === undefined ? name : `${name} with the home ${home}`;
}

/** Where a server must write. */
function placesOf(backend: BackendIntent): string {
  const others = scratchOf(backend)
    .map(({ path }) => path)
    .filter((path) => path !== TEMPORARY)
    .concat(backend.cache?.path ?? []);
  return backend.readOnlyRootFilesystem
    ? `write only below ${[TEMPORARY, ...others].join(', ')}, and ${TEMPORARY} is its HOME unless that is set`
    : 'write only where that user may';
}

/** A reference without the digest, for reports. */
function nameOf(reference: string): string {
  return reference.replace(/@.*/, '');
}
