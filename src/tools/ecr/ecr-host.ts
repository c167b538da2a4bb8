/** What the name of a registry of ECR says. */
export interface EcrHost {
  /** The account. */
  readonly registryId: string;
  readonly region: string;
}

// The names with two addresses, of IPv4 and IPv6, are those of `on.aws`.
const HOST =
  /^(\d{12})\.dkr[.-]ecr(?:-fips)?\.([a-z]{2}[a-z0-9-]*-\d+)\.(?:amazonaws\.com(?:\.cn)?|on\.(?:aws|amazonwebservices\.com\.cn)|[a-z0-9.-]+)$/;

/** The account and region of a private registry of ECR, or nothing for other registries. */
export function parseEcrHost(registry: string): EcrHost | undefined {
  const [, registryId, region] = HOST.exec(registry) ?? [];
  return registryId === undefined || region === undefined ? undefined : { registryId, region };
}
