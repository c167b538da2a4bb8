import { type Data, duplicates, type Findings, isObject, object, objects, text } from '../data';
import { modelNamed } from './models';
import { configKey, dnsLabel } from './syntax';

const PROJECTIONS = [
  'clusterTrustBundle',
  'configMap',
  'downwardAPI',
  'podCertificate',
  'secret',
  'serviceAccountToken',
];

/** The field of a source that contains the referenced name. */
const NAMES: { readonly [source: string]: string } = {
  configMap: 'name',
  csi: 'driver',
  hostPath: 'path',
  image: 'reference',
  persistentVolumeClaim: 'claimName',
  secret: 'secretName',
};

function checkItems(findings: Findings, path: string, source: Data): void {
  const items = objects(source.items);
  for (const [i, item] of items.entries()) {
    const key = configKey(item.key);
    if (item.key !== undefined && key !== undefined) findings.add(`${path}.items[${i}].key`, key);
    const to = text(item.path);
    findings.expect(
      to !== '' && !to.startsWith('/') && !to.split('/').includes('..'),
      `${path}.items[${i}].path`,
      `"${to}" is not a path inside the volume`,
    );
  }
  for (const to of duplicates(items.map((item) => item.path)))
    findings.add(`${path}.items`, `two items have the path "${to}"`);
  for (const [where, mode] of [
    ['defaultMode', source.defaultMode],
    ...items.map((item, i) => [`items[${i}].mode`, item.mode]),
  ]) {
    if (typeof mode === 'number')
      findings.expect(mode >= 0 && mode <= 0o777, `${path}.${where}`, `${mode} is not from 0 to 0777`);
  }
}

/** A volume has a name and exactly one source. */
export function checkVolume(findings: Findings, path: string, volume: Data): void {
  const name = dnsLabel(volume.name);
  if (name !== undefined) findings.add(`${path}.name`, name);
  const known = [...(modelNamed('V1Volume')?.keys() ?? [])].filter((key) => key !== 'name');
  const sources = known.filter((key) => key in volume);
  findings.expect(sources.length === 1, path, `needs exactly one source, has ${sources.join(', ') || 'none'}`);
  for (const source of sources) {
    const value = object(volume[source]);
    const required = NAMES[source];
    if (required !== undefined)
      findings.expect(text(value[required]) !== '', `${path}.${source}.${required}`, 'required');
    checkItems(findings, `${path}.${source}`, value);
  }
  for (const [i, projection] of objects(object(volume.projected).sources).entries()) {
    const at = `${path}.projected.sources[${i}]`;
    const kinds = PROJECTIONS.filter((key) => isObject(projection[key]));
    findings.expect(kinds.length === 1, at, `needs exactly one of ${PROJECTIONS.join(', ')}`);
    for (const kind of kinds) checkItems(findings, `${at}.${kind}`, object(projection[kind]));
    if (isObject(projection.serviceAccountToken)) {
      const seconds = projection.serviceAccountToken.expirationSeconds;
      if (typeof seconds === 'number')
        findings.expect(seconds >= 600, `${at}.serviceAccountToken.expirationSeconds`, 'must be 600 or more');
    }
  }
}
