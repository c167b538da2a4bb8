import type { IConstruct } from 'constructs';
import { requireText } from '../private/checks';
import { type ErrorCode, ServingError } from '../private/errors';

/**
 * The errors of this package: a stable code in brackets, the message, and the construct path. `docs/errors.md` lists the
 * codes. Custom renderers throw their errors in the same form.
 */
export class Errors {
  /** Whether `x` is an error of this package. */
  public static isServingError(x: unknown): boolean {
    return x instanceof Error && x.name === 'ServingError';
  }

  /** The code of an error of this package, such as `WeightOutOfRange`; undefined for other errors. */
  public static codeOf(x: unknown): string | undefined {
    return Errors.isServingError(x) ? (x as ServingError).code : undefined;
  }

  /**
   * Throws an error.
   *
   * @param code a stable code in PascalCase, like those of this package
   * @param message what is wrong, with the prop as typed, and what to change
   * @param at the construct that the error is about
   */
  public static raise(code: string, message: string, at: IConstruct): void {
    if (!/^[A-Z][A-Za-z0-9]*$/.test(requireText('code', code)))
      throw new ServingError(
        'InvalidName',
        `'code' ('${code}') must be in PascalCase, for example 'ListenerMissing'`,
        at,
      );
    throw new ServingError(code as ErrorCode, requireText('message', message), at);
  }

  private constructor() {}
}
