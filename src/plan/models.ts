import { capabilityOf } from './capabilities';
import { FEATURE_OF_DELIVERY } from './features';
import type { FetchPlan, ModelVolumePlan } from './fetches';
import { type BackendIntent, ModelDeliveryKind, type ModelIntent } from './intents';
import { COPY_BYTES_PER_SECOND, FETCH_SECONDS } from './rules';
import type { ModelPlan } from './serving-plan';
import { SupportLevel, type TargetProfile } from './target-profile';

/** The ways in which a container of its own brings the model before the server starts. */
const BROUGHT: { readonly [kind in ModelDeliveryKind]: boolean } = {
  [ModelDeliveryKind.IN_IMAGE]: false,
  [ModelDeliveryKind.FETCH]: true,
  [ModelDeliveryKind.IMAGE_VOLUME]: false,
  [ModelDeliveryKind.COPY]: true,
  [ModelDeliveryKind.BAKED]: false,
  [ModelDeliveryKind.VOLUME]: false,
};

/** The ways in which a model can be delivered by what it is, the best first. */
export function waysOf({ uri, volume, image }: ModelIntent): ModelDeliveryKind[] {
  if (uri !== undefined) return [ModelDeliveryKind.FETCH];
  if (volume !== undefined) return [ModelDeliveryKind.VOLUME];
  if (image === undefined) return [ModelDeliveryKind.IN_IMAGE];
  if (image.base !== undefined) return [ModelDeliveryKind.BAKED];
  return [ModelDeliveryKind.IMAGE_VOLUME, ModelDeliveryKind.COPY];
}

/** Whether a container of its own brings the model before the server starts. */
export function isBrought(delivery: ModelDeliveryKind): boolean {
  return BROUGHT[delivery];
}

/** How each model of a backend is delivered: as was asked for, or in the first way that the target has. */
export function planModels(target: TargetProfile, backend: BackendIntent): ModelPlan[] {
  return backend.models.map((intent) => {
    const ways = waysOf(intent);
    const delivery = intent.delivery ?? ways.find((way) => isPossible(target, way)) ?? (ways[0] as ModelDeliveryKind);
    return {
      intent,
      delivery,
      source: intent.uri ?? intent.image?.reference,
      seconds: isBrought(delivery) ? bringSecondsOf(target, backend, intent) : 0,
    };
  });
}

/** One container for each model that is brought, and the volumes that they fill. */
export function planFetches(models: ModelPlan[]): { fetches: FetchPlan[]; volumes: ModelVolumePlan[] } {
  const brought = models.flatMap((model, index) => (isBrought(model.delivery) ? [{ ...model, index }] : []));
  const directories = brought.map(({ intent }) =>
    intent.singleObject ? parentOf(intent.mountPath) : intent.mountPath,
  );
  // A volume inside a read-only volume has nowhere to be mounted, so the outermost directories become the volumes.
  const roots = [...new Set(directories)].filter(
    (path) => !directories.some((other) => other !== path && path.startsWith(`${other === '/' ? '' : other}/`)),
  );
  const volumeOf = (path: string): number =>
    roots.findIndex((root) => path === root || path.startsWith(`${root === '/' ? '' : root}/`));
  return {
    volumes: roots.map((mountPath, index) => ({ name: `models-${index}`, mountPath })),
    fetches: brought.map(({ intent, index, seconds, delivery }, position) => ({
      model: intent.name,
      index,
      ...(delivery === ModelDeliveryKind.FETCH
        ? { uri: intent.uri }
        : { image: intent.image?.reference, directory: intent.image?.directory }),
      singleObject: intent.singleObject,
      destination: intent.singleObject ? intent.mountPath : `${intent.mountPath}/`,
      volume: `models-${volumeOf(directories[position] as string)}`,
      seconds,
    })),
  };
}

/** The image that was made of the server's and a model; none where no model is baked. */
export function bakedImage(models: ModelPlan[]): string | undefined {
  return models.find(({ delivery }) => delivery === ModelDeliveryKind.BAKED)?.intent.image?.reference;
}

/** The time in which a container brings this many bytes, in seconds. */
export function copySecondsOf(bytes = 0): number {
  return Math.ceil(bytes / COPY_BYTES_PER_SECOND);
}

function bringSecondsOf(target: TargetProfile, backend: BackendIntent, { fetchSeconds, bytes }: ModelIntent): number {
  return Math.ceil(
    Math.min(fetchSeconds ?? Math.max(FETCH_SECONDS, 2 * copySecondsOf(bytes)), maxSecondsOf(target, backend)),
  );
}

/** The longest that the compute of a backend lets a container bring a model, in seconds. */
export function maxSecondsOf(target: TargetProfile, { maxFetchSeconds }: BackendIntent): number {
  return maxFetchSeconds ?? target.maxFetchSeconds ?? Number.POSITIVE_INFINITY;
}

function isPossible(target: TargetProfile, way: ModelDeliveryKind): boolean {
  const feature = FEATURE_OF_DELIVERY[way];
  return feature === undefined || capabilityOf(target, feature).level !== SupportLevel.REFUSED;
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}
