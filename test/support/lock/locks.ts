import type { LockedImage, LockedModel, LockFile } from '../../../src/models/lock/lock-file';

export const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;

const INDEX = 'application/vnd.oci.image.index.v1+json';
const platform = { os: 'linux', architecture: 'amd64', digest: digest('b'), compressedSize: 2048 };

export const MODEL: LockedModel = {
  digest: digest('a'),
  mediaType: INDEX,
  platforms: [platform],
  variant: 'data',
  bytes: 12,
  layers: [
    {
      digest: digest('c'),
      size: 2560,
      files: [
        { path: 'config.json', size: 2 },
        { path: 'weights/model.bin', size: 10 },
      ],
    },
  ],
};

export const IMAGE: LockedImage = { digest: digest('d'), mediaType: INDEX, platforms: [platform] };

export const LOCK: LockFile = {
  version: 1,
  models: { 'models/net': MODEL },
  images: { 'acme/svm:1.4.2': IMAGE },
  apps: { app: { ...IMAGE, base: `python@${digest('e')}` } },
};
