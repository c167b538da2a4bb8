import { isWithin, MODELS_ROOT, parentOf } from '../private/paths';
import { capabilityOf } from './capabilities';
import { FEATURE_OF_DELIVERY } from './features';
import type { FetchPlan, ModelVolumePlan } from './fetches';
import { type BackendIntent, ModelDeliveryKind, type ModelIntent } from './intents';
import { COPY_BYTES_PER_SECOND, FETCH_SECONDS } from './rules';
import type { ModelPlan } from './serving-plan';
import { SupportLevel, type TargetProfile } from './target-profile';

/** Whether a separate container transfers the model before the server starts. */
const TRANSFERRED: { readonly [kind in ModelDeliveryKind]: boolean } = {
  [ModelDeliveryKind.IN_IMAGE]: false,
  [ModelDeliveryKind.FETCH]: true,
  [ModelDeliveryKind.IMAGE_VOLUME]: false,
  [ModelDeliveryKind.COPY]: true,
  [ModelDeliveryKind.BAKED]: false,
  [ModelDeliveryKind.VOLUME]: false,
};

/** The possible deliveries of a model, best first. */
export function deliveriesOf({ uri, volume, image }: ModelIntent): ModelDeliveryKind[] {
  if (uri !== undefined) return [ModelDeliveryKind.FETCH];
  if (volume !== undefined) return [ModelDeliveryKind.VOLUME];
  if (image === undefined) return [ModelDeliveryKind.IN_IMAGE];
  if (image.base !== undefined) return [ModelDeliveryKind.BAKED];
  return [ModelDeliveryKind.IMAGE_VOLUME, ModelDeliveryKind.COPY];
}

/** Whether a separate container transfers the model before the server starts. */
export function isTransferred(delivery: ModelDeliveryKind): boolean {
  return TRANSFERRED[delivery];
}

/** The delivery of each model of a backend: the configured one, or the best that the target supports. */
export function planModels(target: TargetProfile, backend: BackendIntent): ModelPlan[] {
  return backend.models.map((intent) => {
    const possible = deliveriesOf(intent);
    const delivery =
      intent.delivery ?? possible.find((kind) => isSupported(target, kind)) ?? (possible[0] as ModelDeliveryKind);
    return {
      intent,
      delivery,
      source: intent.uri ?? intent.image?.reference,
      seconds: isTransferred(delivery) ? transferSecondsOf(target, backend, intent) : 0,
    };
  });
}

/** One container for each transferred model, and the volumes that they write to. */
export function planFetches(models: ModelPlan[]): { fetches: FetchPlan[]; volumes: ModelVolumePlan[] } {
  const transferred = models.flatMap((model, index) => (isTransferred(model.delivery) ? [{ ...model, index }] : []));
  const directories = transferred.map(({ intent }) =>
    intent.singleObject ? parentOf(intent.mountPath) : intent.mountPath,
  );
  // A volume cannot be mounted inside a read-only volume, so the outermost directories become the volumes.
  const roots = [...new Set(directories)].filter(
    (path) => !directories.some((other) => other !== path && isWithin(path, other)),
  );
  const volumeOf = (path: string): number => roots.findIndex((root) => isWithin(path, root));
  const imageSecondsOf = (root: string): number | undefined => {
    const files = transferred.filter(({ intent }) => isBesideImage(intent) && isWithin(intent.mountPath, root));
    return files.length === 0 ? undefined : Math.max(...files.map(({ seconds }) => seconds));
  };
  return {
    volumes: roots.map((mountPath, index) => ({
      name: `models-${index}`,
      mountPath,
      imageSeconds: imageSecondsOf(mountPath),
    })),
    fetches: transferred.map(({ intent, index, seconds, delivery }, position) => ({
      model: intent.name,
      index,
      ...(delivery === ModelDeliveryKind.FETCH
        ? { uri: intent.uri }
        : { image: intent.image?.reference, directory: intent.image?.directory }),
      ...(intent.archive === true && { archive: true }),
      singleObject: intent.singleObject,
      destination: intent.singleObject ? intent.mountPath : `${intent.mountPath}/`,
      volume: `models-${volumeOf(directories[position] as string)}`,
      seconds,
    })),
  };
}

/** Whether a model is a single file in a directory that may contain other files of the server's image. */
export function isBesideImage({ singleObject, mountPath }: ModelIntent): boolean {
  return singleObject && !isWithin(parentOf(mountPath), MODELS_ROOT);
}

/** The server image with a baked model, if any. */
export function bakedImage(models: ModelPlan[]): string | undefined {
  return models.find(({ delivery }) => delivery === ModelDeliveryKind.BAKED)?.intent.image?.reference;
}

/** The time in seconds that a container takes to copy this many bytes. */
export function copySecondsOf(bytes = 0): number {
  return Math.ceil(bytes / COPY_BYTES_PER_SECOND);
}

function transferSecondsOf(
  target: TargetProfile,
  backend: BackendIntent,
  { fetchSeconds, bytes }: ModelIntent,
): number {
  return Math.ceil(
    Math.min(fetchSeconds ?? Math.max(FETCH_SECONDS, 2 * copySecondsOf(bytes)), maxSecondsOf(target, backend)),
  );
}

/** The longest time that the compute of a backend allows for the transfer of a model, in seconds. */
export function maxSecondsOf(target: TargetProfile, { maxFetchSeconds }: BackendIntent): number {
  return maxFetchSeconds ?? target.maxFetchSeconds ?? Number.POSITIVE_INFINITY;
}

function isSupported(target: TargetProfile, delivery: ModelDeliveryKind): boolean {
  const feature = FEATURE_OF_DELIVERY[delivery];
  return feature === undefined || capabilityOf(target, feature).level !== SupportLevel.REFUSED;
}
