import type * as kplus from 'cdk8s-plus-27';
import { ModelVolume } from '../models/model-volume';
import { requireIdentifier, requireShape } from '../private/checks';
import { ServingError } from '../private/errors';
import { tagClass } from '../private/package-copy';
import { isObjectName } from './private/names';

const CLAIM = "kplus.PersistentVolumeClaim.fromClaimName(this, 'Claim', 'models')";

/** A PersistentVolumeClaim that holds models. It is mounted read-only and must allow that for every replica. */
export class ClaimVolume extends ModelVolume {
  /** A claim in the namespace of the chart, by its name. */
  public static fromName(name: string): ClaimVolume {
    if (!isObjectName(requireIdentifier('name', name))) {
      throw new ServingError(
        'InvalidName',
        `the name of a PersistentVolumeClaim ('${name}') must have small letters, digits, '-' and '.', and start and end with a letter or digit`,
      );
    }
    return new ClaimVolume(name);
  }

  /** A claim of cdk8s-plus. */
  public static fromClaim(claim: kplus.IPersistentVolumeClaim): ClaimVolume {
    return new ClaimVolume(requireIdentifier('claim.name', requireShape('claim', claim, 'name', CLAIM).name));
  }

  private constructor(name: string) {
    super('kubernetes', name);
  }
}

tagClass('ClaimVolume', ClaimVolume);
