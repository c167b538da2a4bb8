/** One endpoint of the fleet: the input of both sides. */
export interface FleetEndpoint {
  readonly name: string;
  /** Whether a second version gets a tenth of the requests. */
  readonly hasCanary: boolean;
}

/** Endpoints whose backends share a Stack or a Chart. */
export interface FleetGroup {
  readonly name: string;
  readonly endpoints: FleetEndpoint[];
}

/** Groups that share a load balancer or a router. */
export interface FleetPlatform {
  readonly name: string;
  readonly groups: FleetGroup[];
}

/** Every fourth endpoint has two backends, so that this many have 25. */
const ENDPOINTS_PER_GROUP = 20;

/** A load balancer has at most 100 target groups, which is enough for four groups. */
const GROUPS_PER_PLATFORM = 4;

/** A load balancer with 100 target groups needs more rules than the default quota. */
export const RULE_QUOTA = 500;

/** A fleet with a number of endpoints: 25 backends per group, four groups per platform. */
export function fleetOf(count: number): FleetPlatform[] {
  const endpoints = Array.from({ length: count }, (_, index) => ({
    name: `model-${index}`,
    hasCanary: index % 4 === 3,
  }));
  const groups = chunks(endpoints, ENDPOINTS_PER_GROUP).map((part, index) => ({
    name: `models-${index}`,
    endpoints: part,
  }));
  return chunks(groups, GROUPS_PER_PLATFORM).map((part, index) => ({ name: `platform-${index}`, groups: part }));
}

function chunks<T>(items: T[], size: number): T[][] {
  const result: T[][] = [];
  for (let start = 0; start < items.length; start += size) result.push(items.slice(start, start + size));
  return result;
}
