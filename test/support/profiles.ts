import { DrainOrder, type TargetProfile } from '../../src/plan/target-profile';
import { EVERYTHING, TEST_PROFILE } from './test-platform';

/** The limits of an Application Load Balancer with tasks on EC2 instances, and every capability. */
export const NUMBERED: TargetProfile = {
  name: 'an Application Load Balancer',
  maxWeight: 999,
  maxBackendsPerEndpoint: 5,
  idle: { min: 1, max: 4000, defaultSeconds: 60, cutsSilence: true },
  drainOrder: DrainOrder.BALANCER_FIRST,
  propagationSeconds: 0,
  maxDeregistrationSeconds: 3600,
  requestTimeout: false,
  rules: {
    first: 1,
    last: 43_120,
    lastAnchor: 50_000,
    valuesPerCondition: 3,
    valuesPerRule: 5,
    maxRules: 100,
    maxBackends: 100,
  },
  capabilities: EVERYTHING,
};

/** The same with tasks that are killed 120 s after the signal. */
export const SHORT_STOP: TargetProfile = { ...NUMBERED, maxStopSeconds: 120, maxFetchSeconds: 120 };

/** A router that closes idle connections within seconds. The signal and the removal of a replica happen at the same time. */
export const ROUTER: TargetProfile = {
  ...TEST_PROFILE,
  name: 'the router',
  maxTotalWeight: 10_000,
  idle: { min: 5, max: 30, defaultSeconds: 5, cutsSilence: false, canCloseEach: true },
  propagationSeconds: 32,
};

/** A gateway whose idle timeout cannot be set. */
export const GATEWAY: TargetProfile = {
  ...TEST_PROFILE,
  name: 'the gateway',
  maxWeight: 999,
  idle: { min: 1, max: 3600, defaultSeconds: 3600, cutsSilence: false, settable: false },
  propagationSeconds: 15,
};
