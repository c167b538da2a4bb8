/** Compares what targets run for one definition, read from their output. */
import { isDeepStrictEqual } from 'node:util';
import { serviceTags } from '../../src/aws/private/service-tags';
import type { BackendIntent } from '../../src/plan/intents';
import type { ObservedBackend } from '../support/observation';
import { observeAws } from '../support/observe-aws';
import { observeGateway, observeRouter } from '../support/observe-kubernetes';
import type { Rendered, TargetName } from './render';

type Backends = { readonly [name: string]: ObservedBackend };

/** The parts of a backend that mean the same on every target. */
const SAME: { readonly [part: string]: (backend: ObservedBackend, intent: BackendIntent) => unknown } = {
  image: ({ image }) => image,
  command: ({ command }) => command.filter((word) => !/\d/.test(word)),
  'entry point': ({ replacesEntryPoint }) => replacesEntryPoint,
  'working directory': ({ workingDirectory }) => workingDirectory,
  environment: ({ environment }, intent) => Object.keys(intent.environment).map((name) => unescaped(environment[name])),
  secrets: ({ secrets }) => [...secrets].sort(),
  port: ({ port }) => port,
  'additional ports': ({ additionalPorts }) => additionalPorts,
  sidecars: ({ sidecars }) => sidecars.map(comparable),
  replicas: ({ replicas, scaling }) => replicas ?? [scaling?.min, scaling?.max],
  // AWS replaces a replica by the health check alone if no interpreter can send requests. How often a check runs depends on
  // whether the target limits the requests of a replica.
  'liveness check': ({ liveness }, intent) =>
    intent.server.descriptor.interpreter === undefined || liveness === undefined
      ? undefined
      : { path: liveness.path, statuses: liveness.statuses, host: liveness.host },
  'smoke test': ({ smokeTest }) => smokeTest,
  GPUs: ({ gpus }) => gpus,
  'root file system': ({ readOnlyRootFilesystem }) => readOnlyRootFilesystem,
  user: ({ user }, intent) => (intent.user === undefined ? undefined : user),
  models: ({ models }) => models.map(({ path }) => path).sort(),
};

/** Kubernetes replaces `$$` by `$` in values, because `$(NAME)` is another variable. */
const unescaped = (value: string | undefined) => value?.replaceAll('$$', '$');

/** A sidecar without the variables for its user and its Region that a target sets, and with the CPU in the steps that ECS has, rounded. */
function comparable({ environment, cpu, ...rest }: ObservedBackend['sidecars'][number]) {
  const { HOME, USER, LOGNAME, AWS_REGION, ...others } = environment;
  const values = Object.entries(others).map(([name, value]) => [name, unescaped(value)]);
  return { ...rest, environment: Object.fromEntries(values), cpu: Math.round(cpu * 100) };
}

const OBSERVERS: { readonly [target in TargetName]: (output: never) => { readonly backends: Backends } } = {
  aws: observeAws,
  router: observeRouter,
  'portable gateway': observeGateway,
  'Envoy Gateway': observeGateway,
};

/** What a target drops or changes, compared with the first target that accepts the definition. */
export function differencesOf(rendered: { readonly [target in TargetName]?: Rendered }): string[] {
  const [first, ...others] = (Object.entries(rendered) as [TargetName, Rendered][])
    .filter(([, { plan }]) => plan.endpoints.length > 0)
    .map(observed);
  return first === undefined ? [] : others.flatMap((other) => between(first, other));
}

/** The name of a backend in a tag, which AWS restricts to some characters. */
const tagOf = (name: string) => serviceTags({ name })['serving:backend'] as string;

interface Observed {
  readonly target: TargetName;
  readonly backends: Backends;
  readonly plan: Rendered['plan'];
}

const observed = ([target, { output, plan }]: [TargetName, Rendered]): Observed => ({
  target,
  backends: OBSERVERS[target](output as never).backends,
  plan,
});

function between(one: Observed, two: Observed): string[] {
  // Output has one backend by name, so those with the same name or tag cannot be compared.
  const tags = one.plan.backends.map(({ name }) => tagOf(name));
  const unique = one.plan.backends.filter(
    (_, index) => tags.indexOf(tags[index] as string) === tags.lastIndexOf(tags[index] as string),
  );
  return unique.flatMap(({ intent, name }) =>
    Object.entries(SAME).flatMap(([part, read]) => {
      const [left, right] = [one, two].map(({ target, backends }) => {
        const found = backends[target === 'aws' ? tagOf(name) : name];
        if (found === undefined) throw new Error(`${target} has no backend '${name}'`);
        return read(found, intent);
      });
      return isDeepStrictEqual(left, right)
        ? []
        : [
            `the ${part} of a backend differs: ${one.target} ${JSON.stringify(left)}, ${two.target} ${JSON.stringify(right)}`,
          ];
    }),
  );
}
