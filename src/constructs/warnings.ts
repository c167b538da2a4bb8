import type { IConstruct } from 'constructs';
import { requireText } from '../private/checks';
import { requireScope } from '../private/construct-arguments';
import { ServingError } from '../private/errors';
import { tagClass } from '../private/package-copy';
import { acknowledgeWarning, WARNING_PREFIX } from './private/warnings';

/**
 * The warnings of definitions. They are reported at synthesis, each once, with an id that ends in what they are about:
 * `serving-constructs:credentialInEnvironment.API_KEY`.
 *
 * AWS: warnings of CDK, which `Annotations.of(scope).acknowledgeWarning(id)` acknowledges too. Kubernetes: lines on
 * standard error, because cdk8s has no warnings.
 */
export class Warnings {
  /** The warnings of a construct and of everything below it. */
  public static of(scope: IConstruct): Warnings {
    return new Warnings(requireScope(scope));
  }

  private constructor(private readonly scope: IConstruct) {}

  /**
   * Keeps a warning from being reported.
   *
   * @param id the id behind `ack:` in the report
   * @param reason why the warning does not matter here, which is recorded in the metadata of the construct
   */
  public acknowledge(id: string, reason?: string): void {
    if (!requireText('id', id).startsWith(WARNING_PREFIX)) {
      throw new ServingError(
        'InvalidName',
        `'id' ('${id}') must be the id of a warning as it is reported, such as '${WARNING_PREFIX}credentialInEnvironment.API_KEY'`,
        this.scope,
      );
    }
    if (reason !== undefined) requireText('reason', reason, this.scope);
    acknowledgeWarning(this.scope, id, reason);
  }
}

tagClass('Warnings', Warnings);
