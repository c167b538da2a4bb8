import { type Capability, type Feature, SupportLevel, type TargetProfile } from './target-profile';

/** What a target says of a feature whose name is known. */
export type Ability = Omit<Capability, 'feature'>;

/** What a target says of these features. A table of all of them does not compile with one left out. */
export type CapabilityTable<Of extends Feature = Feature> = { readonly [feature in Of]: Ability };

/** The rows of a table, as a profile has them. */
export function capabilitiesOf<Of extends Feature>(table: CapabilityTable<Of>): Capability[] {
  return (Object.entries(table) as [Of, Ability][]).map(([feature, ability]) => ({ feature, ...ability }));
}

/** A feature that the target has itself. */
export function native(detail: string): Ability {
  return { level: SupportLevel.NATIVE, detail };
}

/** A feature that is composed from other parts of the target. */
export function emulated(detail: string): Ability {
  return { level: SupportLevel.EMULATED, detail };
}

/** A feature that is done, but not exactly. */
export function approximated(detail: string): Ability {
  return { level: SupportLevel.APPROXIMATED, detail };
}

/** A feature that the application must have. */
export function leftToApplication(detail: string): Ability {
  return { level: SupportLevel.APPLICATION, detail };
}

/** A feature that is an error to ask for. */
export function refused(detail: string): Ability {
  return { level: SupportLevel.REFUSED, detail };
}

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
