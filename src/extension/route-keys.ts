import { headerRuleKey, METHOD_NOT_ALLOWED_KEY, ownKey, SHARES_KEY } from '../plan/routes';
import { requireNumber, requireText } from '../private/checks';

/** The ids of an endpoint's routes, by which `ServingPlan.route` finds them. */
export class RouteKeys {
  /** The route of the shares. */
  public static readonly SHARES = SHARES_KEY;
  /** The route that answers 405. */
  public static readonly METHOD_NOT_ALLOWED = METHOD_NOT_ALLOWED_KEY;

  /** The route of a backend's own address, by the backend's construct path. */
  public static ownAddress(backend: string): string {
    return ownKey(requireText('backend', backend));
  }

  /** The route of a header rule, by its position in the split, counted from 0. */
  public static headerRule(index: number): string {
    return headerRuleKey(requireNumber('index', index, { min: 0, integer: true }));
  }

  private constructor() {}
}
