import type { ModelIntent } from './intents';
import type { FetchPlan, ModelVolumePlan } from './serving-plan';
import { fetchSecondsOf } from './timeouts/startup';

/** One fetch for each model that is not in the image, and the volumes that they fill. */
export function planFetches(
  models: ModelIntent[],
  maxSeconds: number,
): { fetches: FetchPlan[]; volumes: ModelVolumePlan[] } {
  const remote = models.flatMap((model) => (model.uri === undefined ? [] : [{ ...model, uri: model.uri }]));
  const directories = remote.map((model) => (model.singleObject ? parentOf(model.mountPath) : model.mountPath));
  // A volume inside a read-only volume has nowhere to be mounted, so the outermost directories become the volumes.
  const roots = [...new Set(directories)].filter(
    (path) => !directories.some((other) => other !== path && path.startsWith(`${other === '/' ? '' : other}/`)),
  );
  const volumeOf = (path: string): number =>
    roots.findIndex((root) => path === root || path.startsWith(`${root === '/' ? '' : root}/`));
  return {
    volumes: roots.map((mountPath, index) => ({ name: `models-${index}`, mountPath })),
    fetches: remote.map((model, index) => ({
      model: model.name,
      uri: model.uri,
      singleObject: model.singleObject,
      destination: model.singleObject ? model.mountPath : `${model.mountPath}/`,
      volume: `models-${volumeOf(directories[index] as string)}`,
      seconds: fetchSecondsOf(model.fetchSeconds, maxSeconds),
    })),
  };
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}
