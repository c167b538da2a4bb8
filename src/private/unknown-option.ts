import { OPTION_TYPES } from './option-types';
import { distanceOf, suggest } from './suggest';

/** Where the options are that definitions use most, by their interface. */
const PLACES: { readonly [type: string]: string } = {
  ServingEndpointProps: 'ServingEndpoint',
  BackendOptions: "'addBackend'",
  AutoscalingOptions: "'autoscale'",
  TrafficSplitOptions: "'splitTraffic'",
  'aws.EcsPlatformProps': 'aws.EcsPlatform',
  'kubernetes.KubernetesPlatformProps': 'kubernetes.KubernetesPlatform',
  'aws.TaskSettingsOptions': 'aws.TaskSettings',
  'kubernetes.PodSettingsOptions': 'kubernetes.PodSettings',
};

/** What an option that an interface does not have may mean: one of another place, one of a member, or a mistyped one. */
export function meantOption(name: string, type: string): string {
  const members = OPTION_TYPES[type] ?? {};
  const known = Object.keys(members);
  const within = known.filter((member) => hasOption(members[member] as string, name));
  const elsewhere = Object.keys(PLACES).filter((place) => hasOption(place, name));
  if (within.length > 0 && elsewhere.length === 0)
    return `did you mean ${within.map((member) => `'${member}.${name}'`).join(' or ')}?`;
  if (elsewhere.length > 0 && !known.some((one) => distanceOf(name, one) <= 1))
    return `it is an option of ${elsewhere.map((place) => PLACES[place]).join(' and ')}`;
  return suggest(name, known);
}

/** Whether a type, in the notation of `OPTION_TYPES`, is an interface with this option. */
function hasOption(type: string, name: string): boolean {
  return Object.hasOwn(OPTION_TYPES[type.replace('?', '')] ?? {}, name);
}
