import type { BackendBinding } from '../../constructs/bindings';
import type { ModelPlan } from '../../plan/serving-plan';

/** A backend with what is decided once, when it is bound, because the structure of its resources depends on it. */
export interface BoundBackend extends BackendBinding {
  /** How each model is delivered. */
  readonly modelPlans: ModelPlan[];
}
