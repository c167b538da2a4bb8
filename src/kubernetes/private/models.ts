import type { BackendIntent, ModelIntent } from '../../plan/intents';
import { literal } from './environment';
import type { Container, EnvVar, Volume, VolumeMount } from './manifests';
import { fetchResources, mebibytes } from './quantities';
import { containerSecurity } from './security';
import { TMP_MOUNT } from './volumes';

/** Where a container that fetches finds the volume of its model. */
const FETCH_ROOT = '/model';

/** What the models of a backend add to its pods. */
export interface ModelParts {
  readonly initContainers: Container[];
  readonly mounts: VolumeMount[];
  readonly volumes: Volume[];
}

/**
 * One volume and one container that fills it for each fetched model. The server sees a directory as a mount, and one
 * object as a mount of the file alone, so that what the image has beside it stays visible.
 */
export function modelParts(intent: BackendIntent, image: string, env: EnvVar[]): ModelParts {
  const models = intent.models.filter((model) => model.uri !== undefined);
  const sizeLimit = intent.ephemeralStorageMib === undefined ? undefined : mebibytes(intent.ephemeralStorageMib);
  return {
    initContainers: models.map((model, index) => fetchContainer(intent, model, index, image, env)),
    mounts: models.map((model, index) => ({
      name: volumeName(index),
      mountPath: model.mountPath,
      subPath: model.singleObject ? fileName(model) : undefined,
      readOnly: true,
    })),
    volumes: models.map((_, index) => ({ name: volumeName(index), emptyDir: { sizeLimit } })),
  };
}

/** The models of a backend for people and tools, as the value of an annotation. */
export function describeModels(models: ModelIntent[]): string {
  return JSON.stringify(
    models.map(({ name, description, uri, mountPath }) => ({ name, description, uri, path: mountPath })),
  );
}

function fetchContainer(
  intent: BackendIntent,
  model: ModelIntent,
  index: number,
  image: string,
  env: EnvVar[],
): Container {
  const target = model.singleObject ? `${FETCH_ROOT}/${fileName(model)}` : `${FETCH_ROOT}/`;
  return {
    name: `fetch-${index}`,
    image,
    imagePullPolicy: 'IfNotPresent',
    args: [
      's3',
      'cp',
      ...(model.singleObject ? [] : ['--recursive']),
      '--no-progress',
      model.uri as string,
      target,
    ].map(literal),
    env: [{ name: 'HOME', value: TMP_MOUNT.mountPath }, ...env],
    resources: fetchResources(intent),
    securityContext: containerSecurity(intent, true),
    volumeMounts: [{ name: volumeName(index), mountPath: FETCH_ROOT }, TMP_MOUNT],
  };
}

function volumeName(index: number): string {
  return `model-${index}`;
}

function fileName(model: ModelIntent): string {
  return model.mountPath.slice(model.mountPath.lastIndexOf('/') + 1);
}
