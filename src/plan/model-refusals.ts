import { isSameImage } from '../private/images/same-image';
import { shellWord } from '../private/shell-word';
import { type BackendIntent, ModelDeliveryKind, type ModelIntent } from './intents';
import { copySecondsOf, isBrought, maxSecondsOf, waysOf } from './models';
import { refuse } from './refuse';
import { COPY_BYTES_PER_SECOND } from './rules';
import type { ModelPlan, Refusal } from './serving-plan';
import { gibibytes, mebibytes } from './sizes';
import type { TargetProfile } from './target-profile';

/** The directory of an image that its models are in. */
const BAKED_PATH = '/models';

/** What each way of delivery needs of the model, for who asked for it in vain. */
const NEEDS: { readonly [kind in ModelDeliveryKind]: string } = {
  [ModelDeliveryKind.IN_IMAGE]: 'files that are in the image of the server',
  [ModelDeliveryKind.FETCH]: "a model in S3: publish it there with 'to' (such as 's3://bucket/models')",
  [ModelDeliveryKind.IMAGE_VOLUME]:
    "a model in a registry: publish it there with 'to' (such as 'registry.example.com/models')",
  [ModelDeliveryKind.COPY]: "a model in a registry: publish it there with 'to' (such as 'registry.example.com/models')",
  [ModelDeliveryKind.BAKED]:
    "a model that was locked upon the image of its server, with '--variant baked --base <image>'",
  [ModelDeliveryKind.VOLUME]: 'a volume that exists',
};

/** Refuses what cannot be delivered to a backend in the way that was chosen. */
export function refuseModels(
  target: TargetProfile,
  backend: BackendIntent,
  models: ModelPlan[],
  refusals: Refusal[],
): void {
  for (const { intent, delivery } of models) {
    if (!waysOf(intent).includes(delivery)) {
      refuse(
        refusals,
        'ModelDelivery',
        backend.path,
        `'delivery' (${delivery}) of model '${intent.name}' needs ${NEEDS[delivery]}; or leave 'delivery' out`,
      );
      continue;
    }
    if (isBrought(delivery)) refuseSlow(target, backend, intent, refusals);
    if (delivery === ModelDeliveryKind.COPY) refuseUncopied(backend, intent, refusals);
    if (delivery === ModelDeliveryKind.BAKED) refuseBaked(backend, intent, refusals);
  }
  const baked = models.filter(({ delivery }) => delivery === ModelDeliveryKind.BAKED).map(({ intent }) => intent.name);
  if (baked.length > 1) {
    refuse(
      refusals,
      'ModelDelivery',
      backend.path,
      `models ${baked.map((name) => `'${name}'`).join(' and ')} are each baked upon the image of backend '${backend.name}', which can have one; deliver the others in another way, or bake one directory that holds all`,
    );
  }
}

function refuseSlow(target: TargetProfile, backend: BackendIntent, model: ModelIntent, refusals: Refusal[]): void {
  const max = maxSecondsOf(target, backend);
  const { name, fetchSeconds, bytes = 0 } = model;
  if (fetchSeconds !== undefined) {
    if (fetchSeconds <= max) return;
    refuse(
      refusals,
      'FetchTooLong',
      backend.path,
      `'fetchTimeout' (${fetchSeconds} s) of model '${name}' must be at most ${max} s on this compute; ` +
        'bake the model into the image, or use a compute without the limit',
    );
    return;
  }
  const seconds = copySecondsOf(bytes);
  if (seconds <= max) return;
  refuse(
    refusals,
    'FetchTooLong',
    backend.path,
    `model '${name}' (${gibibytes(bytes)}) takes about ${seconds} s at ${mebibytes(COPY_BYTES_PER_SECOND)} per second to be brought to backend '${backend.name}', ` +
      `and ${backend.compute ?? 'this compute'} ends that after ${max} s; bake it into the image, use a volume or a compute without the limit, or say a 'fetchTimeout' of at most ${max} s if it is faster here`,
  );
}

function refuseUncopied(
  backend: BackendIntent,
  { name, image, directory = name }: ModelIntent,
  refusals: Refusal[],
): void {
  if (image?.canCopy !== false) return;
  refuse(
    refusals,
    'ModelDelivery',
    backend.path,
    `the image of model '${name}' holds files alone, so that no container of it can copy them out; lock it upon an image with 'cp', as in: serving lock ${shellWord(directory)} --variant shell --base busybox:1.37; or publish it to S3`,
  );
}

function refuseBaked(backend: BackendIntent, { name, image, mountPath }: ModelIntent, refusals: Refusal[]): void {
  if (mountPath !== BAKED_PATH) {
    refuse(
      refusals,
      'ModelDelivery',
      backend.path,
      `'path' ('${mountPath}') cannot move model '${name}', which is baked into an image at '${BAKED_PATH}'; leave it out`,
    );
  }
  if (image?.base !== undefined && backend.image !== undefined && isSameImage(image.base, backend.image)) return;
  refuse(
    refusals,
    'ModelDelivery',
    backend.path,
    `model '${name}' is baked upon '${image?.base}', but the image of backend '${backend.name}' is '${backend.image ?? 'known to the platform only'}'; name the one that it is baked upon, by digest or as it is locked, or lock the model again`,
  );
}
