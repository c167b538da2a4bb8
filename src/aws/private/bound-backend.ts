import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type { BackendBinding } from '../../constructs/bindings';
import type { FetchPlan, ModelVolumePlan } from '../../plan/fetches';
import type { ModelPlan } from '../../plan/serving-plan';

/** A backend with the decisions that are made when it is bound, because the structure of its resources depends on them. */
export interface BoundBackend extends BackendBinding {
  /** How each model is delivered. */
  readonly modelPlans: ModelPlan[];
  /** The containers that fetch or copy models. */
  readonly fetches: FetchPlan[];
  /** The volumes that they fill. */
  readonly volumes: ModelVolumePlan[];
}

/** A task definition and its server container. */
export interface ServedTask {
  readonly definition: ecs.TaskDefinition;
  readonly server: ecs.ContainerDefinition;
}
