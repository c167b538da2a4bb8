import type { Change } from '../change';
import { at, type Data, isEqual, object, objects, text } from '../data';
import { type ClusterObject, type ClusterUpdate, podTemplate, shownObject } from './objects';

/** A backend in the config of a router, with its own lines. */
const POOL = /^ *backend (\S+) from pool\n((?:(?! *backend ).*\n)*)/gm;

/** Deployments of other servers whose running Pods a router checks on the path of the new ones, as soon as it rolls. */
export function checkHealth(update: ClusterUpdate): Change[] {
  const [old, now] = [update.before, update.after].map(pathsOf);
  return update.kept.flatMap(({ from, to }): Change[] => {
    if (to.kind !== 'Deployment' || isEqual(serversOf(from), serversOf(to))) return [];
    const [left, path] = [old, now].map((paths) => paths?.get(`${to.namespace}/${to.name}`));
    if (left === undefined || path === undefined || left === path) return [];
    const message = `is checked on '${path}' by the router, which rolls too: its running Pods get no requests once a new Pod is ready, unless they answer '${path}' like '${left}'`;
    return [{ kind: 'OtherHealthCheck', subject: shownObject(to), message }];
  });
}

/** The path that routers check, by namespace and name of the backend. */
function pathsOf(all: readonly ClusterObject[]): Map<string, string> {
  const configs = all.filter(({ kind }) => kind === 'ConfigMap');
  return new Map(
    configs.flatMap(({ namespace, body }) =>
      configurationsIn(body).flatMap((config) =>
        [...config.matchAll(POOL)].map(
          ([, name, lines = '']) =>
            [`${namespace}/${name}`, /http-check send meth \S+ uri (\S+)/.exec(lines)?.[1] ?? '/'] as const,
        ),
      ),
    ),
  );
}

/** The parts of a configuration in a ConfigMap. A large one has its last pools in files of their own. */
function configurationsIn(configMap: Data): string[] {
  return Object.entries(object(configMap.data)).flatMap(([file, config]) =>
    file.endsWith('.cfg') ? [text(config)] : [],
  );
}

/** The containers of a workload without their probes. */
function serversOf(one: ClusterObject): Data[] {
  return objects(at(podTemplate(one), 'spec.containers')).map((container) => ({
    ...container,
    livenessProbe: undefined,
    readinessProbe: undefined,
    startupProbe: undefined,
  }));
}
