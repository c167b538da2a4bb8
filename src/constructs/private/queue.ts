import type { IConstruct } from 'constructs';
import { QueueStatus } from '../../plan/choices';
import type { QueueIntent } from '../../plan/intents';
import { requireNumber } from '../../private/checks';
import { ServingError } from '../../private/errors';
import { requireSeconds } from '../../units/private/seconds';
import type { QueueOptions } from '../queue-options';

/** The queue of a backend. */
export function queueOf(
  queue: QueueOptions | undefined,
  maxConcurrency: number | undefined,
  at: IConstruct,
): QueueIntent | undefined {
  if (queue === undefined) return undefined;
  if (maxConcurrency === undefined) {
    throw new ServingError(
      'ConflictingProps',
      "'queue' requires 'maxConcurrency', because requests wait only while every replica has that many; set it, or remove 'queue'",
      at,
    );
  }
  const { maxRequests, timeout, fullStatus } = queue;
  if (fullStatus !== undefined && maxRequests === undefined) {
    throw new ServingError(
      'ConflictingProps',
      `'queue.fullStatus' (${fullStatus}) requires 'queue.maxRequests', because a queue without a limit is never full; set it, or remove 'fullStatus'`,
      at,
    );
  }
  return {
    ...(maxRequests !== undefined && {
      maxRequests: requireNumber('queue.maxRequests', maxRequests, { min: 0, max: 100_000, integer: true, at }),
    }),
    ...(timeout !== undefined && {
      timeoutSeconds: requireSeconds('queue.timeout', timeout, { min: 0.1, max: 21_600, whole: false, at }),
    }),
    fullStatus: fullStatus ?? QueueStatus.SERVICE_UNAVAILABLE,
  };
}
