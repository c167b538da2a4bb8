import { Duration } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { BackendBinding } from '../../constructs/bindings';
import type { Model } from '../../models/model';
import { ENDPOINT_VARIABLE, type FetchCommand, s3FetchCommand } from '../../models/private/fetch-command';
import { hubEnvironment } from '../../models/private/hub-environment';
import { storeVariables } from '../../models/private/store-variables';
import { textCommand } from '../../models/private/text-command';
import { ARCHIVE_NAME, isUrl, unpackCommand } from '../../models/private/unpack-command';
import type { FetchPlan, ModelVolumePlan } from '../../plan/fetches';
import { IMAGES, referenceOf } from '../../workload/private/bundled-images';
import type { EcsPlatformProps } from '../ecs-platform-props';
import type { BoundBackend, ServedTask } from './bound-backend';
import { confine } from './confinement';
import { containerImage, pulledImage, registryCredentials } from './images';
import { accountsOf, grantS3Decrypt, grantS3Read } from './model-permissions';
import { SCRATCH } from './scratch';
import { containerSecrets, secretOf } from './secrets';

/** The memory reservation of a container that fetches or copies a model, on an instance. */
export const FETCH_MEMORY_MIB = 256;

/** Where a container that copies mounts the volume. At the server's path it would hide the files of the model image. */
const COPY_ROOT = '/copied';

const { SUCCESS } = ecs.ContainerDependencyCondition;

/** Copies a directory of the image, if it exists, with owners, modes and links. */
const COPY_DIRECTORY = 'if [ -d "$1" ]; then exec cp -a "$1/." "$2/"; fi';

/** The capabilities with which root copies files of other users, and gives the copies to them. */
const COPY_CAPABILITIES = [ecs.Capability.CHOWN, ecs.Capability.DAC_OVERRIDE, ecs.Capability.FOWNER];

/** A model that is fetched into a volume. */
interface PlacedFetch {
  readonly fetch: FetchPlan;
  readonly model: Model;
  /** Where the volume is mounted. */
  readonly mountPath: string;
}

/** A container that fetches or copies one model. */
interface FetchContainer {
  readonly image: string;
  readonly entryPoint?: string[];
  readonly command: string[];
  /** Where it mounts the volume. */
  readonly volumePath: string;
  /** The user, if that of the image cannot write to the volume, which root owns. */
  readonly user?: string;
}

/**
 * Adds a container for each model that is fetched or copied before the server starts, and the volumes that they share. The
 * start timeout is set on the container that others depend on, because the agent applies it there.
 */
