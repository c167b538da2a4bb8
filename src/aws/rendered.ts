import { Rendered } from '../constructs/private/rendered';
import type { BackendService } from './private/backend-service';
import type { ListenerRules } from './private/listener-rules';

/** The services of backends. */
export const SERVICES = new Rendered<'Backend', BackendService>('ecsBackend', 'Backend', 'AWS');

/** The listener rules of endpoints. */
export const RULES = new Rendered<'ServingEndpoint', ListenerRules>('ecsEndpoint', 'ServingEndpoint', 'AWS');
