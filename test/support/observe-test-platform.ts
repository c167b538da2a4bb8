import {
  type Answer,
  headerOf,
  isPreflight,
  matchesHost,
  matchesPrefix,
  type Observation,
  type ObservedBackend,
  type Request,
  replacePrefix,
} from './observation';
import { splitPath } from './request';
import type { TestDocument, TestRoute, TestService } from './test-platform';

/** Reads the behavior of a document of the test platform. */
export function observeTestPlatform(text: string): Observation {
  const document = JSON.parse(text) as TestDocument;
  const titles = new Map(document.services.map((service) => [service.name, service.title]));
  const routeOf = (request: Request): TestRoute | undefined =>
    document.routes.find((route) => matchesRoute(route, request));
  return {
    ask: (request) => answer(routeOf(request), request, (name) => titles.get(name) ?? name),
    backends: Object.fromEntries(document.services.map((service) => [service.title, observeService(service)])),
    balancerIdle: document.idle,
    timeoutOf: (request) => routeOf(request)?.timeout || undefined,
    silenceOf: () => document.idle,
  };
}

function matchesRoute(route: TestRoute, request: Request): boolean {
  const { host = 'localhost', method = 'GET' } = request;
  const { path } = splitPath(request.path ?? '/');
  return (
    (route.hosts.length === 0 || route.hosts.some((pattern) => matchesHost(pattern, host))) &&
    matchesPrefix(route.prefix, path) &&
    (route.methods.length === 0 || route.methods.includes(method)) &&
    (!route.preflight || isPreflight(request)) &&
    route.headers.every((header) => header.values.includes(headerOf(request, header.name) ?? ''))
  );
}

function answer(route: TestRoute | undefined, request: Request, titleOf: (name: string) => string): Answer {
  if (route === undefined) return { status: 404 };
  if (route.preflight) return { status: 204 };
  if (route.forward.length === 0) return { status: 405, allow: route.allow };
  const { path } = splitPath(request.path ?? '/');
  const rewritten = route.replacePrefix === undefined ? path : replacePrefix(path, route.prefix, route.replacePrefix);
  return {
    shares: Object.fromEntries(route.forward.map((share) => [titleOf(share.service), share.weight])),
    path: route.replacePath ?? rewritten,
    ...(route.removedPrefix && { forwardedPrefix: route.removedPrefix }),
    ...(route.stickySeconds !== undefined && { keptFor: route.stickySeconds }),
  };
}

function observeService(service: TestService): ObservedBackend {
  const { health, smokeTest } = service;
  const {
    times,
    name: _name,
    title: _title,
    command,
    args,
    user,
    models,
    gpu,
    scratch,
    environmentSources: _sources,
    sidecars,
    ...rest
  } = service;
  return {
    ...rest,
    liveness: health.liveness && {
      path: health.liveness.path,
      statuses: health.statuses,
      host: health.host,
      interval: health.liveness.intervalSeconds,
      timeout: health.liveness.timeoutSeconds,
      unhealthyThreshold: health.liveness.unhealthyThreshold,
    },
    smokeTest: smokeTest && {
      method: smokeTest.method,
      path: smokeTest.path,
      headers: smokeTest.headers,
      body: smokeTest.bodyBase64,
      timeout: smokeTest.timeoutSeconds,
      status: smokeTest.status,
      schema: smokeTest.schema === undefined ? undefined : JSON.parse(smokeTest.schema),
    },
    questions: [
      {
        by: 'balancer',
        path: health.path,
        statuses: health.statuses,
        host: health.host,
        timeout: health.timeout,
      },
    ],
    sidecars: sidecars.map(({ args: more = [], healthCheck, image = '', ...sidecar }) => ({
      ...sidecar,
      image,
      command: [...sidecar.command, ...more],
      sharedDirectories: sidecar.sharedDirectories ?? [],
      check: healthCheck?.command,
    })),
    gpuModels: gpu?.models,
    reserved: { cpu: service.cpu, memoryMib: service.memoryMib },
    memoryMib: service.memoryLimitMib,
    command: [...command, ...args],
    replacesEntryPoint: command.length > 0,
    user: user === undefined ? undefined : String(user),
    writable: scratch.map(({ path, inMemory }) => ({ path, inMemory })),
    models: models.flatMap(({ path, source }) => (source === undefined ? [] : [{ path, uri: source }])),
    balancerDrain: times.deregistration,
    preStop: times.preStop,
    stop: times.stop,
    startup: times.startup,
  };
}
