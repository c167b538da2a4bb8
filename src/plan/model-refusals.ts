import { isSameImage } from '../private/images/same-image';
import { shellWord } from '../private/shell-word';
import { type BackendIntent, ModelDeliveryKind, type ModelIntent } from './intents';
import { copySecondsOf, deliveriesOf, isTransferred, maxSecondsOf } from './models';
import { refuse } from './refuse';
import { COPY_BYTES_PER_SECOND } from './rules';
import type { ModelPlan, Refusal } from './serving-plan';
import { gibibytes, mebibytes } from './sizes';
import type { TargetProfile } from './target-profile';

/** The directory of models in an image. */
const BAKED_PATH = '/models';

/** The model that each delivery requires, for messages. */
const REQUIREMENTS: { readonly [kind in ModelDeliveryKind]: string } = {
  [ModelDeliveryKind.IN_IMAGE]: 'files in the image of the server',
  [ModelDeliveryKind.FETCH]: "a model in S3: publish it there with 'to' (such as 's3://bucket/models')",
  [ModelDeliveryKind.IMAGE_VOLUME]:
    "a model in a registry: publish it there with 'to' (such as 'registry.example.com/models')",
  [ModelDeliveryKind.COPY]: "a model in a registry: publish it there with 'to' (such as 'registry.example.com/models')",
  [ModelDeliveryKind.BAKED]:
    "a model that is locked with the image of its server as base: '--variant baked --base <image>'",
  [ModelDeliveryKind.VOLUME]: 'an existing volume',
};

/** Refuses models whose configured delivery is not possible. */
export function refuseModels(
  target: TargetProfile,
  backend: BackendIntent,
  models: ModelPlan[],
  refusals: Refusal[],
): void {
  for (const { intent, delivery } of models) {
    if (!deliveriesOf(intent).includes(delivery)) {
      refuse(
        refusals,
        'ModelDelivery',
        backend.path,
        `'delivery' (${delivery}) of model '${intent.name}' requires ${REQUIREMENTS[delivery]}; or leave 'delivery' out`,
      );
      continue;
    }
    if (isTransferred(delivery)) refuseSlow(target, backend, intent, refusals);
    if (delivery === ModelDeliveryKind.COPY) refuseUncopied(backend, intent, refusals);
    if (delivery === ModelDeliveryKind.BAKED) refuseBaked(backend, intent, refusals);
  }
  const baked = models.filter(({ delivery }) => delivery === ModelDeliveryKind.BAKED).map(({ intent }) => intent.name);
  if (baked.length > 1) {
    refuse(
      refusals,
      'ModelDelivery',
      backend.path,
      `models ${baked.map((name) => `'${name}'`).join(' and ')} are each baked into an image, but backend '${backend.name}' can use only one image; deliver the others in another way, or bake one directory with all models`,
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
        'bake the model into the image, or use compute without this limit',
    );
    return;
  }
  const seconds = copySecondsOf(bytes);
  if (seconds <= max) return;
  refuse(
    refusals,
    'FetchTooLong',
    backend.path,
    `copying model '${name}' (${gibibytes(bytes)}) to backend '${backend.name}' takes about ${seconds} s at ${mebibytes(COPY_BYTES_PER_SECOND)} per second, ` +
      `but ${backend.compute ?? 'this compute'} allows at most ${max} s; bake it into the image, use a volume or compute without this limit, or set 'fetchTimeout' to at most ${max} s if it is faster`,
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
    `the image of model '${name}' contains only files and no 'cp' to copy them; lock it with a base image that has 'cp', for example: serving lock ${shellWord(directory)} --variant shell --base busybox:1.37; or publish it to S3`,
  );
}

function refuseBaked(backend: BackendIntent, { name, image, mountPath }: ModelIntent, refusals: Refusal[]): void {
  if (mountPath !== BAKED_PATH) {
    refuse(
      refusals,
      'ModelDelivery',
      backend.path,
      `'path' ('${mountPath}') must be '${BAKED_PATH}' for model '${name}', which is baked into an image at that path; leave it out`,
    );
  }
  if (image?.base !== undefined && backend.image !== undefined && isSameImage(image.base, backend.image)) return;
  refuse(
    refusals,
    'ModelDelivery',
    backend.path,
    `model '${name}' is baked into base image '${image?.base}', but the image of backend '${backend.name}' is ${backend.image === undefined ? 'only known to the platform' : `'${backend.image}'`}; use the base image of the model, by digest or as it is locked, or lock the model again`,
  );
}
