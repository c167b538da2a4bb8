import type { Change } from '../change';
import { at, type Data, isEqual, object, objects, stable, text } from '../data';
import { type ClusterObject, type ClusterUpdate, isSelected, podTemplate, shownObject, workloadsOf } from './objects';

/** Services that lose their Pods or their address, and routes to Services. */
export function checkServices(update: ClusterUpdate): Change[] {
  return [
    ...update.kept
      .filter(({ to }) => to.kind === 'Service')
      .flatMap(({ from, to }) => changedService(update, from, to)),
    ...update.kept.filter(({ to }) => isRoute(to)).flatMap(({ from, to }) => changedRoute(update, from, to)),
    ...update.after.filter(isRoute).flatMap((route) => lostServices(update, route)),
    ...update.removed.flatMap(removedAddress),
  ];
}

function changedService(update: ClusterUpdate, from: ClusterObject, to: ClusterObject): Change[] {
  const running = workloadsOf(from, update.before);
  const selector = object(at(to.body, 'spec.selector'));
  const lost = running.filter((one) => !isSelected(selector, object(at(podTemplate(one), 'metadata.labels'))));
  const subject = shownObject(to);
  if (running.length > 0 && lost.length === running.length) {
    const message = `no longer selects the Pods of ${lost.map(shownObject).join(', ')}; requests fail until others are ready`;
    return [{ kind: 'SelectorMismatch', subject, message }];
  }
  const ports = objects(at(to.body, 'spec.ports')).filter((port) => isMissing(port, from, running));
  return [
    ...ports.map((port): Change => {
      const message = `sends port ${String(port.name ?? port.port)} to '${String(port.targetPort)}', which the running Pods do not have; requests fail until they are replaced`;
      return { kind: 'SelectorMismatch', subject, message };
    }),
    ...changedProtocols(from, to),
  ];
}

/** Whether a port of a Service changes its target to one that no running Pod has. */
function isMissing(port: object, from: ClusterObject, running: readonly ClusterObject[]): boolean {
  const { targetPort, port: number, name } = port as { targetPort?: unknown; port?: unknown; name?: unknown };
  const target = targetPort ?? number;
  const old = objects(at(from.body, 'spec.ports')).find((one) => one.name === name || one.port === number);
  if (old === undefined || isEqual(old.targetPort ?? old.port, target) || running.length === 0) return false;
  return !running.some((one) =>
    objects(at(podTemplate(one), 'spec.containers')).some(({ ports }) =>
      objects(ports).some(({ name: own, containerPort }) => own === target || containerPort === target),
    ),
  );
}

function changedProtocols(from: ClusterObject, to: ClusterObject): Change[] {
  const old = new Map(objects(at(from.body, 'spec.ports')).map((port) => [port.port, port.appProtocol]));
  return objects(at(to.body, 'spec.ports'))
    .filter((port) => old.has(port.port) && old.get(port.port) !== port.appProtocol)
    .map((port): Change => {
      const message = `changes the protocol of port ${String(port.port)} from '${text(old.get(port.port)) || 'HTTP/1.1'}' to '${text(port.appProtocol) || 'HTTP/1.1'}' at once, also for the running Pods`;
      return { kind: 'SelectorMismatch', subject: shownObject(to), message };
    });
}

function isRoute({ kind }: ClusterObject): boolean {
  return kind === 'HTTPRoute' || kind === 'GRPCRoute' || kind === 'Ingress';
}

/** A rule of a route: which requests it matches, and the Services that it forwards them to with a weight above 0. */
interface RouteRule {
  readonly matches: string;
  readonly services: readonly string[];
}

function rulesOf({ body }: ClusterObject): RouteRule[] {
  const rules = objects(at(body, 'spec.rules'));
  const routed = rules.map(({ matches, backendRefs }) => ({
    matches: stable(matches),
    services: namesIn(
      objects(backendRefs)
        .filter(({ kind, weight }) => (kind ?? 'Service') === 'Service' && weight !== 0)
        .map(({ name }) => name),
    ),
  }));
  const paths = rules.flatMap((rule) =>
    objects(at(rule, 'http.paths')).map((path): Data => ({ host: rule.host, ...path })),
  );
  return [
    ...routed,
    ...paths.map(({ backend, ...match }) => ({
      matches: stable(match),
      services: namesIn([at(backend, 'service.name')]),
    })),
    { matches: 'default', services: namesIn([at(body, 'spec.defaultBackend.service.name')]) },
  ];
}

function namesIn(names: readonly unknown[]): string[] {
  return names.map(text).filter((name) => name !== '');
}

/** The Services that a route forwards to. */
function servicesOf(route: ClusterObject): string[] {
  return [...new Set(rulesOf(route).flatMap(({ services }) => services))];
}

/** Requests that move to a Service which is created with the same update. New rules take over no requests. */
function changedRoute(update: ClusterUpdate, from: ClusterObject, to: ClusterObject): Change[] {
  const old = new Map(rulesOf(from).map(({ matches, services }) => [matches, services]));
  const moved = rulesOf(to).flatMap(({ matches, services }) =>
    services.filter((name) => old.get(matches)?.includes(name) === false),
  );
  return [...new Set(moved)].flatMap((name) => {
    const service = update.find('Service', to, name);
    if (service === undefined || !update.created.includes(service)) return [];
    const order = service.position > to.position ? '. The route is also applied before that Service exists' : '';
    const message = `forwards requests to ${shownObject(service)}, whose Pods are created with the same update and are not ready yet${order}`;
    return [{ kind: 'ForwardedTooEarly', subject: shownObject(to), message }];
  });
}

/** Routes to Services that the update removes. */
function lostServices(update: ClusterUpdate, route: ClusterObject): Change[] {
  return servicesOf(route)
    .filter((name) =>
      update.removed.some((one) => one.kind === 'Service' && one.namespace === route.namespace && one.name === name),
    )
    .map((name) => {
      const message = `forwards requests to Service ${name}, which is removed`;
      return { kind: 'NoTargets', subject: shownObject(route), message };
    });
}

/** Addresses that clients outside the manifests can use. */
function removedAddress(one: ClusterObject): Change[] {
  const isRouter = at(one.body, 'metadata.labels') !== undefined && component(one) === 'router';
  const isExternal = ['LoadBalancer', 'NodePort'].includes(text(at(one.body, 'spec.type')));
  if (one.kind !== 'Gateway' && !(one.kind === 'Service' && (isRouter || isExternal))) return [];
  const message = 'is removed; clients that use its address fail after it is deleted';
  return [{ kind: 'AddressReplaced', subject: shownObject(one), message }];
}

function component({ body }: ClusterObject): string {
  return text(object(at(body, 'metadata.labels'))['app.kubernetes.io/component']);
}
