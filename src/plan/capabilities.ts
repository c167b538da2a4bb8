import { type Capability, type Feature, SupportLevel, type TargetProfile } from './target-profile';

/** The support of a target for a given feature. */
export type Support = Omit<Capability, 'feature'>;

/** The support of a target for these features. A table that omits one does not compile. */
export type CapabilityTable<Of extends Feature = Feature> = { readonly [feature in Of]: Support };

/** The capabilities of a profile from the rows of a table. */
export function capabilitiesOf<Of extends Feature>(table: CapabilityTable<Of>): Capability[] {
  return (Object.entries(table) as [Of, Support][]).map(([feature, support]) => ({ feature, ...support }));
}

/** A feature that the target supports natively. */
export function native(detail: string): Support {
  return { level: SupportLevel.NATIVE, detail };
}

/** A feature that is composed from other features of the target. */
export function emulated(detail: string): Support {
  return { level: SupportLevel.EMULATED, detail };
}

/** A feature that is supported, but not exactly. */
export function approximated(detail: string): Support {
  return { level: SupportLevel.APPROXIMATED, detail };
}

/** A feature that the application must implement. */
export function leftToApplication(detail: string): Support {
  return { level: SupportLevel.APPLICATION, detail };
}

/** A feature that is not supported. */
export function refused(detail: string): Support {
  return { level: SupportLevel.REFUSED, detail };
}

/** The capabilities of each target by feature. */
const CAPABILITIES = new WeakMap<TargetProfile, Map<Feature, Capability>>();

/** The capability of a target for a feature. A feature that it does not list is not supported. */
export function capabilityOf(target: TargetProfile, feature: Feature): Capability {
  let known = CAPABILITIES.get(target);
  if (known === undefined) {
    known = new Map(target.capabilities.map((capability) => [capability.feature, capability]));
    CAPABILITIES.set(target, known);
  }
  return known.get(feature) ?? { feature, level: SupportLevel.REFUSED, detail: `${target.name} does not support it` };
}
