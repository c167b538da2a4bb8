import { GatewayProfile } from '../../src/kubernetes';

/** Every profile of the package. */
export const GATEWAY_PROFILES: readonly GatewayProfile[] = Object.values(GatewayProfile);
