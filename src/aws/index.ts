export * from './ecs-platform';
