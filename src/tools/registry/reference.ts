import { isDigest } from '../../private/kinds';
import { CommandError } from '../command-line/command-error';
import { scopeOf } from '../net/scope';

/** A full reference to an image in a registry. */
export interface ImageReference {
  /** Host and port as users write them: `docker.io`, not the host of its API. */
  readonly registry: string;
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: string;
}

export const DOCKER_HUB = 'docker.io';
const REPOSITORY = /^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const HOST = /^(?:[a-zA-Z0-9.-]+|\[[0-9a-fA-F:]+\])(?::(\d{1,5}))?$/;

/** Whether a tag is valid in registries. */
export function isTag(tag: string): boolean {
  return TAG.test(tag);
}

/** Reads an image reference as Docker does: a first part without a dot or colon belongs to Docker Hub. */
export function parseReference(text: string, form = 'registry/repository[:tag][@sha256:digest]'): ImageReference {
  const [name = '', digest, ...rest] = text.split('@');
  const colon = name.lastIndexOf(':');
  const hasTag = colon > name.lastIndexOf('/');
  const tag = hasTag ? name.slice(colon + 1) : undefined;
  const { registry, repository } = splitName(hasTag ? name.slice(0, colon) : name);
  const wrong =
    (rest.length > 0 && 'more than one digest') ||
    (!isHost(registry) && `an invalid registry host ('${registry}')`) ||
    (repository === '' && 'no repository') ||
    (/[A-Z]/.test(repository) && 'upper-case letters in its repository name') ||
    ((!REPOSITORY.test(repository) || repository.length > 255) && 'an invalid repository name') ||
    (tag !== undefined && !isTag(tag) && `an invalid tag ('${tag}')`) ||
    (digest !== undefined && !isDigest(digest) && `a digest ('${digest}') that is not 'sha256:' and 64 hex digits`);
  if (wrong) throw new CommandError('InvalidImage', `'${text}' has ${wrong}; write it as ${form}`);
  return { registry, repository, ...(tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) };
}

function isHost(registry: string): boolean {
  const [whole, port = '1'] = HOST.exec(registry) ?? [];
  return whole !== undefined && Number(port) >= 1 && Number(port) <= 65_535;
}

function splitName(name: string): { registry: string; repository: string } {
  const slash = name.indexOf('/');
  const first = slash === -1 ? '' : name.slice(0, slash);
  const isRegistry = first === 'localhost' || /[.:]/.test(first);
  const registry = isRegistry ? first : DOCKER_HUB;
  const repository = isRegistry ? name.slice(slash + 1) : name;
  if (registry === 'index.docker.io') return { registry: DOCKER_HUB, repository: withLibrary(repository) };
  return { registry, repository: registry === DOCKER_HUB ? withLibrary(repository) : repository };
}

function withLibrary(repository: string): string {
  return repository === '' || repository.includes('/') ? repository : `library/${repository}`;
}

/** The API address of a registry. */
export function registryUrl(registry: string, plainHttp: boolean): URL {
  return new URL(`${plainHttp ? 'http' : 'https'}://${registry === DOCKER_HUB ? 'registry-1.docker.io' : registry}`);
}

/** The tag that names an artifact: the digits of its digest. */
export function tagOf(digest: string): string {
  return digest.slice('sha256:'.length);
}

/** The reference that definitions render: by digest, with the tag so that clean-up tools recognize that it is in use. */
export function referenceOf(name: string, digest: string): string {
  return `${name}:${tagOf(digest)}@${digest}`;
}

/** Whether a registry is on this machine, where plain HTTP is safe. */
export function isLocal(registry: string): boolean {
  return scopeOf(new URL(`http://${registry}`).hostname) === 'loopback';
}
