import { ServingError } from '../private/errors';
import type { PlacedModel, ServerStart, StartContext } from './define-server';

/** The only model of the backend, or nothing where it has none. */
export function onlyModelOf(prop: string, { models, at }: StartContext): PlacedModel | undefined {
  if (models.length < 2) return models[0];
  const paths = models.map(({ path }) => `'${path}'`).join(', ');
  throw new ServingError(
    'ModelNotNamed',
    `'${prop}' of the server must be set, because the backend has ${models.length} models (${paths}) and the server loads one`,
    at,
  );
}

/** Where the server finds its model: the option, else the only model of the backend. */
export function modelPathOf(prop: string, path: string | undefined, context: StartContext): string {
  return path ?? (onlyModelOf(prop, context) ?? missingModel(prop, context)).path;
}

/** The same for a server that takes no single file. */
export function modelDirectoryOf(prop: string, path: string | undefined, context: StartContext): string {
  return path ?? (onlyDirectoryOf(prop, context) ?? missingModel(prop, context)).path;
}

/** Where the server finds a directory of models: the option, else the only model of the backend; nothing without both. */
export function repositoryPathOf(prop: string, path: string | undefined, context: StartContext): string | undefined {
  return path ?? onlyDirectoryOf(prop, context)?.path;
}

function onlyDirectoryOf(prop: string, context: StartContext): PlacedModel | undefined {
  const model = onlyModelOf(prop, context);
  if (!model?.isFile) return model;
  throw new ServingError(
    'InvalidModel',
    `the model at '${model.path}' is one file, and its server requires a directory; fetch a prefix ('s3://bucket/prefix/'), or set '${prop}' of the server to a directory`,
    context.at,
  );
}

/** Fails for a server that serves one model, where the backend has none. */
export function missingModel(prop: string, { at }: StartContext): never {
  throw new ServingError(
    'ModelNotNamed',
    `the server requires a model and the backend has none; set 'model' of the backend, or '${prop}' of the server`,
    at,
  );
}

/**
 * The variable with the directory of models from the Hugging Face hub, for an image whose own directory cannot be written;
 * nothing where the model is a directory.
 */
export function hubCacheOf(variable: string, model: string): Pick<ServerStart, 'environment' | 'changeable'> {
  return model.startsWith('/') ? {} : { environment: { [variable]: '/tmp/hub' }, changeable: [variable] };
}
