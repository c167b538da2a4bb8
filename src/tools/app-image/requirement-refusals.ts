const WHEELS_ONLY = 'only wheels are installed, because building a package runs its code on this machine';

/** What to do with a package that is not a wheel in an index. */
const PUBLISH = `${WHEELS_ONLY}; build a wheel of it (pip wheel --no-deps) and publish it to your index or to a folder of PIP_FIND_LINKS, or move the code into the directory of the app`;

const SYSTEM =
  'packages of the operating system are not installed; use a base image that contains them (FROM, RUN apt-get install), and list only Python packages';

/** Lines that are not supported, by their form: why, and what to use instead. */
const REFUSED_LINES: readonly (readonly [form: RegExp, why: string])[] = [
  [/^(?:(?:RUN|sudo|-)\s+)*(?:apt-get|apt|aptitude|apk|yum|dnf|microdnf|dpkg|rpm|brew|snap)\s/i, SYSTEM],
  [/^(?:(?:RUN|sudo|-)\s+)*(?:conda|mamba|micromamba)\s/i, SYSTEM],
  [
    /^(?:FROM|RUN|ENV|COPY|WORKDIR|ENTRYPOINT|CMD)\s/,
    'it is a line of a Dockerfile; build that image and use it as the base, and list only Python packages',
  ],
  [
    /^(?:(?:RUN|sudo|!)\s*)*(?:python3?\s+-m\s+)?(?:uv\s+)?pip3?\s+install\s/i,
    "list only the packages, without 'pip install'",
  ],
  [
    /^(?:name|channels|dependencies|packages|system_packages|python_packages)\s*:|^-\s+[\w.-]+/,
    'the file is YAML; list the Python packages as in a requirements file, one per line, and use a base image that contains all others',
  ],
  [
    /^\[[\w.-]+\]$|^[\w.-]+\s*=\s*["{[]/,
    'the file is TOML; list the Python packages as in a requirements file, one per line',
  ],
  [/^[\w.-]+\s*=\s*[\w.*]+(?:=[\w.*]+)?$/, "'=' is the notation of conda; use '==', as in 'numpy==2.3.*'"],
  [/^(?:[\w.-]+(?:\[[^\]]*\])?\s*@\s*)?(?:git|hg|svn|bzr)\+|^git@/i, PUBLISH],
  [/^[\w.-]+(?:\[[^\]]*\])?\s*@\s/i, PUBLISH],
  [/^[a-z][a-z+.-]*:\/\/|^file:/i, PUBLISH],
  [/^[./~\\]|^[A-Za-z]:[\\/]|^[\w.-]+\//, PUBLISH],
  [/^\S+\.(?:whl|zip|tar(?:\.\w+)?|t[gblx]z2?)$/i, PUBLISH],
];

/** Options of a requirements file that are not supported. */
export const REFUSED_OPTIONS: { readonly [option: string]: string } = {
  '-e': `${WHEELS_ONLY}; move the code into the directory of the app, or publish a wheel of it`,
  '--editable': `${WHEELS_ONLY}; move the code into the directory of the app, or publish a wheel of it`,
  '--no-binary': `${WHEELS_ONLY}; remove the option, or publish a wheel of the package`,
  '--trusted-host':
    'a requirements file cannot turn off TLS; configure pip itself (pip config set global.trusted-host)',
};

/** Why a line is not supported although it is common, and what to use instead; undefined for other lines. */
export function whyRefused(line: string): string | undefined {
  // A long line is not one of these, and matching it would be slow.
  return line.length > 1000 ? undefined : REFUSED_LINES.find(([form]) => form.test(line))?.[1];
}
