import { isNvidia } from '../../plan/gpus';
import type { BackendIntent } from '../../plan/intents';
import type { ServingPlan } from '../../plan/plan';
import { slug } from '../../private/names';
import type { Warning } from './warnings';

/** Words of images that are built for processors, and for devices of other vendors. */
const CPU_IMAGE = /(?:^|[^a-z])cpu(?:[^a-z]|$)/i;
const OTHER_IMAGE = /(?:^|[^a-z])(?:rocm|amd|xpu|intel|hpu|gaudi|neuron|tpu)\d*(?:[^a-z]|$)/i;

/** A server without the device that it is built for starts and fails, or never gets ready. */
export function gpuWarnings({ name, gpu, image = '', server: { descriptor } }: BackendIntent): Warning[] {
  const { accelerator } = descriptor;
  if (accelerator === undefined || CPU_IMAGE.test(image)) return [];
  if (gpu === undefined) {
    const message = `backend '${name}' has no GPU, which ${descriptor.name} usually requires; set 'gpu', for example Gpu.nvidia(), or acknowledge this warning if its image runs without`;
    return [{ id: `missingGpu.${slug(name)}`, message }];
  }
  const { nvidiaOnly = false, nvidiaImage } = accelerator;
  const isBuiltForNvidia = nvidiaOnly || (nvidiaImage === repositoryOf(image) && !OTHER_IMAGE.test(image));
  if (isNvidia(gpu) || !isBuiltForNvidia) return [];
  const built = nvidiaOnly ? descriptor.name : `the image '${image}'`;
  const message = `backend '${name}' requests '${gpu.resourceName}', but ${built} supports NVIDIA GPUs only; use Gpu.nvidia(), or ${nvidiaOnly ? 'another server' : 'an image that is built for the device'}`;
  return [{ id: `unsupportedGpu.${slug(name)}`, message }];
}

/**
 * The default rollout of a backend, for which nothing in the definition provides GPUs: no rollout is set, the platform adds
 * no nodes, and autoscaling does not require as many. Shares of a GPU are not counted, because a GPU has several.
 */
export function rolloutGpus(plan: ServingPlan, { path, name }: BackendIntent): Warning[] {
  const { intent, minReplicas, maxReplicas } = plan.backend(path);
  const { gpu, rollout, addsNodes } = intent;
  if (gpu === undefined || gpu.shared === true || rollout.isDefault !== true || addsNodes === true) return [];
  const replicas = minReplicas + Math.ceil((minReplicas * rollout.surgePercent) / 100);
  if (replicas <= maxReplicas) return [];
  const inPlace = minReplicas > 1 ? 'Rollout.inPlace()' : 'Rollout.inPlace({ allowDowntime: true })';
  const message = `a rollout of backend '${name}' runs up to ${replicas} replicas, which require ${replicas * gpu.count} GPUs at once instead of ${minReplicas * gpu.count}; without them the new replicas stay pending; set 'rollout' to ${inPlace}, which stops old replicas first, or to Rollout.surge() if these GPUs are available`;
  return [{ id: `spareGpus.${slug(name)}`, message }];
}

/** The repository of a reference without a registry of its own, tag and digest. */
function repositoryOf(image: string): string {
  return image.replace(/^docker\.io\//, '').split(/[:@]/)[0] as string;
}
