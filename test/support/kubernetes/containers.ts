import { type Data, duplicates, type Findings, isObject, object, objects, text } from '../data';
import { checkLifecycle, checkProbe, type HandlerContext } from './handlers';
import { checkResources } from './resources';
import { dnsLabel, envName, portName, portNumber } from './syntax';

/** The properties of a Pod that its containers reference. */
export interface ContainerContext {
  readonly volumes: readonly string[];
  readonly claims: readonly string[];
  readonly grace: number;
  readonly os: unknown;
  readonly hostNetwork: boolean;
  readonly init: boolean;
}

const VALUE_SOURCES = ['configMapKeyRef', 'fieldRef', 'fileKeyRef', 'resourceFieldRef', 'secretKeyRef'];
const POD_FIELDS =
  /^(metadata\.(name|namespace|uid|labels\['[^']+'\]|annotations\['[^']+'\])|spec\.(nodeName|serviceAccountName)|status\.(hostIPs?|podIPs?))$/;
const RESOURCE_FIELDS = /^(limits|requests)\.(cpu|memory|ephemeral-storage|hugepages-.+)$/;

function checkPorts(findings: Findings, path: string, container: Data, context: ContainerContext): void {
  const ports = objects(container.ports);
  for (const [i, port] of ports.entries()) {
    const at = `${path}.ports[${i}]`;
    const number = portNumber(port.containerPort);
    if (number !== undefined) findings.add(`${at}.containerPort`, number);
    const name = port.name === undefined ? undefined : portName(port.name);
    if (name !== undefined) findings.add(`${at}.name`, name);
    if (context.hostNetwork && port.hostPort !== undefined) {
      findings.expect(
        port.hostPort === port.containerPort,
        `${at}.hostPort`,
        'must equal containerPort with hostNetwork',
      );
    }
  }
  const names = ports.filter((port) => port.name !== undefined).map((port) => String(port.name));
  for (const name of duplicates(names)) findings.add(`${path}.ports`, `two ports are named "${name}"`);
  const numbers = ports.map((port) => `${port.containerPort}/${port.protocol ?? 'TCP'}`);
  for (const number of duplicates(numbers)) findings.add(`${path}.ports`, `${number} is declared twice`);
}

function checkEnvironment(findings: Findings, path: string, container: Data): void {
  const variables = objects(container.env);
  for (const [i, variable] of variables.entries()) {
    const at = `${path}.env[${i}]`;
    const name = envName(variable.name);
    if (name !== undefined) findings.add(`${at}.name`, name);
    if (!('valueFrom' in variable)) continue;
    findings.expect(!('value' in variable) || variable.value === '', at, 'has both value and valueFrom');
    checkValueFrom(findings, `${at}.valueFrom`, object(variable.valueFrom));
  }
  for (const name of duplicates(variables.map((variable) => variable.name))) {
    findings.add(`${path}.env`, `"${name}" is set twice`);
  }
  for (const [i, source] of objects(container.envFrom).entries()) {
    const at = `${path}.envFrom[${i}]`;
    const sources = ['configMapRef', 'secretRef'].filter((key) => key in source);
    findings.expect(sources.length === 1, at, 'needs exactly one of configMapRef, secretRef');
    for (const key of sources) findings.expect(text(object(source[key]).name) !== '', `${at}.${key}.name`, 'required');
  }
}

function checkValueFrom(findings: Findings, path: string, from: Data): void {
  const sources = VALUE_SOURCES.filter((key) => key in from);
  findings.expect(sources.length === 1, path, `needs exactly one of ${VALUE_SOURCES.join(', ')}`);
  for (const key of ['configMapKeyRef', 'secretKeyRef']) {
    if (key in from) findings.expect(text(object(from[key]).name) !== '', `${path}.${key}.name`, 'required');
  }
  if (isObject(from.fieldRef)) {
    const field = text(from.fieldRef.fieldPath);
    findings.expect(
      POD_FIELDS.test(field),
      `${path}.fieldRef.fieldPath`,
      `"${field}" is not a field that a variable can reference`,
    );
  }
  if (isObject(from.resourceFieldRef)) {
    const resource = text(from.resourceFieldRef.resource);
    findings.expect(
      RESOURCE_FIELDS.test(resource),
      `${path}.resourceFieldRef.resource`,
      `"${resource}" is not a resource field`,
    );
  }
}

