import { type EndpointIntent, ModelDeliveryKind } from './intents';
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

/** A reference without the digest, for reports. */
function nameOf(reference: string): string {
  return reference.replace(/@.*/, '');
}
