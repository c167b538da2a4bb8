import { rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readJsonObject } from '../../private/json';
import { CommandError } from '../command-line/command-error';
import { PackageCache } from './package-cache';
import { runPython } from './python';
import { type RequirementsList, readDependencies, readRequirements, requirementsText } from './requirements-list';

const EXPORT = 'export it to a requirements file in the directory of the app, and pass that';

const SYSTEM =
  'packages of the operating system are not installed: use a base image that contains them, and pass a requirements file with the Python packages';

/** Files of other tools: why they are not read, and what to pass instead. */
const OTHER_FILES: readonly (readonly [name: RegExp, why: string])[] = [
  [/^uv\.lock$/, `${EXPORT}: uv export --format requirements-txt --no-emit-project -o requirements.txt`],
  [/^poetry\.lock$/, `${EXPORT}: poetry export -f requirements.txt -o requirements.txt`],
  [/^Pipfile(?:\.lock)?$/, `${EXPORT}: pipenv requirements > requirements.txt`],
  [/^pdm\.lock$/, `${EXPORT}: pdm export -f requirements -o requirements.txt`],
  [/^pylock(?:\.[^.]+)?\.toml$/, 'list the packages in a requirements file, or pass the pyproject.toml'],
  [
    /^(?:environment|conda)[^/]*\.ya?ml$|^conda-lock\.yml$/,
    "packages of conda are not installed: list those of its 'pip' section, and those that are also in the package index, in a requirements file, and use a base image that contains all others",
  ],
  [/^setup\.(?:py|cfg)$/, 'its code is not run: list the dependencies in a requirements file or a pyproject.toml'],
  [/(?:^|\.)Dockerfile(?:\.|$)|^Containerfile$/, SYSTEM],
  [/^(?:apt|apt-packages|packages|system-packages)\.txt$|^Aptfile$/, SYSTEM],
];

/** Prints the dependencies of `pyproject.toml` in the working directory as JSON. */
const READ_PYPROJECT = `
import json, sys
try:
    import tomllib
except ImportError:
    try:
        from pip._vendor import tomli as tomllib
    except ImportError:
        sys.exit('reading a pyproject.toml requires Python 3.11, or pip 21.2')
try:
    with open('pyproject.toml', 'rb') as file:
        project = tomllib.load(file).get('project', {})
except tomllib.TOMLDecodeError as error:
    sys.exit('it is not valid TOML: %s' % error)
print(json.dumps({'dependencies': project.get('dependencies'), 'dynamic': project.get('dynamic', [])}))
`;

/** Reads the packages of an app: a requirements file, or the dependencies of a pyproject.toml. */
export async function readSource(file: string, directory: string): Promise<RequirementsList> {
  const name = basename(file);
  const why = OTHER_FILES.find(([form]) => form.test(name))?.[1];
  if (why !== undefined) throw new CommandError('InvalidRequirements', `'${file}' is not a requirements file; ${why}`);
  return name === 'pyproject.toml' ? readProject(file, directory) : readRequirements(file, directory);
}

async function readProject(file: string, directory: string): Promise<RequirementsList> {
  const text = requirementsText(file, directory);
  const folder = new PackageCache().draft();
  try {
    writeFileSync(join(folder, 'pyproject.toml'), text);
    const purpose = `read '${file}'`;
    const read = readJsonObject(await runPython({ args: ['-c', READ_PYPROJECT], purpose, folder }));
    const { dependencies, dynamic } = read ?? {};
    if (isTexts(dependencies)) return readDependencies(dependencies, file);
    const isDynamic = Array.isArray(dynamic) && dynamic.includes('dependencies');
    throw new CommandError(
      'InvalidRequirements',
      isDynamic
        ? `the dependencies of '${file}' are dynamic, and its build is not run; list them in [project] or in a requirements file`
        : `'${file}' has no list 'dependencies' in [project]; add it, or pass a requirements file`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
