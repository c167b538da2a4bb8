import { App, Stack } from 'aws-cdk-lib';
import { App as Cdk8sApp, Chart } from 'cdk8s';
import { type Construct, RootConstruct } from 'constructs';
import { Duration, extension, HealthCheck, ModelServer, ServerImage, ServingEndpoint, ServingPlatform } from '../src';
import { KeepAliveKind, type ServerDescriptor } from '../src/plan/server/descriptor';
import { KnobPlace } from '../src/plan/server/parts';

/** Renders nothing: only the plan determines times, and rendering takes most of the time. */
class NoRenderer extends extension.TargetRenderer {
  public bindEndpoint(): void {}
  public bindBackend(): void {}
  public bindAttachment(): void {}
  public bindAutoscaling(): void {}

  public urlOf(): string {
    return 'http://localhost/';
  }
}

/** Has the limits of a target. */
class PlanOnly extends extension.TargetPlatform {
  public readonly kind = 'plan-only';

  protected readonly renderer = new NoRenderer();

  constructor(
    scope: Construct,
    public readonly target: extension.TargetProfile,
  ) {
    super(scope, 'Platform');
  }
}

function planOnly(target: extension.TargetProfile): () => Construct {
  return () => new PlanOnly(new RootConstruct(), target).node.root;
}

const targetIn = (scope: Construct) => (ServingPlatform.of(scope) as extension.TargetPlatform).target;
const balancer = targetIn(new Stack(new App(), 'Stack'));
const router = targetIn(new Chart(new Cdk8sApp(), 'chart'));

/** The targets, and the longest request that any server can have there, in seconds. */
export const TARGETS: readonly { readonly name: string; readonly most: number; readonly scope: () => Construct }[] = [
  { name: 'Application Load Balancer', most: 3990, scope: planOnly(balancer) },
  { name: 'built-in router', most: 21_600, scope: planOnly(router) },
];

/** The longest `requestTimeout` that is accepted for a server, as text. */
export function longestRequest(descriptor: ServerDescriptor, { most, scope }: (typeof TARGETS)[number]): string {
  const longestOf = (server: ServerDescriptor) => longest((seconds) => accepts(server, scope(), seconds), most);
  const seconds = longestOf(descriptor);
  const { keepAlive, keepAliveKnob } = descriptor;
  const isInCode = keepAlive === KeepAliveKind.SETTABLE && keepAliveKnob?.place === KnobPlace.CODE;
  if (seconds === 0 && isInCode)
    return `${longestOf({ ...descriptor, keepAliveSeconds: 10 * most, silentLimit: undefined })} s, if \`keepAlive\` is long enough`;
  return seconds === 0 ? 'none' : `${seconds} s`;
}

function accepts(descriptor: ServerDescriptor, scope: Construct, seconds: number): boolean {
  const endpoint = new ServingEndpoint(scope, 'endpoint', { requestTimeout: Duration.seconds(seconds) });
  endpoint.addBackend('backend', {
    image: ServerImage.fromRegistry('acme/server:1'),
    server: ModelServer.custom({ command: ['serve'], descriptor, version: descriptor.verifiedVersion }),
    healthCheck: HealthCheck.http('/'),
  });
  return extension.TargetPlatform.planOf(endpoint.platform).refusals.length === 0;
}

/** The greatest number for which the condition holds, if it holds for all smaller ones too; 0 if it never holds. */
function longest(holds: (seconds: number) => boolean, most: number): number {
  if (holds(most)) return most;
  let [low, high] = [0, most];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return low;
}
