import type { Change } from '../change';
import { checkHealth } from './health';
import { checkImmutable } from './immutable';
import { type ClusterObject, ClusterUpdate, shownObject } from './objects';
import { checkServices } from './services';
import { checkWorkloads } from './workloads';

/** Kinds that run nothing and that nothing is sent to. Their removal is not worth a line. */
const QUIET = ['ServiceAccount', 'PodDisruptionBudget', 'Role', 'RoleBinding', 'NetworkPolicy'];

const CHECKS = [checkImmutable, checkServices, checkWorkloads, checkHealth, checkRemoved];

/** Everything that an update of manifests does to requests and capacity, and what makes it fail. */
export function checkObjects(before: readonly ClusterObject[], after: readonly ClusterObject[]): Change[] {
  const update = new ClusterUpdate(before, after);
  return CHECKS.flatMap((check) => check(update));
}

function checkRemoved(update: ClusterUpdate): Change[] {
  return update.removed
    .filter(({ kind }) => !QUIET.includes(kind))
    .map((one) => {
      const message = "is removed; 'kubectl apply' leaves it in the cluster, and tools that prune delete it";
      return { kind: 'Removed', subject: shownObject(one), message };
    });
}
