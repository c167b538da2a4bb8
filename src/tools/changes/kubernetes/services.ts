import type { Change } from '../change';
import { at, isEqual, object, objects, text } from '../data';
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

/** The Services that a route forwards to, with a weight above 0. */
function servicesOf({ body }: ClusterObject): string[] {
  const rules = objects(at(body, 'spec.rules'));
  const references = rules.flatMap((rule) => objects(rule.backendRefs));
  const paths = rules.flatMap((rule) => objects(at(rule, 'http.paths')));
  const named = [
    ...references
      .filter(({ kind, weight }) => (kind ?? 'Service') === 'Service' && weight !== 0)
      .map(({ name }) => name),
    ...paths.map((path) => at(path, 'backend.service.name')),
    at(body, 'spec.defaultBackend.service.name'),
  ];
  return [...new Set(named.map(text).filter((name) => name !== ''))];
}

/** Routes that move requests to a Service which is created with the same update. */
function changedRoute(update: ClusterUpdate, from: ClusterObject, to: ClusterObject): Change[] {
  const old = servicesOf(from);
  return servicesOf(to)
    .filter((name) => !old.includes(name))
    .flatMap((name) => {
      const service = update.find('Service', to, name);
      if (service === undefined || !update.created.includes(service)) return [];
      const order = service.position > to.position ? ' It is also applied before that Service exists.' : '';
      const message = `forwards requests to ${shownObject(service)}, whose Pods are created with the same update and are not ready yet.${order}`;
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
