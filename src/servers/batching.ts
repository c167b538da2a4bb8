import type { BatchingIntent } from '../plan/intents/batching';
import type { ServerDescriptor } from '../plan/server/descriptor';
import { KnobPlace, TimeUnit } from '../plan/server/parts';
import { ServingError } from '../private/errors';
import type { ServerDefinition, StartContext } from './define-server';

/** How long a batch waits unless the definition sets it: the default of Ray Serve. */
const DEFAULT_DELAY_SECONDS = 0.01;

/** The batches of a server after defaults. What only its application or a file of the model can configure is an error. */
export function batchingOf(
  { descriptor: { name, batching: behavior }, writesBatchingFile = false }: ServerDefinition,
  { batching, at }: StartContext,
): BatchingIntent | undefined {
  if (batching === undefined) return undefined;
  const { sizeKnob, delayKnob, how, instead } = behavior ?? {};
  const { maxBatchSize, delaySeconds } = batching;
  const inFile = sizeKnob?.place === KnobPlace.FILE || sizeKnob?.place === KnobPlace.CODE;
  if (sizeKnob === undefined || (inFile && !writesBatchingFile)) {
    const where = how === undefined ? '' : `, whose batching is: ${how}`;
    const way = instead ?? 'configure it in the application or with its own settings';
    throw new ServingError(
      'Unsupported',
      `'batching' is not supported by ${name}${where}; leave it out, and ${way}`,
      at,
    );
  }
  if (delayKnob !== undefined) return { maxBatchSize, delaySeconds: delaySeconds ?? DEFAULT_DELAY_SECONDS };
  if (delaySeconds === undefined) return { maxBatchSize };
  throw new ServingError(
    'Unsupported',
    `'maxDelay' (${delaySeconds} s) of 'batching' is not supported by ${name}, which adds requests to its batches without a delay; leave it out`,
    at,
  );
}

/** The settings of a server for its batches, where they are flags and variables. */
export interface BatchSettings {
  readonly words: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** Writes the settings of batches. A server that has one setting for both gets `maxConcurrency` if batches have no limit. */
export function batchSettings(
  { batching: { sizeKnob, delayKnob } = { how: '' } }: ServerDescriptor,
  { maxConcurrency }: StartContext,
  batching: BatchingIntent | undefined,
): BatchSettings {
  const size = batching?.maxBatchSize ?? (sizeKnob?.limitsConcurrency ? maxConcurrency : undefined);
  const delay = batching?.delaySeconds;
  const inMilliseconds = delayKnob?.unit === TimeUnit.MILLISECONDS;
  const settings = [
    { knob: sizeKnob, value: size },
    { knob: delayKnob, value: delay !== undefined && inMilliseconds ? Math.round(delay * 1000) : delay },
  ].flatMap(({ knob, value }) =>
    knob === undefined || value === undefined ? [] : [{ ...knob, value: String(value) }],
  );
  const at = (place: KnobPlace) => settings.filter((setting) => setting.place === place);
  return {
    words: at(KnobPlace.FLAG).flatMap(({ name, joined, value }) => (joined ? [`${name}=${value}`] : [name, value])),
    environment: Object.fromEntries(at(KnobPlace.VARIABLE).map(({ name, value }) => [name, value])),
  };
}