function checkMounts(findings: Findings, path: string, container: Data, context: ContainerContext): void {
  const mounts = objects(container.volumeMounts);
  for (const [i, mount] of mounts.entries()) {
    const at = `${path}.volumeMounts[${i}]`;
    findings.expect(context.volumes.includes(text(mount.name)), `${at}.name`, `the pod has no volume "${mount.name}"`);
    const where = text(mount.mountPath);
    findings.expect(where !== '' && !where.includes(':'), `${at}.mountPath`, `"${where}" is not a valid mount path`);
    findings.expect(where.startsWith('/'), `${at}.mountPath`, `"${where}" is not absolute`);
    const sub = text(mount.subPath);
    findings.expect(
      !sub.startsWith('/') && !sub.split('/').includes('..'),
      `${at}.subPath`,
      `"${sub}" leaves the volume`,
    );
    findings.expect(!('subPath' in mount && 'subPathExpr' in mount), at, 'has both subPath and subPathExpr');
    if (mount.recursiveReadOnly !== undefined && mount.recursiveReadOnly !== 'Disabled') {
      findings.expect(mount.readOnly === true, `${at}.recursiveReadOnly`, 'needs readOnly');
    }
  }
  for (const where of duplicates(mounts.map((mount) => mount.mountPath))) {
    findings.add(`${path}.volumeMounts`, `"${where}" is mounted twice`);
  }
}

export function checkSecurityContext(findings: Findings, path: string, security: unknown): void {
  if (!isObject(security)) return;
  for (const field of ['runAsUser', 'runAsGroup', 'fsGroup']) {
    const id = security[field];
    if (typeof id === 'number') findings.expect(id >= 0, `${path}.${field}`, `${id} is negative`);
  }
  findings.expect(
    !(security.runAsNonRoot === true && security.runAsUser === 0),
    path,
    'runAsNonRoot contradicts runAsUser 0',
  );
  findings.expect(
    !(security.privileged === true && security.allowPrivilegeEscalation === false),
    path,
    'privileged contradicts allowPrivilegeEscalation false',
  );
  const { add, drop } = object(security.capabilities);
  for (const capability of [add, drop].flat()) {
    if (capability !== undefined)
      findings.expect(
        !text(capability).startsWith('CAP_'),
        `${path}.capabilities`,
        `"${capability}" is written without CAP_`,
      );
  }
  checkSeccomp(findings, `${path}.seccompProfile`, security.seccompProfile);
}

function checkSeccomp(findings: Findings, path: string, profile: unknown): void {
  if (!isObject(profile)) return;
  const local = profile.type === 'Localhost';
  findings.expect(
    local === 'localhostProfile' in profile,
    path,
    'localhostProfile is allowed only with type Localhost',
  );
}

export function checkContainer(findings: Findings, path: string, container: Data, context: ContainerContext): void {
  const name = dnsLabel(container.name);
  if (name !== undefined) findings.add(`${path}.name`, name);
  const image = text(container.image);
  findings.expect(
    image !== '' && image === image.trim(),
    `${path}.image`,
    image === '' ? 'required' : 'has white space around it',
  );
  checkPorts(findings, path, container, context);
  checkEnvironment(findings, path, container);
  checkMounts(findings, path, container, context);
  checkResources(findings, `${path}.resources`, container.resources, context.claims);
  checkSecurityContext(findings, `${path}.securityContext`, container.securityContext);

  const sidecar = context.init && container.restartPolicy === 'Always';
  if (context.init && container.restartPolicy !== undefined) {
    findings.expect(
      sidecar,
      `${path}.restartPolicy`,
      `"${container.restartPolicy}", an init container supports only Always`,
    );
  }
  const portNames = objects(container.ports).map((port) => text(port.name));
  const handlers: HandlerContext = { portNames, grace: context.grace, os: context.os };
  for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
    if (context.init && !sidecar)
      findings.expect(!(probe in container), `${path}.${probe}`, 'not allowed in an init container');
    checkProbe(findings, `${path}.${probe}`, container[probe], probe, handlers);
  }
  if (context.init && !sidecar)
    findings.expect(!('lifecycle' in container), `${path}.lifecycle`, 'not allowed in an init container');
  checkLifecycle(findings, `${path}.lifecycle`, container.lifecycle, handlers);
}
