import type { IConstruct } from 'constructs';
import { requireText } from '../private/checks';
import { requireScope } from '../private/construct-arguments';
import { ServingError } from '../private/errors';
import { tagClass } from '../private/package-copy';
import { acknowledgeWarning, WARNING_KINDS, WARNING_PREFIX } from './private/warnings';

const KINDS = WARNING_KINDS.map((kind) => `${WARNING_PREFIX}${kind}`);

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
   * Keeps a warning from being reported. An id whose kind does not exist is an error.
   *
   * @param id the id behind `ack:` in the report
   * @param reason why the warning does not matter here, which is recorded in the metadata of the construct
   */
  public acknowledge(id: string, reason?: string): void {
    requireText('id', id);
    if (!KINDS.some((kind) => id === kind || id.startsWith(`${kind}.`))) {
      throw new ServingError(
        'InvalidName',
        `'id' ('${id}') must be the id of a warning as it is reported: ${KINDS.map((kind) => `'${kind}'`).join(', ')}, most with '.' and a name`,
        this.scope,
      );
    }
    if (reason !== undefined) requireText('reason', reason, this.scope);
    acknowledgeWarning(this.scope, id, reason);
  }
}

tagClass('Warnings', Warnings);
