import { Stack } from 'aws-cdk-lib';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { isOffline } from '../../constructs/private/definition-warnings';
import type { Model } from '../../models/model';
import { STORES } from '../../models/private/store-variables';
import type { BackendIntent } from '../../plan/intents';
import { parseEcrHost } from '../../private/images/ecr-host';
import { isUnresolved } from '../../private/tokens';
import { IMAGES, referenceOf } from '../../workload/private/bundled-images';
import type { SecretValue } from '../../workload/secret-value';
import { EcsSecret } from '../ecs-secret';
import type { TaskSettingsOptions } from '../task-settings-options';
import type { BoundBackend } from './bound-backend';
import { type InterfaceName, OF_EVERY_TASK } from './vpc';

/** What only instances use, for their agent. */
const OF_INSTANCES: readonly InterfaceName[] = ['ecs', 'ecs-agent', 'ecs-telemetry'];

/** The services of AWS that the tasks of a backend use. */
export function interfacesOf(backend: BoundBackend, onInstances: boolean): Set<InterfaceName> {
  const { enableExecuteCommand = false, registryCredentials }: TaskSettingsOptions = backend.settings;
  return new Set([
    ...OF_EVERY_TASK,
    ...secretsOf(backend).map(storeOf),
    ...(registryCredentials === undefined ? [] : (['secretsmanager'] as const)),
    ...(enableExecuteCommand ? (['ssmmessages'] as const) : []),
    ...(onInstances ? OF_INSTANCES : []),
  ]);
}

function secretsOf({ secrets, sidecars = [], models }: BoundBackend): SecretValue[] {
  return [
    secrets,
    ...sidecars.map((sidecar) => sidecar.secrets),
    ...models.map(({ _resources }) => _resources.secrets),
  ].flatMap((some) => Object.values(some ?? {}));
}

/** Secrets without a resource of CDK are in Secrets Manager. The ARN of a parameter has the name of its service. */
function storeOf(secret: SecretValue): InterfaceName {
  return EcsSecret.isEcsSecret(secret) && secret._secret.arn.includes(':ssm:') ? 'ssm' : 'secretsmanager';
}

/** Something outside of AWS that a task loads. */
export interface Download {
  /** What is loaded from where, as the start of a sentence. */
  readonly what: string;
  /** What to do instead. */
  readonly instead: string;
  /** Whether it is certainly on the internet, rather than on a host that may be in the network of the VPC. */
  readonly isPublic: boolean;
}

/** What the tasks of a backend load from elsewhere than the services of AWS in their region. */
export function downloadsOf(backend: BoundBackend, definition: ecs.TaskDefinition): Download[] {
  return [...imageDownloads(backend, definition), ...modelDownloads(backend, Stack.of(definition).region)];
}

/** Registries on the internet. */
const PUBLIC_REGISTRY =
  /^(?:(?:[a-z0-9-]+\.)*docker\.io|ghcr\.io|quay\.io|public\.ecr\.aws|nvcr\.io|(?:[a-z0-9-]+\.)?gcr\.io|[a-z0-9-]+\.pkg\.dev|registry\.k8s\.io|mcr\.microsoft\.com|registry\.gitlab\.com|cgr\.dev|docker\.elastic\.co)$/;

/** The options for the images of the platform. */
const IMAGE_OPTIONS = { fetchImage: IMAGES.fetch, hubImage: IMAGES.hub, archiveImage: IMAGES.archives };

function imageDownloads({ intent }: BoundBackend, definition: ecs.TaskDefinition): Download[] {
  const { region } = Stack.of(definition);
  const resource = definition.node.defaultChild as ecs.CfnTaskDefinition;
  const containers = Stack.of(definition).resolve(resource.containerDefinitions) as { readonly image?: unknown }[];
  const images = new Set(containers.map(({ image }) => image));
  return [...images].flatMap((image): Download[] => {
    // A reference is to a repository or an asset in ECR.
    if (typeof image !== 'string') return [];
    const registry = registryOf(image);
    const host = parseEcrHost(registry);
    if (host !== undefined && (host.region === region || isUnresolved(region))) return [];
    const [option] = Object.entries(IMAGE_OPTIONS).find(([, known]) => referenceOf(known) === image) ?? [];
    const copy = host === undefined ? 'copy it to Amazon ECR' : `copy it to a repository in ${region}`;
    return [
      {
        what: `image '${image}' of backend '${intent.name}' is pulled from '${registry}'`,
        instead: option === undefined ? copy : `${copy} and set '${option}' of the platform`,
        isPublic: host !== undefined || PUBLIC_REGISTRY.test(registry),
      },
    ];
  });
}

/** The registry of an image reference. */
function registryOf(image: string): string {
  const [first = '', ...rest] = image.split('/');
  return rest.length > 0 && /[.:]|^localhost$/.test(first) ? first : 'docker.io';
}

/** What to do with a model that is not in AWS. */
const FROM_S3 = "publish it to S3 with 'serving publish', and use Model.fromS3";

function modelDownloads(backend: BoundBackend, region: string): Download[] {
  const { intent, fetches, models } = backend;
  const fetched = fetches.flatMap(({ model, uri = '', index }): Download[] => {
    const what = `model '${model}' of backend '${intent.name}' is downloaded from`;
    const other = (models[index]?._resources.owner as s3.IBucket | undefined)?.env.region ?? region;
    if (other !== region && !isUnresolved(other + region))
      return [{ what: `${what} a bucket in ${other}`, instead: `copy it to a bucket in ${region}`, isPublic: true }];
    if (uri.startsWith('hf://')) return [{ what: `${what} the Hugging Face Hub`, instead: FROM_S3, isPublic: true }];
    const address = uri.startsWith('https://') ? uri : storeOfModel(uri, models[index], intent);
    if (address === undefined || OF_AWS.test(address)) return [];
    return [{ what: `${what} ${hostOf(address)}`, instead: FROM_S3, isPublic: false }];
  });
  return [...fetched, ...serverDownloads(intent)];
}

/** The configured URL of a store with the protocol of S3. */
function storeOfModel(uri: string, model: Model | undefined, { environment }: BackendIntent): string | undefined {
  if (!uri.startsWith('s3://')) return undefined;
  return model?._intent().endpoint ?? STORES.map((name) => environment[name]).find((url) => url !== undefined);
}

/** An endpoint of Amazon S3, for example one in a VPC. */
const OF_AWS = /^https:\/\/[^/]+\.amazonaws\.com(?:\.cn)?(?:\/|$)/;

/** The host of a URL, in quotes. It can be a token, which the parser of URLs refuses. */
function hostOf(url: string): string {
  return `'${url.replace(/^https?:\/\/([^/]+).*$/, '$1')}'`;
}

/** What the server itself downloads when it starts. */
function serverDownloads({ name, server, environment }: BackendIntent): Download[] {
  const { hubModel, pulledModels = [] } = server;
  const pulled = pulledModels.map((model): Download => {
    const what = `the server of backend '${name}' pulls model '${model}'`;
    return { what, instead: 'use an image or a volume that contains it', isPublic: !OWN_REGISTRY.test(model) };
  });
  if (hubModel === undefined || isOffline(environment)) return pulled;
  const what = `the server of backend '${name}' downloads model '${hubModel}' from the Hugging Face Hub`;
  return [...pulled, { what, instead: FROM_S3, isPublic: true }];
}

/** A model that Ollama pulls from another registry than its own and the Hugging Face Hub. */
const OWN_REGISTRY = /^(?!(?:hf\.co|huggingface\.co|registry\.ollama\.ai)\/)[^/]*[.:][^/]*\//;
