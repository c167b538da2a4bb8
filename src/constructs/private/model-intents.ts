import type { Construct } from 'constructs';
import type { Model } from '../../models/model';
import type { ModelIntent } from '../../plan/intents';
import { ServingError } from '../../private/errors';
import { overlap } from '../../private/paths';

/** The models of a backend, each at a path of its own. */
export function modelIntentsOf(models: Model[], at: Construct): ModelIntent[] {
  const intents = models.map((model) => model._intent());
  intents.forEach((model, index) => {
    const rival = intents.slice(0, index).find((other) => overlap(other.mountPath, model.mountPath));
    if (rival === undefined) return;
    throw new ServingError(
      'ModelPathClash',
      `models '${rival.name}' ('${rival.mountPath}') and '${model.name}' ('${model.mountPath}') have overlapping mount paths; set 'path' of one`,
      at,
    );
  });
  return intents;
}
