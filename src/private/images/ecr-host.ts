/** The parts of the host name of an ECR registry. */
export interface EcrHost {
  /** The AWS account ID. */
  readonly registryId: string;
  readonly region: string;
}

/** An AWS partition: its regions, and the domains of its registries. */
interface Partition {
  readonly regions: RegExp;
  /** The domain after `<account>.dkr.ecr.<region>`. */
  readonly domain: string;
  /** The domain after `<account>.dkr-ecr.<region>`, which supports IPv4 and IPv6. @default - no such name exists */
  readonly dualStack?: string;
}

/** The partitions of the AWS SDK. AWS credentials are sent only to hosts in these domains. */
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

/** The account and region of a private ECR registry; undefined for other registries. */
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

/** Whether a host is S3 in the partition of an ECR host, which stores its layers there. */
export function isStorageOfEcr(ecr: string, storage: string): boolean {
  const partition = partitionOf(SERVICE.exec(ecr));
  return partition !== undefined && partitionOf(STORAGE.exec(storage)) === partition;
}

/** The partition of the region and domain in the host name of a service. */
function partitionOf(match: RegExpExecArray | null): Partition | undefined {
  const [, region = '', domain] = match ?? [];
  return PARTITIONS.find(
    (partition) => partition.regions.test(region) && (domain === partition.domain || domain === partition.dualStack),
  );
}
