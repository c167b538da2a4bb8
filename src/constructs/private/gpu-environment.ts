import type { IConstruct } from 'constructs';
import type { GpuIntent } from '../../plan/intents';
import { ServingError } from '../../private/errors';
import { type TypedVariables, VARIABLE_PROPS } from './container-environment';

/**
 * Variables by which a container runtime gives a container devices that it did not request, with the domain of the
 * resources: https://github.com/NVIDIA/k8s-device-plugin/issues/87, https://instinct.docs.amd.com/projects/container-toolkit
 * and https://docs.habana.ai. Which value applies if a device plugin sets the variable too differs between releases.
 */
const DEVICE_VARIABLES: { readonly [variable: string]: string } = {
  NVIDIA_VISIBLE_DEVICES: 'nvidia.com',
  AMD_VISIBLE_DEVICES: 'amd.com',
  HABANA_VISIBLE_DEVICES: 'habana.ai',
};

/** Values that give no device: they take devices away from a container that requests none, whose image sets the variable. */
const NO_DEVICES = ['', 'void', 'none'];

/** Refuses variables that give a container all GPUs of its node, or take those away that it requested. */
export function checkDeviceVariables(typed: TypedVariables, gpu: GpuIntent | undefined, at: IConstruct): void {
  for (const [variable, domain] of Object.entries(DEVICE_VARIABLES)) {
    const requested = gpu?.resourceName.startsWith(`${domain}/`) === true;
    const prop = VARIABLE_PROPS.find((one) => Object.hasOwn(typed[one], variable));
    if (prop === undefined) continue;
    if (!requested && prop === 'environment' && NO_DEVICES.includes(typed.environment[variable] as string)) continue;
    throw new ServingError(
      'ConflictingProps',
      `'${variable}' in '${prop}' selects GPUs of the node, regardless of those that other containers use; remove it, and request GPUs with 'gpu'${requested ? '' : `, or set it to 'void' to get none`}`,
      at,
    );
  }
}
