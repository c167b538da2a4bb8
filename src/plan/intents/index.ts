export * from './autoscaling';
export * from './backend';
export * from './endpoint';
export * from './hop';
export * from './model';
export * from './platform';
export * from './server';
export * from './traffic';
