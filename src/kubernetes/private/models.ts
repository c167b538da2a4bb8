import type { Model } from '../../models/model';
import { ENDPOINT_VARIABLE, s3FetchCommand } from '../../models/private/fetch-command';
import { hubEnvironment } from '../../models/private/hub-environment';
import { storeVariables } from '../../models/private/store-variables';
import { textCommand } from '../../models/private/text-command';
import { ARCHIVE_NAME, isUrl, unpackCommand } from '../../models/private/unpack-command';
import { type BackendIntent, ModelDeliveryKind, type ModelIntent } from '../../plan/intents';
import { isTransferred } from '../../plan/models';
import type { ModelPlan } from '../../plan/serving-plan';
import { literal, secretVariable } from './environment';
import type { Container, EnvVar, Volume, VolumeMount } from './manifests';
import { fetchResources, mebibytes } from './quantities';
import { containerSecurity } from './security';
import { TMP_MOUNT } from './volumes';

/** Where an init container mounts the volume that it fills with a model. */
const FETCH_ROOT = '/model';

/** Where whole model images are mounted if their files are linked. */
const IMAGES_ROOT = '/serving-images';

/** What all containers that fetch models have in common. */
export interface FetchOptions {
  /** The image that fetches from S3. */
  readonly fetchImage: string;
  /** The image that fetches from the Hugging Face Hub. */
  readonly hubImage: string;
  /** The image that unpacks archives, downloads over HTTPS and writes texts. */
  readonly archiveImage: string;
  /** Whether models in image volumes are linked to their paths, because the nodes may ignore directories of such volumes. */
  readonly linksImages: boolean;
  /** The environment of the server. */
  readonly env: EnvVar[];
}

/** What the models of a backend add to its Pods. */
export interface ModelParts {
  readonly initContainers: Container[];
  readonly mounts: VolumeMount[];
  readonly volumes: Volume[];
}

/**
 * One volume for each model that is not in the server's image, and an init container that fills it unless it already
 * contains the model. A single object is mounted as a file, so that other files of the image in its directory stay visible.
 */
export function modelParts(
  intent: BackendIntent,
  plans: ModelPlan[],
  models: Model[],
  options: FetchOptions,
): ModelParts {
  const parts = plans
    .flatMap((plan, index) => {
      const model = models[index] as Model;
      const mounting = mountingOf(intent, plan, model);
      return mounting === undefined ? [] : [{ intent, plan, model, models, mounting }];
    })
    .map((model, position) => partsOf({ ...model, position }, options));
  return {
    initContainers: parts.flatMap(({ initContainers }) => initContainers),
    mounts: parts.flatMap(({ mounts }) => mounts),
    volumes: parts.flatMap(({ volumes }) => volumes),
  };
}

/** The models of a backend, as the value of an annotation for people and tools. */
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

/** The source of a model's volume, and the path of the model in it. */
interface Mounting {
  readonly volume: Omit<Volume, 'name'>;
  readonly subPath?: string;
}

/** How a model is mounted; undefined if it is in the server's image. */
function mountingOf(backend: BackendIntent, plan: ModelPlan, model: Model): Mounting | undefined {
  const { delivery, source, intent } = plan;
  switch (delivery) {
    case ModelDeliveryKind.IN_IMAGE:
    case ModelDeliveryKind.BAKED:
      return undefined;
    case ModelDeliveryKind.IMAGE_VOLUME:
      return {
        volume: { image: { reference: source as string, pullPolicy: 'IfNotPresent' } },
        subPath: intent.image?.directory.slice(1),
      };
    case ModelDeliveryKind.VOLUME:
      return {
        volume: { persistentVolumeClaim: { claimName: intent.volume as string, readOnly: true } },
        subPath: model._resources.directory,
      };
    case ModelDeliveryKind.FETCH:
    case ModelDeliveryKind.COPY:
      return {
        volume: { emptyDir: { sizeLimit: limitOf(backend.ephemeralStorageMib) } },
        subPath: intent.singleObject ? fileName(plan) : undefined,
      };
  }
}

/** A model that becomes a volume of a Pod. */
interface MountedModel {
  readonly intent: BackendIntent;
  readonly plan: ModelPlan;
  readonly model: Model;
  /** All models of the backend. */
  readonly models: readonly Model[];
  readonly mounting: Mounting;
  /** Its position among these models. */
  readonly position: number;
}

function partsOf(mounted: MountedModel, options: FetchOptions): ModelParts {
  const { plan, mounting, position } = mounted;
  const { volume, subPath } = mounting;
  if (plan.delivery === ModelDeliveryKind.IMAGE_VOLUME && options.linksImages) {
    return linkedParts(mounted, options.fetchImage);
  }
  const name = volumeName(position);
  return {
    initContainers: isTransferred(plan.delivery) ? fetchContainers(mounted, options) : [],
    mounts: [{ name, mountPath: plan.intent.mountPath, subPath, readOnly: true }],
    volumes: [{ name, ...volume }],
  };
}

/**
 * A model image that is mounted as a whole, and links to its files at the path of the model: on nodes that ignore the
 * directory of an image volume, the files would otherwise be one directory too deep. A container that runs again replaces its
 * links.
 */
