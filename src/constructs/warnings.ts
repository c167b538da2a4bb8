import type { IConstruct } from 'constructs';
import { requireText } from '../private/checks';
import { requireScope } from '../private/construct-arguments';
import { ServingError } from '../private/errors';
import { tagClass } from '../private/package-copy';
import { acknowledgeWarning, WARNING_KINDS, WARNING_PREFIX } from './private/warnings';

const KINDS = WARNING_KINDS.map((kind) => `${WARNING_PREFIX}${kind}`);

/**
 * The warnings of definitions. Each is reported once, at synthesis, with an ID that ends in its subject:
 * `serving-constructs:credentialInEnvironment.API_KEY`.
 *
 * AWS: CDK warnings, which can also be acknowledged with `Annotations.of(scope).acknowledgeWarning(id)`. Kubernetes: lines on
 * standard error, because cdk8s has no warnings.
 */
export class Warnings {
  /** The warnings of a construct and of everything below it. */
  public static of(scope: IConstruct): Warnings {
    return new Warnings(requireScope(scope));
  }

  private constructor(private readonly scope: IConstruct) {}

  /**
   * Suppresses a warning. An ID of an unknown kind is an error.
   *
   * @param id the ID after `ack:` in the report
   * @param reason why the warning does not apply, recorded in the metadata of the construct
   */
  public acknowledge(id: string, reason?: string): void {
    requireText('id', id);
    if (!KINDS.some((kind) => id === kind || id.startsWith(`${kind}.`))) {
      throw new ServingError(
        'InvalidName',
        `'id' ('${id}') must be the ID of a reported warning: ${KINDS.map((kind) => `'${kind}'`).join(', ')}, most of them followed by '.' and a name`,
        this.scope,
      );
    }
    if (reason !== undefined) requireText('reason', reason, this.scope);
    acknowledgeWarning(this.scope, id, reason);
  }
}

tagClass('Warnings', Warnings);
