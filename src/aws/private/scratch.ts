/** The writable directory beside the read-only root of every container of a task. */
export const SCRATCH = { name: 'scratch', mountPath: '/tmp' } as const;
