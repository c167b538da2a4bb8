import type { Mutant } from './mutants';

/** A mutation without an effect. */
export interface Equivalent {
  readonly file: string;
  /** The line in which the changed property or element starts, without indentation. */
  readonly code: string;
  readonly change: string;
  readonly reason: string;
}

const ABSENT = 'the table has undefined for the key, and is read by key only; the compiler requires the row';
const FALSE =
  'the table is read by key, as a condition, and an absent row is false as well; the compiler requires the row';
const NOT_CONFIGURED =
  'no ModelDelivery configures this kind, so the text is in no message; the compiler requires the row';
const NOT_IN_MESSAGES =
  'the protocol of the backend requires gRPC, so no message refuses it; the type requires the member';
const NOT_RENDERED =
  'the type of the health check requires the member, and the configuration of the router does not contain it';

/** Mutations without an effect, because the value is the default of what reads it. */
export const EQUIVALENT: readonly Equivalent[] = [
  {
    file: 'src/kubernetes/private/router/pools.ts',
    code: 'declared: false,',
    change: "without 'declared'",
    reason: NOT_RENDERED,
  },
  {
    file: 'src/kubernetes/private/router/pools.ts',
    code: 'declared: false,',
    change: "'declared' as true instead of false",
    reason: NOT_RENDERED,
  },
  {
    file: 'src/kubernetes/private/autoscaler.ts',
    code: '[ScalingMetric.REQUESTS_PER_SECOND]: undefined,',
    change: "without '[ScalingMetric.REQUESTS_PER_SECOND]'",
    reason: ABSENT,
  },
  {
    file: 'src/kubernetes/private/autoscaler.ts',
    code: '[ScalingMetric.ONGOING_REQUESTS]: undefined,',
    change: "without '[ScalingMetric.ONGOING_REQUESTS]'",
    reason: ABSENT,
  },
  {
    file: 'src/plan/features.ts',
    code: '[StreamProtocol.SERVER_SENT_EVENTS]: undefined,',
    change: "without '[StreamProtocol.SERVER_SENT_EVENTS]'",
    reason: ABSENT,
  },
  {
    file: 'src/plan/features.ts',
    code: '[OwnAddress.NONE]: undefined,',
    change: "without '[OwnAddress.NONE]'",
    reason: ABSENT,
  },
  {
    file: 'src/plan/features.ts',
    code: '[ModelDeliveryKind.IN_IMAGE]: undefined,',
    change: "without '[ModelDeliveryKind.IN_IMAGE]'",
    reason: ABSENT,
  },
  {
    file: 'src/plan/features.ts',
    code: '[StreamProtocol.GRPC]: undefined,',
    change: "without '[StreamProtocol.GRPC]'",
    reason: ABSENT,
  },
  {
    file: 'src/plan/features.ts',
    code: '[ServerProtocol.HTTP1]: undefined,',
    change: "without '[ServerProtocol.HTTP1]'",
    reason: ABSENT,
  },
  {
    file: 'src/plan/routes.ts',
    code: '[OwnAddress.NONE]: undefined,',
    change: "without '[OwnAddress.NONE]'",
    reason: ABSENT,
  },
  {
    file: 'src/plan/stream-ledger.ts',
    code: '[StreamProtocol.SERVER_SENT_EVENTS]: undefined,',
    change: "without '[StreamProtocol.SERVER_SENT_EVENTS]'",
    reason: ABSENT,
  },
  {
    file: 'src/kubernetes/private/autoscaler.ts',
    code: '[ScalingMetric.QUEUE_DEPTH]: undefined,',
    change: "without '[ScalingMetric.QUEUE_DEPTH]'",
    reason: ABSENT,
  },
  {
    file: 'src/kubernetes/private/autoscaler.ts',
    code: '[ScalingMetric.GPU]: undefined,',
    change: "without '[ScalingMetric.GPU]'",
    reason: ABSENT,
  },
  {
    file: 'src/kubernetes/private/autoscaler.ts',
    code: '[ScalingMetric.CUSTOM]: undefined,',
    change: "without '[ScalingMetric.CUSTOM]'",
    reason: ABSENT,
  },
  {
    file: 'src/plan/models.ts',
    code: '[ModelDeliveryKind.IN_IMAGE]: false,',
    change: "without '[ModelDeliveryKind.IN_IMAGE]'",
    reason: FALSE,
  },
  {
    file: 'src/plan/models.ts',
    code: '[ModelDeliveryKind.IMAGE_VOLUME]: false,',
    change: "without '[ModelDeliveryKind.IMAGE_VOLUME]'",
    reason: FALSE,
  },
  {
    file: 'src/plan/models.ts',
    code: '[ModelDeliveryKind.BAKED]: false,',
    change: "without '[ModelDeliveryKind.BAKED]'",
    reason: FALSE,
  },
  {
    file: 'src/plan/models.ts',
    code: '[ModelDeliveryKind.VOLUME]: false,',
    change: "without '[ModelDeliveryKind.VOLUME]'",
    reason: FALSE,
  },
  {
    file: 'src/plan/model-refusals.ts',
    code: "[ModelDeliveryKind.IN_IMAGE]: 'files in the image of the server',",
    change: "without '[ModelDeliveryKind.IN_IMAGE]'",
    reason: NOT_CONFIGURED,
  },
  {
    file: 'src/plan/model-refusals.ts',
    code: "[ModelDeliveryKind.IN_IMAGE]: 'files in the image of the server',",
    change:
      "'[ModelDeliveryKind.IN_IMAGE]' as 'files in the image of the server-changed' instead of 'files in the image of the server'",
    reason: NOT_CONFIGURED,
  },
  {
    file: 'src/plan/model-refusals.ts',
    code: "[ModelDeliveryKind.VOLUME]: 'an existing volume',",
    change: "without '[ModelDeliveryKind.VOLUME]'",
    reason: NOT_CONFIGURED,
  },
  {
    file: 'src/plan/model-refusals.ts',
    code: "[ModelDeliveryKind.VOLUME]: 'an existing volume',",
    change: "'[ModelDeliveryKind.VOLUME]' as 'an existing volume-changed' instead of 'an existing volume'",
    reason: NOT_CONFIGURED,
  },
  {
    file: 'src/plan/stream-ledger.ts',
    code: "label: 'gRPC',",
    change: "without 'label'",
    reason: NOT_IN_MESSAGES,
  },
  {
    file: 'src/plan/stream-ledger.ts',
    code: "label: 'gRPC',",
    change: "'label' as 'gRPC-changed' instead of 'gRPC'",
    reason: NOT_IN_MESSAGES,
  },
  {
    file: 'src/plan/stream-ledger.ts',
    code: "servers: 'Triton or TensorFlow Serving',",
    change: "without 'servers'",
    reason: NOT_IN_MESSAGES,
  },
  {
    file: 'src/plan/stream-ledger.ts',
    code: "servers: 'Triton or TensorFlow Serving',",
    change: "'servers' as 'Triton or TensorFlow Serving-changed' instead of 'Triton or TensorFlow Serving'",
    reason: NOT_IN_MESSAGES,
  },
];

export function isEquivalent(mutant: Mutant): boolean {
  return EQUIVALENT.some(
    ({ file, code, change }) => mutant.file === file && mutant.code === code && mutant.change === change,
  );
}