export function addModelContainers(
  backend: BoundBackend,
  { definition, server }: ServedTask,
  logging: (prefix: string) => ecs.LogDriver,
  props: EcsPlatformProps,
): void {
  const { fetches, volumes } = backend;
  const mountPaths = new Map(volumes.map(({ name, mountPath }) => [name, mountPath]));
  const copies = new Map<string, ecs.ContainerDefinition>();
  for (const [position, volume] of volumes.entries()) {
    const { name, mountPath, imageSeconds } = volume;
    definition.addVolume({ name });
    const isOfImage = imageSeconds !== undefined;
    const readOnly = !isOfImage || backend.intent.readOnlyRootFilesystem;
    server.addMountPoints({ sourceVolume: name, containerPath: mountPath, readOnly });
    if (isOfImage) copies.set(name, addDirectoryCopy({ backend, definition, logging: logging('fetch'), position }));
  }
  for (const [position, fetch] of fetches.entries()) {
    const model = backend.models[fetch.index] as Model;
    const specs = fetchContainers({ fetch, model, mountPath: mountPaths.get(fetch.volume) as string }, props);
    let last = copies.get(fetch.volume);
    for (const [step, spec] of specs.entries()) {
      const id = `${step === 0 ? 'Fetch' : 'Unpack'}${position}`;
      const container = definition.addContainer(id, {
        image: pulledImage(spec.image, definition, fetch.uri === undefined ? registryCredentials(backend) : undefined),
        essential: false,
        entryPoint: spec.entryPoint,
        command: spec.command,
        user: spec.user,
        startTimeout: Duration.seconds(fetch.seconds),
        readonlyRootFilesystem: true,
        ...variablesOf(backend, fetch, step),
        // The copy of a directory of the image has the owner in the image, who may be the only one with access.
        ...confine(backend.scope, `${id}LinuxParameters`, {
          capabilities: copies.has(fetch.volume) ? COPY_CAPABILITIES : [],
        }),
        logging: logging('fetch'),
        ...(definition.isFargateCompatible ? {} : { memoryReservationMiB: FETCH_MEMORY_MIB }),
      });
      keepRegion(container, backend.intent.environment);
      container.addMountPoints(
        { sourceVolume: SCRATCH.name, containerPath: SCRATCH.mountPath, readOnly: false },
        { sourceVolume: fetch.volume, containerPath: spec.volumePath, readOnly: false },
      );
      if (last !== undefined) container.addContainerDependencies({ container: last, condition: SUCCESS });
      server.addContainerDependencies({ container, condition: SUCCESS });
      last = container;
    }
    const { uri, singleObject, archive = false } = fetch;
    if (uri?.startsWith('s3://') && hasRole(model)) {
      const accounts = accountsOf(model, definition, props.modelBucketAccounts);
      grantS3Read(definition, { uri, singleObject: singleObject || archive, accounts });
    }
  }
  for (const model of backend.models) grantS3Decrypt(definition, model);
}

/** Whether the task role reads a model: it is in Amazon S3, and no other credentials are given for it. */
function hasRole(model: Model): boolean {
  return model._intent().endpoint === undefined && model._resources.secrets === undefined;
}

/** A container that copies a directory of the server's image into a volume. */
interface DirectoryCopy {
  readonly backend: BoundBackend;
  readonly definition: ecs.TaskDefinition;
  readonly logging: ecs.LogDriver;
  /** The position of the volume among those of the backend. */
  readonly position: number;
}

/**
 * Fills the volume of a single file with the directory of the image that it is mounted over. Root copies with the
 * capabilities that preserve owners and modes, so that the server finds its files as they are in the image.
 */
function addDirectoryCopy({ backend, definition, logging, position }: DirectoryCopy): ecs.ContainerDefinition {
  const { name, mountPath, imageSeconds } = backend.volumes[position] as ModelVolumePlan;
  const id = `Directory${position}`;
  const container = definition.addContainer(id, {
    image: containerImage(backend, backend.modelPlans, definition),
    essential: false,
    entryPoint: ['sh', '-c'],
    command: [COPY_DIRECTORY, 'copy', mountPath, COPY_ROOT],
    user: '0',
    startTimeout: Duration.seconds(imageSeconds as number),
    readonlyRootFilesystem: true,
    ...confine(backend.scope, `${id}LinuxParameters`, { capabilities: COPY_CAPABILITIES }),
    logging,
    ...(definition.isFargateCompatible ? {} : { memoryReservationMiB: FETCH_MEMORY_MIB }),
  });
  container.addMountPoints({ sourceVolume: name, containerPath: COPY_ROOT, readOnly: false });
  return container;
}

/** The containers of one model in their order: the fetch, and for an archive in S3 one that unpacks it. */
function fetchContainers(placed: PlacedFetch, props: EcsPlatformProps): FetchContainer[] {
  const intent = placed.model._intent();
  if (isUrl(placed.fetch)) return [unpackContainer(placed, props)];
  const fetch = fetchContainer(placed, props);
  return intent.archive === true ? [fetch, unpackContainer(placed, props)] : [fetch];
}

