import { ServingError } from '../private/errors';
import { requireSlashes } from '../private/slashes';
import type { PlacedModel, ServerStart, StartContext } from './define-server';

/** The only model of the backend, or undefined if it has none. */
export function onlyModelOf(prop: string, { models, at }: StartContext): PlacedModel | undefined {
  if (models.length < 2) return models[0];
  const paths = models.map(({ path }) => `'${path}'`).join(', ');
  throw new ServingError(
    'ModelNotNamed',
    `'${prop}' of the server is required, because the backend has ${models.length} models (${paths}) and the server loads only one`,
    at,
  );
}

/** The path of the model: the option, otherwise that of the backend's only model. */
export function modelPathOf(prop: string, path: string | undefined, context: StartContext): string {
  return typed(prop, path) ?? (onlyModelOf(prop, context) ?? missingModel(prop, context)).path;
}

/** The same for a server that requires a directory. */
export function modelDirectoryOf(prop: string, path: string | undefined, context: StartContext): string {
  return typed(prop, path) ?? (onlyDirectoryOf(prop, context) ?? missingModel(prop, context)).path;
}

/** The path of a directory of models: the option, otherwise that of the backend's only model, if any. */
export function repositoryPathOf(prop: string, path: string | undefined, context: StartContext): string | undefined {
  return typed(prop, path) ?? onlyDirectoryOf(prop, context)?.path;
}

/** The path of an option; undefined if it is not set. */
export function typed(prop: string, path: string | undefined): string | undefined {
  return path === undefined ? undefined : requireSlashes(prop, path);
}

function onlyDirectoryOf(prop: string, context: StartContext): PlacedModel | undefined {
  const model = onlyModelOf(prop, context);
  if (!model?.isFile) return model;
  throw new ServingError(
    'InvalidModel',
    `the model at '${model.path}' is a single file, but its server requires a directory; use a prefix ('s3://bucket/prefix/'), or set '${prop}' of the server to a directory`,
    context.at,
  );
}

/** Throws for a server that requires a model if the backend has none. */
export function missingModel(prop: string, { at }: StartContext): never {
  throw new ServingError(
    'ModelNotNamed',
    `the server requires a model, but the backend has none; set 'model' of the backend, or '${prop}' of the server`,
    at,
  );
}

/** The model, if it is a name on the Hugging Face Hub, from where the server downloads it when it starts. */
export function hubModelOf(model: string): Pick<ServerStart, 'hubModel'> {
  return /^[A-Za-z0-9][\w.-]*\/[A-Za-z0-9][\w.-]*$/.test(model) ? { hubModel: model } : {};
}

/**
 * The variable for the download directory of the Hugging Face Hub, because the default directory of the image may not
 * be writable. Empty if the model is a directory.
 */
export function hubCacheOf(variable: string, model: string): Pick<ServerStart, 'environment' | 'changeable'> {
  return model.startsWith('/') ? {} : { environment: { [variable]: '/tmp/hub' }, changeable: [variable] };
}
