import { type Capability, type Feature, SupportLevel, type TargetProfile } from './target-profile';

/** Looks up what a target says of a feature, by name: one map for each target. */
const CAPABILITIES = new WeakMap<TargetProfile, Map<Feature, Capability>>();

/** What a target says of a feature; one that it does not list is refused. */
export function capabilityOf(target: TargetProfile, feature: Feature): Capability {
  let known = CAPABILITIES.get(target);
  if (known === undefined) {
    known = new Map(target.capabilities.map((capability) => [capability.feature, capability]));
    CAPABILITIES.set(target, known);
  }
  return known.get(feature) ?? { feature, level: SupportLevel.REFUSED, detail: `${target.name} does not have it` };
}