function linkedParts(mounted: MountedModel, image: string): ModelParts {
  const { plan, mounting, position } = mounted;
  const whole: VolumeMount = { name: `image-${position}`, mountPath: `${IMAGES_ROOT}/${position}`, readOnly: true };
  const links = initContainer(mounted, 'link', {
    image,
    command: ['cp'],
    args: ['-rsf', literal(`${whole.mountPath}/${mounting.subPath}/.`), `${FETCH_ROOT}/`],
    env: [{ name: 'HOME', value: TMP_MOUNT.mountPath }],
  });
  const name = volumeName(position);
  return {
    initContainers: [{ ...links, volumeMounts: [...(links.volumeMounts ?? []), whole] }],
    mounts: [whole, { name, mountPath: plan.intent.mountPath, readOnly: true }],
    volumes: [
      { name: whole.name, ...mounting.volume },
      { name, emptyDir: {} },
    ],
  };
}

/** The init containers that fetch a model, and unpack it if it is an archive in S3. */
function fetchContainers(mounted: MountedModel, options: FetchOptions): Container[] {
  const { intent } = mounted.plan;
  const fetch = initContainer(mounted, 'fetch', fetcherOf(mounted, options));
  if (intent.archive !== true || isUrl(intent)) return [fetch];
  return [fetch, initContainer(mounted, 'unpack', unpackerOf(intent, options))];
}

/** The program of an init container that provides a model. */
type Fetcher = Pick<Container, 'image' | 'command' | 'args' | 'env'>;

function initContainer(
  { intent, position }: MountedModel,
  what: 'fetch' | 'link' | 'unpack',
  fetcher: Fetcher,
): Container {
  return {
    name: `${what}-${position}`,
    imagePullPolicy: 'IfNotPresent',
    ...fetcher,
    resources: fetchResources(intent),
    securityContext: containerSecurity(intent, true),
    volumeMounts: [{ name: volumeName(position), mountPath: FETCH_ROOT }, TMP_MOUNT],
  };
}

/** The program that provides a model: a copy from the model's own image, or a download from its store. */
function fetcherOf(mounted: MountedModel, { fetchImage, hubImage, archiveImage, env }: FetchOptions): Fetcher {
  const { model } = mounted;
  const { intent, delivery, source } = mounted.plan;
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
    const patterns = Object.entries(hubEnvironment(intent)).map(([name, value]) => ({ name, value: literal(value) }));
    return { image: hubImage, args: [address, `${FETCH_ROOT}/`], env: [home, ...patterns, ...ownSecrets(model)] };
  }
  if (isUrl(intent)) return unpackerOf(intent, { archiveImage });
  if (intent.text !== undefined) {
    const { program, args } = textCommand(intent.text, destinationOf(intent));
    return { image: archiveImage, command: program, args: args.map(literal), env: [home] };
  }
  const { archive = false, singleObject } = intent;
  const { program, args } = s3FetchCommand({
    uri: source as string,
    singleObject: archive || singleObject,
    destination: archive ? `${FETCH_ROOT}/${ARCHIVE_NAME}` : destinationOf(intent),
    layers: model._resources.layers,
  });
  return {
    image: fetchImage,
    command: program,
    args: args.map(literal),
    env: [home, ...storeEnvironment(mounted, env)],
  };
}

/** The program that unpacks an archive, or downloads a model over HTTPS. */
function unpackerOf(intent: ModelIntent, { archiveImage }: Pick<FetchOptions, 'archiveImage'>): Fetcher {
  const { uri, sha256, bytes, archive = false } = intent;
  const url = isUrl(intent) ? uri : undefined;
  const { program, args } = unpackCommand({ url, sha256, bytes, archive, destination: destinationOf(intent) });
  const env = [{ name: 'HOME', value: TMP_MOUNT.mountPath }];
  return { image: archiveImage, command: program, args: args.map(literal), env };
}

/** The file, or the directory, in the volume of an init container. */
function destinationOf(intent: ModelIntent): string {
  return intent.singleObject ? `${FETCH_ROOT}/${fileName({ intent })}` : `${FETCH_ROOT}/`;
}

/** The variables of the server that the AWS CLI reads, with the store of the model and its keys. */
function storeEnvironment({ model, models }: MountedModel, env: EnvVar[]): EnvVar[] {
  const { endpoint } = model._intent();
  const shared = storeVariables(model, { models, variables: env.map(({ name }) => name) });
  return [
    ...env.filter(({ name }) => shared.includes(name)),
    ...(endpoint === undefined ? [] : [{ name: ENDPOINT_VARIABLE, value: literal(endpoint) }]),
    ...ownSecrets(model),
  ];
}

/** The credentials that only the container of a model receives. */
function ownSecrets({ _resources: { secrets = {} } }: Model): EnvVar[] {
  return Object.entries(secrets).map(([name, secret]) => secretVariable(name, secret));
}

function limitOf(mib: number | undefined): string | undefined {
  return mib === undefined ? undefined : mebibytes(mib);
}

function volumeName(position: number): string {
  return `model-${position}`;
}

function fileName({ intent: { mountPath } }: Pick<ModelPlan, 'intent'>): string {
  return mountPath.slice(mountPath.lastIndexOf('/') + 1);
}
