export { BACKEND_EDITS } from './backend-edits';
export * from './edit';
export { ENDPOINT_EDITS } from './endpoint-edits';
export { PLATFORM_EDITS } from './platform-edits';
export { SCALING_EDITS } from './scaling-edits';
export { STRUCTURE_EDITS } from './structure-edits';
