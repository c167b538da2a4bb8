import { isStorageOfEcr, parseEcrHost } from '../../../src/private/images/ecr-host';

const ACCOUNT = '123456789012';

test.each([
  ['dkr.ecr.us-east-1.amazonaws.com', 'us-east-1'],
  ['dkr.ecr-fips.us-gov-west-1.amazonaws.com', 'us-gov-west-1'],
  ['dkr-ecr.eu-west-1.on.aws', 'eu-west-1'],
  ['dkr-ecr-fips.us-east-2.on.aws', 'us-east-2'],
  ['dkr.ecr.cn-north-1.amazonaws.com.cn', 'cn-north-1'],
  ['dkr-ecr.cn-north-1.on.amazonwebservices.com.cn', 'cn-north-1'],
  ['dkr.ecr.eusc-de-east-1.amazonaws.eu', 'eusc-de-east-1'],
  ['dkr.ecr.us-iso-east-1.c2s.ic.gov', 'us-iso-east-1'],
  ['dkr.ecr.us-isob-east-1.sc2s.sgov.gov', 'us-isob-east-1'],
])('%s is a host of ECR', (name, region) => {
  expect(parseEcrHost(`${ACCOUNT}.${name}`)).toEqual({ registryId: ACCOUNT, region });
});

test.each([
  'dkr.ecr.us-east-1.amazonaws.com.evil.com',
  'dkr.ecr.us-east-1.amazonaws.com.',
  'dkr.ecr.us-east-1.amazonaws.com:443',
  'dkr.ecr.us-east-1.amazonaws.org',
  'dkr.ecr.us-east-1.evil.com',
  'dkr.ecr.us-east-1.amazonaws.com.cn',
  'dkr.ecr.cn-north-1.amazonaws.com',
  'dkr.ecr.us-east-1.on.aws',
  'dkr-ecr.us-east-1.amazonaws.com',
  'dkr.ecr.xx-east-1.amazonaws.com',
  'dkr.ecr.us-east-1.evil.com.amazonaws.com',
  'dkrxecr.us-east-1.amazonaws.com',
])('%s is not a host of ECR', (name) => {
  expect(parseEcrHost(`${ACCOUNT}.${name}`)).toBeUndefined();
});

test.each(['12345678901', '1234567890123', 'x23456789012', ''])('%p is not an account', (account) => {
  expect(parseEcrHost(`${account}.dkr.ecr.us-east-1.amazonaws.com`)).toBeUndefined();
});

test.each([
  ['123456789012.dkr.ecr.eu-west-1.amazonaws.com', 'prod-eu-west-1-starport-layer-bucket.s3.eu-west-1.amazonaws.com'],
  ['123456789012.dkr.ecr.eu-west-1.amazonaws.com', 's3.dualstack.eu-west-1.amazonaws.com'],
  ['123456789012.dkr-ecr.eu-west-1.on.aws', 'layers.s3.eu-west-1.amazonaws.com'],
  ['api.ecr.eu-west-1.amazonaws.com', 'layers.s3.eu-west-1.amazonaws.com'],
  ['vpce-1-2.api.ecr.eu-west-1.vpce.amazonaws.com', 'layers.s3.eu-west-1.amazonaws.com'],
  ['123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn', 'layers.s3.cn-north-1.amazonaws.com.cn'],
  ['123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com', 'layers.s3-fips.us-gov-west-1.amazonaws.com'],
])('%s stores layers in %s', (ecr, storage) => {
  expect(isStorageOfEcr(ecr, storage)).toBe(true);
});

test.each([
  ['123456789012.dkr.ecr.eu-west-1.amazonaws.com', 'layers.s3.cn-north-1.amazonaws.com.cn'],
  ['123456789012.dkr.ecr.eu-west-1.amazonaws.com', 'layers.s3.us-gov-west-1.amazonaws.com'],
  ['123456789012.dkr.ecr.eu-west-1.amazonaws.com', 'layers.s3.eu-west-1.amazonaws.com.evil.com'],
  ['123456789012.dkr.ecr.eu-west-1.amazonaws.com', 'layers-s3.eu-west-1.amazonaws.com'],
  ['123456789012.dkr.ecr.eu-west-1.amazonaws.com', 'ec2-10-0-0-1.eu-west-1.compute.amazonaws.com'],
  ['registry.example.com', 'layers.s3.eu-west-1.amazonaws.com'],
  ['123456789012.dkr.ecr.eu-west-1.evil.com', 'layers.s3.eu-west-1.amazonaws.com'],
])('%s stores no layers in %s', (ecr, storage) => {
  expect(isStorageOfEcr(ecr, storage)).toBe(false);
});
