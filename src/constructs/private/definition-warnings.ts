import { capabilityOf } from '../../plan/capabilities';
import type { BackendIntent, EndpointIntent } from '../../plan/intents';
import { pathBelow } from '../../plan/path-times';
import type { ServingPlan } from '../../plan/plan';
import { TEMPORARY } from '../../plan/process';
import { Feature, SupportLevel, type TargetProfile } from '../../plan/target-profile';
import { slug } from '../../private/names';
import { isWithin } from '../../private/paths';
import type { Warning } from './warnings';

/** Paths below an endpoint that start with its own path, which they follow. */
export function repeatedPaths({ name, prefix, pathTimes = [] }: EndpointIntent): Warning[] {
  if (prefix === '/') return [];
  return pathTimes
    .filter(({ path }) => isWithin(path, prefix))
    .map(({ path }) => {
      const rest = path.slice(prefix.length);
      const way = rest === '' ? "set 'requestTimeout' of the endpoint" : `use '${rest}'`;
      const message = `'path' ('${path}') in 'paths' of endpoint '${name}' applies to '${pathBelow(prefix, path)}', because it follows the path of the endpoint ('${prefix}'); ${way}, or acknowledge this warning`;
      return { id: `repeatedPath.${slug(name)}`, message };
    });
}

/** What became of the directories of locked models since. */
export function modelDrifts({ models }: BackendIntent): Warning[] {
  return models.flatMap(({ name, drift }) => {
    if (drift === undefined) return [];
    const message = `the locked files of model '${name}' are used, but its directory differs in ${drift.join(', ')}; lock it again, or restore the files`;
    return [{ id: 'modelDrift', message }];
  });
}

/** Batches that have more places than a replica has requests: each waits for requests that do not come. */
export function unfilledBatches({ name, maxConcurrency, server: { batching } }: BackendIntent): Warning[] {
  if (batching === undefined || maxConcurrency === undefined || maxConcurrency >= batching.maxBatchSize) return [];
  const { maxBatchSize, delaySeconds } = batching;
  const effect = delaySeconds === undefined ? '' : ` and each waits ${delaySeconds} s`;
  const message = `'maxConcurrency' (${maxConcurrency}) of backend '${name}' is below 'maxBatchSize' (${maxBatchSize}) of 'batching', so that no batch of single requests is full${effect}; raise 'maxConcurrency', or lower 'maxBatchSize'`;
  return [{ id: `batchNeverFull.${slug(name)}`, message }];
}

/** Servers that download their model in the time for loading it, of which the default does not account for downloads. */
export function hubDownloads(backend: BackendIntent): Warning[] {
  const { name, server, environment, loadSeconds, isLoadTimeoutDefault } = backend;
  const { hubModel } = server;
  if (hubModel === undefined || isLoadTimeoutDefault !== true || isOffline(environment)) return [];
  const message = `the server of backend '${name}' downloads the model '${hubModel}' from the Hugging Face Hub during 'loadTimeout', which is the default of ${loadSeconds} s; set 'loadTimeout' to the time for the download and for loading the model, or set 'model' of the backend to Model.fromHuggingFace('${hubModel}', { revision: '<commit>' }), which is fetched before the server starts, and omit 'model' of the server`;
  return [{ id: `hubDownload.${slug(name)}`, message }];
}

/** Servers that pull their models in the time for loading them. */
export function pulls({ name, server, loadSeconds, isLoadTimeoutDefault }: BackendIntent): Warning[] {
  const { pulledModels = [] } = server;
  if (pulledModels.length === 0 || isLoadTimeoutDefault !== true) return [];
  const models = pulledModels.map((model) => `'${model}'`).join(', ');
  const message = `the server of backend '${name}' pulls ${models} during 'loadTimeout', which is the default of ${loadSeconds} s; set 'loadTimeout' to the time for the download`;
  return [{ id: `hubDownload.${slug(name)}`, message }];
}

/** Servers whose own store of models is empty in a new replica, and that pull none. */
export function emptyStores({ name, server, environment }: BackendIntent): Warning[] {
  const { OLLAMA_MODELS: store } = server.environment;
  const isFilled = server.pulledModels?.length !== 0 || environment.OLLAMA_MODELS !== store;
  if (store === undefined || isFilled || !isWithin(store, TEMPORARY)) return [];
  const message = `the server of backend '${name}' starts without a model, and answers requests for one with 404; set 'pull' of the server, or 'model' or 'cache' of the backend, or acknowledge this warning if its clients pull models`;
  return [{ id: `emptyStore.${slug(name)}`, message }];
}

/** Whether the libraries of the Hugging Face Hub use only files that the image or a volume contains. */
export function isOffline({ HF_HUB_OFFLINE: value = '' }: Record<string, string>): boolean {
  return /^(?:1|true|yes|on)$/i.test(value);
}

/** Models that a deployment publishes to where the lock file alone leads, without the question that the command line asks. */
export function lockedDestinations(target: TargetProfile, { models }: BackendIntent): Warning[] {
  // Where nothing is published by a deployment, that is an error already.
  if (capabilityOf(target, Feature.MODEL_PUBLISH).level === SupportLevel.REFUSED) return [];
  return models.flatMap(({ name, publish }) => {
    if (publish?.isLocked !== true) return [];
    const message = `model '${name}' is published to '${publish.to}' by each deployment, and only the lock file specifies that destination, so that a change of the lock file redirects the model; set 'to' ('${publish.to}') in the definition`;
    return [{ id: `publishDestination.${name}`, message }];
  });
}

/**
 * A backend that serves endpoints and gets none of their requests: without a share, a header rule and an address of its
 * own. One that no endpoint has, or whose replicas are called directly, gets its requests from elsewhere.
 */
export function unreachable(plan: ServingPlan, { path, name, directCallers }: BackendIntent): Warning[] {
  const serving = plan.backend(path).endpoints.map((endpoint) => plan.endpoint(endpoint));
  const isReached = serving.some(({ routes }) =>
    routes.some(({ shares }) => shares.some(({ backend, weight }) => backend === path && weight > 0)),
  );
  if (serving.length === 0 || directCallers === true || isReached) return [];
  const message = `backend '${name}' gets no requests: its share is 0, no header rule selects it, and it has no own address; give it a share or a header rule, or set 'ownAddress' (OwnAddress.HEADER)`;
  return [{ id: `unreachableBackend.${slug(name)}`, message }];
}
