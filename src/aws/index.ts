export * from './ecs-backend';
export * from './ecs-endpoint';
export * from './ecs-image';
export * from './ecs-platform';
export * from './ecs-secret';
export * from './efs-volume';
export * from './gpu-capacity';
export * from './s3-model';
