export * from '../plan/server/descriptor';
export * from '../plan/server/parts';