function unpackContainer({ fetch, model, mountPath }: PlacedFetch, props: EcsPlatformProps): FetchContainer {
  const { sha256, bytes, archive = false } = model._intent();
  const url = isUrl(fetch) ? fetch.uri : undefined;
  return pythonContainer(
    unpackCommand({ url, sha256, bytes, archive, destination: fetch.destination }),
    mountPath,
    props,
  );
}

/** A container of the image with Python, which unpacks archives and writes texts. */
function pythonContainer(
  { program, args }: FetchCommand,
  volumePath: string,
  { archiveImage }: EcsPlatformProps,
): FetchContainer {
  return {
    image: archiveImage ?? referenceOf(IMAGES.archives),
    entryPoint: program,
    command: args,
    volumePath,
    user: '0',
  };
}

function fetchContainer({ fetch, model, mountPath }: PlacedFetch, props: EcsPlatformProps): FetchContainer {
  const { uri, image, directory, destination, singleObject, archive = false } = fetch;
  if (uri === undefined) {
    const target = `${COPY_ROOT}${destination.slice(mountPath.length)}`;
    return {
      image: image as string,
      entryPoint: ['cp'],
      command: ['-R', `${directory}/.`, target],
      volumePath: COPY_ROOT,
      user: '0',
    };
  }
  const { text } = model._intent();
  if (text !== undefined) return pythonContainer(textCommand(text, destination), mountPath, props);
  if (uri.startsWith('hf://')) {
    return {
      image: props.hubImage ?? referenceOf(IMAGES.hub),
      command: [uri, destination],
      volumePath: mountPath,
      user: '0',
    };
  }
  const { program, args } = s3FetchCommand({
    uri,
    singleObject: singleObject || archive,
    destination: archive ? `${destination}${ARCHIVE_NAME}` : destination,
    layers: model._resources.layers,
  });
  return {
    image: props.fetchImage ?? referenceOf(IMAGES.fetch),
    entryPoint: program,
    command: args,
    volumePath: mountPath,
  };
}

/** The variables of a container that fetches: from S3 those of the server that the AWS CLI reads, from a hub the token. */
function variablesOf(
  backend: BackendBinding,
  { uri = '', index }: FetchPlan,
  step: number,
): Pick<ecs.ContainerDefinitionOptions, 'environment' | 'secrets'> {
  const home = { HOME: SCRATCH.mountPath };
  const model = backend.models[index] as Model;
  if (step > 0) return { environment: home };
  const own = secretsOf(backend, index);
  if (!uri.startsWith('s3://')) return { environment: { ...home, ...hubEnvironment(model._intent()) }, secrets: own };
  const { endpoint } = model._intent();
  const { environment } = backend.intent;
  const secrets = containerSecrets(backend);
  const names = [...Object.keys(environment), ...Object.keys(secrets)];
  const shared = storeVariables(model, { models: backend.models, variables: names });
  return {
    environment: {
      ...home,
      ...picked(environment, shared),
      ...(endpoint !== undefined && { [ENDPOINT_VARIABLE]: endpoint }),
    },
    secrets: { ...picked(secrets, shared), ...own },
  };
}

/** The credentials that only the container of a model receives. */
function secretsOf(backend: BackendBinding, index: number): { [variable: string]: ecs.Secret } {
  const { secrets = {} } = (backend.models[index] as Model)._resources;
  return Object.fromEntries(
    Object.entries(secrets).map(([variable, secret]) => [
      variable,
      secretOf(backend, `Model${index}-${variable}`, secret),
    ]),
  );
}

function picked<T>(variables: { readonly [name: string]: T }, names: readonly string[]): { [name: string]: T } {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => names.includes(name)));
}

/** CDK sets the region of the stack in containers on instances, also if the definition sets another. */
export function keepRegion(container: ecs.ContainerDefinition, environment: { readonly [name: string]: string }): void {
  if (environment.AWS_REGION !== undefined) container.addEnvironment('AWS_REGION', environment.AWS_REGION);
}
