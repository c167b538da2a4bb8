// Writes one JSON file per CustomResourceDefinition: its names and the schemas of the versions that are served.
// usage: node extract.js FILE.yaml...
const fs = require('node:fs');
const path = require('node:path');
const { parseAllDocuments } = require('yaml');

/** Removes descriptions, which are most of a CRD and are not checked. A property named "description" is kept. */
function withoutDescriptions(schema) {
  if (Array.isArray(schema)) return schema.map(withoutDescriptions);
  if (schema === null || typeof schema !== 'object') return schema;
  const kept = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'description' && typeof value === 'string') continue;
    kept[key] =
      key === 'properties'
        ? Object.fromEntries(Object.entries(value).map(([name, s]) => [name, withoutDescriptions(s)]))
        : key === 'default' || key === 'enum'
          ? value
          : withoutDescriptions(value);
  }
  return kept;
}

for (const file of process.argv.slice(2)) {
  for (const document of parseAllDocuments(fs.readFileSync(file, 'utf8'))) {
    const crd = document.toJS();
    if (crd?.kind !== 'CustomResourceDefinition') continue;
    const { group, names, scope, versions } = crd.spec;
    const served = versions.filter((version) => version.served);
    const out = {
      group,
      kind: names.kind,
      plural: names.plural,
      scope,
      versions: Object.fromEntries(served.map((v) => [v.name, withoutDescriptions(v.schema.openAPIV3Schema)])),
    };
    const target = path.join(__dirname, `${names.plural}.${group}.json`);
    fs.writeFileSync(target, `${JSON.stringify(out)}\n`);
    console.log(`${path.basename(target)} ${Object.keys(out.versions).join(' ')}`);
  }
}
