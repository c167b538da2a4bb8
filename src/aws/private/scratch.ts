/** The writable directory of every container of a task, whose root file system is read-only. */
export const SCRATCH = { name: 'scratch', mountPath: '/tmp' } as const;
