import { ModelVolume } from '../models/model-volume';
import { requireIdentifier } from '../private/checks';
import { redact } from '../private/credentials/redact';
import { ServingError } from '../private/errors';
import { otherLocation } from '../private/locations';
import { tagClass } from '../private/package-copy';
import type { INamedObject } from './named-object';
import { nameOfObject, requireObjectName } from './private/names';

const KIND = 'PersistentVolumeClaim';

/** A PersistentVolumeClaim that contains models, or a cache. Every replica mounts it, models read-only and a cache read-write, so
 * its access mode must allow that. */
export class ClaimVolume extends ModelVolume {
  /** A claim in the namespace of the chart, by name. */
  public static fromName(name: string): ClaimVolume {
    const other = otherLocation(requireIdentifier('name', name), 'kubernetes.ClaimVolume.fromName');
    if (other !== undefined) throw new ServingError('InvalidName', `'name' ('${redact(name)}') ${other}`);
    return new ClaimVolume(requireObjectName('name', name, KIND));
  }

  /**
   * A claim of cdk8s or cdk8s-plus.
   *
   * @example
   * declare const endpoint: ServingEndpoint;
   * const claim = kplus.PersistentVolumeClaim.fromClaimName(this, 'Models', 'models');
   * endpoint.addBackend('v1', {
   *   image: ServerImage.fromRegistry('registry.example.com/sentiment:1.4.2'),
   *   server: ModelServer.wsgi({ app: 'app:app' }),
   *   model: Model.fromVolume(kubernetes.ClaimVolume.fromClaim(claim), { directory: 'sentiment/v1' }),
   * });
   */
  public static fromClaim(claim: INamedObject): ClaimVolume {
    return new ClaimVolume(nameOfObject('claim', claim, KIND));
  }

  private constructor(name: string) {
    super('kubernetes', name);
  }
}

tagClass('ClaimVolume', ClaimVolume);
