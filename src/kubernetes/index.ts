export * from './claim-volume';
export * from './gateway';
export * from './kubernetes-backend';
export * from './kubernetes-endpoint';
export * from './kubernetes-platform';
export * from './kubernetes-platform-props';
export * from './kubernetes-secret';
export * from './named-object';
