import { headerRuleKey, METHOD_NOT_ALLOWED_KEY, ownKey, SHARES_KEY } from '../plan/routes';
import { requireNumber, requireText } from '../private/checks';

/** The IDs of an endpoint's routes, for `ServingPlan.route`. */
export class RouteKeys {
  /** The route that distributes requests by weight. */
  public static readonly SHARES = SHARES_KEY;
  /** The route that answers 405. */
  public static readonly METHOD_NOT_ALLOWED = METHOD_NOT_ALLOWED_KEY;

  /** The route of a backend's own address, by the backend's construct path. */
  public static ownAddress(backend: string): string {
    return ownKey(requireText('backend', backend));
  }

  /** The route of a header rule, by its zero-based position in the split. */
  public static headerRule(index: number): string {
    return headerRuleKey(requireNumber('index', index, { min: 0, integer: true }));
  }

  private constructor() {}
}
