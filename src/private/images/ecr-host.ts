/** What the name of a registry of ECR says. */
export interface EcrHost {
  /** The account. */
  readonly registryId: string;
  readonly region: string;
}

/** A partition of AWS: the regions in it, and the domains of its registries. */
interface Partition {
  readonly regions: RegExp;
  /** Behind `<account>.dkr.ecr.<region>`. */
  readonly domain: string;
  /** Behind `<account>.dkr-ecr.<region>`, where IPv4 and IPv6 both answer. @default - there is no such name */
  readonly dualStack?: string;
}

/** As the AWS SDK has them. Credentials of AWS are used for these names alone. */
const PARTITIONS: readonly Partition[] = [
  { regions: /^(us|eu|ap|sa|ca|me|af|il|mx)-[a-z]+-\d+$/, domain: 'amazonaws.com', dualStack: 'on.aws' },
  { regions: /^us-gov-[a-z]+-\d+$/, domain: 'amazonaws.com', dualStack: 'on.aws' },
  { regions: /^cn-[a-z]+-\d+$/, domain: 'amazonaws.com.cn', dualStack: 'on.amazonwebservices.com.cn' },
  { regions: /^eusc-[a-z]+-[a-z]+-\d+$/, domain: 'amazonaws.eu', dualStack: 'on.amazonwebservices.eu' },
  { regions: /^us-iso-[a-z]+-\d+$/, domain: 'c2s.ic.gov' },
  { regions: /^us-isob-[a-z]+-\d+$/, domain: 'sc2s.sgov.gov' },
  { regions: /^eu-isoe-[a-z]+-\d+$/, domain: 'cloud.adc-e.uk' },
  { regions: /^us-isof-[a-z]+-\d+$/, domain: 'csp.hci.ic.gov' },
];

const HOST = /^(\d{12})\.dkr([.-])ecr(?:-fips)?\.([a-z0-9-]+)\.([a-z0-9.-]+)$/;

/** The account and region of a private registry of ECR, or nothing for other registries. */
export function parseEcrHost(registry: string): EcrHost | undefined {
  const [, registryId, separator, region, domain] = HOST.exec(registry) ?? [];
  if (registryId === undefined || region === undefined) return undefined;
  const isKnown = PARTITIONS.some(
    (partition) =>
      partition.regions.test(region) && domain === (separator === '-' ? partition.dualStack : partition.domain),
  );
  return isKnown ? { registryId, region } : undefined;
}

const SERVICE = /(?:^|\.)(?:dkr[.-]|api\.)?ecr(?:-fips)?\.([a-z0-9-]+)\.(?:vpce\.)?([a-z0-9.-]+)$/;
const STORAGE = /(?:^|\.)s3(?:-fips)?(?:\.dualstack)?\.([a-z0-9-]+)\.([a-z0-9.-]+)$/;

/** Whether a host is S3 in the partition of a host of ECR, which keeps its layers there. */
export function isStorageOfEcr(ecr: string, storage: string): boolean {
  const partition = partitionOf(SERVICE.exec(ecr));
  return partition !== undefined && partitionOf(STORAGE.exec(storage)) === partition;
}

/** The partition of a region and a domain, as the name of a service has them. */
function partitionOf(match: RegExpExecArray | null): Partition | undefined {
  const [, region = '', domain] = match ?? [];
  return PARTITIONS.find(
    (partition) => partition.regions.test(region) && (domain === partition.domain || domain === partition.dualStack),
  );
}
