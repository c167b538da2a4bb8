import type { Model } from '../../models/model';
import { type BackendIntent, ModelDeliveryKind } from '../../plan/intents';
import { isBrought } from '../../plan/models';
import type { ModelPlan } from '../../plan/serving-plan';
import { literal, secretVariable } from './environment';
import type { Container, EnvVar, Volume, VolumeMount } from './manifests';
import { fetchResources, mebibytes } from './quantities';
import { containerSecurity } from './security';
import { TMP_MOUNT } from './volumes';

/** Where a container that brings a model finds its volume. */
const FETCH_ROOT = '/model';

/** The images of containers that fetch. */
export interface FetchImages {
  /** From S3. */
  readonly fetchImage: string;
  /** From the Hugging Face Hub. */
  readonly hubImage: string;
}

/** What the models of a backend add to its pods. */
export interface ModelParts {
  readonly initContainers: Container[];
  readonly mounts: VolumeMount[];
  readonly volumes: Volume[];
}

/**
 * One volume for each model that is not in the server's image, and a container that fills it where nothing else does. The
 * server sees a directory as a mount, and one object as a mount of the file alone, so that what the image has beside it
 * stays visible.
 */
export function modelParts(
  intent: BackendIntent,
  plans: ModelPlan[],
  models: Model[],
  images: FetchImages,
  env: EnvVar[],
): ModelParts {
  const mounted = plans
    .map((plan, index) => ({ plan, model: models[index] as Model }))
    .filter(({ plan }) => isMounted(plan));
  return {
    initContainers: mounted.flatMap(({ plan, model }, index) =>
      isBrought(plan.delivery) ? [bringingContainer(intent, plan, model, index, images, env)] : [],
    ),
    mounts: mounted.map(({ plan, model }, index) => ({
      name: volumeName(index),
      mountPath: plan.intent.mountPath,
      subPath: subPathOf(plan, model),
      readOnly: true,
    })),
    volumes: mounted.map(({ plan }, index) => ({ name: volumeName(index), ...sourceOf(intent, plan) })),
  };
}

/** The models of a backend for people and tools, as the value of an annotation. */
export function describeModels(models: ModelPlan[]): string {
  return JSON.stringify(
    models.map(({ intent: { name, description, volume, mountPath }, source }) => ({
      name,
      description,
      uri: source,
      volume,
      path: mountPath,
    })),
  );
}

function isMounted({ delivery }: ModelPlan): boolean {
  return delivery !== ModelDeliveryKind.IN_IMAGE && delivery !== ModelDeliveryKind.BAKED;
}

function sourceOf(intent: BackendIntent, { delivery, source, intent: model }: ModelPlan): Omit<Volume, 'name'> {
  if (delivery === ModelDeliveryKind.IMAGE_VOLUME)
    return { image: { reference: source as string, pullPolicy: 'IfNotPresent' } };
  if (delivery === ModelDeliveryKind.VOLUME)
    return { persistentVolumeClaim: { claimName: model.volume as string, readOnly: true } };
  return {
    emptyDir: {
      sizeLimit: intent.ephemeralStorageMib === undefined ? undefined : mebibytes(intent.ephemeralStorageMib),
    },
  };
}

/** The part of a volume that is the model. */
function subPathOf(plan: ModelPlan, model: Model): string | undefined {
  if (plan.delivery === ModelDeliveryKind.IMAGE_VOLUME) return plan.intent.image?.directory.slice(1);
  if (plan.delivery === ModelDeliveryKind.VOLUME) return model._resources.directory;
  return plan.intent.singleObject ? fileName(plan) : undefined;
}

function bringingContainer(
  intent: BackendIntent,
  plan: ModelPlan,
  model: Model,
  index: number,
  images: FetchImages,
  env: EnvVar[],
): Container {
  return {
    name: `fetch-${index}`,
    imagePullPolicy: 'IfNotPresent',
    ...bringing(plan, model, images, env),
    resources: fetchResources(intent),
    securityContext: containerSecurity(intent, true),
    volumeMounts: [{ name: volumeName(index), mountPath: FETCH_ROOT }, TMP_MOUNT],
  };
}

/** What brings a model: its own image, or one that fetches from where it is. */
function bringing(
  { intent, delivery, source }: ModelPlan,
  model: Model,
  { fetchImage, hubImage }: FetchImages,
  env: EnvVar[],
): Pick<Container, 'image' | 'command' | 'args' | 'env'> {
  const address = literal(source as string);
  const home: EnvVar = { name: 'HOME', value: TMP_MOUNT.mountPath };
  if (delivery === ModelDeliveryKind.COPY) {
    return {
      image: source as string,
      command: ['cp'],
      args: ['-R', `${literal(intent.image?.directory as string)}/.`, `${FETCH_ROOT}/`],
      env: [home],
    };
  }
  if (address.startsWith('hf://')) {
    const { token } = model._resources;
    const secrets = token === undefined ? [] : [secretVariable('HF_TOKEN', token)];
    return { image: hubImage, args: [address, `${FETCH_ROOT}/`], env: [home, ...secrets] };
  }
  const recursive = intent.singleObject ? [] : ['--recursive'];
  const target = intent.singleObject ? `${FETCH_ROOT}/${fileName({ intent })}` : `${FETCH_ROOT}/`;
  return {
    image: fetchImage,
    args: ['s3', 'cp', ...recursive, '--no-progress', address, literal(target)],
    env: [home, ...env],
  };
}

function volumeName(index: number): string {
  return `model-${index}`;
}

function fileName({ intent: { mountPath } }: Pick<ModelPlan, 'intent'>): string {
  return mountPath.slice(mountPath.lastIndexOf('/') + 1);
}
