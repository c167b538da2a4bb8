import { DrainBehavior, KeepAliveKind, type ServerDescriptor, type VersionedBehavior } from '../plan/server/descriptor';
import { isSettable, knobsOf } from '../plan/server/knobs';
import { KnobPlace } from '../plan/server/parts';
import { requireNumber } from '../private/checks';
import { ServingError } from '../private/errors';
import { describeMember } from '../private/options';
import { compareVersions, statesOf, versionNumbers } from './versions';

/** Valid names of flags and variables. */
const NAMES: { readonly [place in KnobPlace]?: RegExp } = {
  [KnobPlace.FLAG]: /^-{1,2}[A-Za-z][\w.-]*$/,
  [KnobPlace.VARIABLE]: /^[A-Za-z_]\w*$/,
};
const LONGEST = 604_800;

/** Rejects a descriptor that contradicts itself, so that a plan relies only on what the server does. */
export function checkDescriptor(descriptor: ServerDescriptor, command: string[]): void {
  const { versions = [], drain, drainKnob } = descriptor;
  checkNumbers(descriptor);
  checkPortVariable(descriptor);
  checkPathPrefix(descriptor);
  checkKnobs(descriptor, command);
  checkBatching(descriptor, command);
  if (drain === DrainBehavior.DROPS_REQUESTS && drainKnob !== undefined)
    invalid('drainKnob', `'${drainKnob.name}'`, "must not be set when 'drain' is servers.DrainBehavior.DROPS_REQUESTS");
  const numbers = versions.map(({ from }, index) => {
    const found = versionNumbers(from);
    return found ?? invalid(`versions[${index}].from`, `'${from}'`, "must start with a number, such as '27.0.1'");
  });
  numbers.forEach((version, index) => {
    const before = numbers[index - 1];
    if (before !== undefined && compareVersions(before, version) >= 0)
      invalid(`versions[${index}].from`, `'${versions[index]?.from}'`, 'must be newer than the one before it');
  });
  statesOf(descriptor).forEach((state, index) => {
    checkKeepAlive(state, index === 0 ? '' : `versions[${index - 1}].`);
  });
}

function checkNumbers(descriptor: ServerDescriptor): void {
  const seconds = ['keepAliveSeconds', 'keepAliveLagSeconds', 'lingerSeconds', 'webSocketPingSeconds'] as const;
  for (const name of seconds)
    if (descriptor[name] !== undefined) requireNumber(`descriptor.${name}`, descriptor[name], { min: 0, max: LONGEST });
  for (const name of ['silentLimit', 'headerLimit'] as const) {
    const { seconds: limit, plus } = descriptor[name] ?? { seconds: 0 };
    requireNumber(`descriptor.${name}.seconds`, limit, { min: 0, max: LONGEST });
    if (plus !== undefined && plus !== 'keepAlive' && plus !== 'watchdog')
      invalid(`${name}.plus`, `'${plus}'`, "must be 'keepAlive' or 'watchdog'");
  }
}

function checkPortVariable({ portVariable }: ServerDescriptor): void {
  if (portVariable === undefined || NAMES[KnobPlace.VARIABLE]?.test(portVariable)) return;
  invalid('portVariable', `'${portVariable}'`, 'must be the name of an environment variable, such as PORT');
}

function checkPathPrefix({ pathPrefix }: ServerDescriptor): void {
  if (pathPrefix === undefined) return;
  const { flag, variable, since } = pathPrefix;
  const must = 'must be a single word, such as --root-path or ROOT_PATH';
  if (NAMES[KnobPlace.FLAG]?.test(flag) === false) invalid('pathPrefix.flag', `'${flag}'`, must);
  if (variable !== undefined && NAMES[KnobPlace.VARIABLE]?.test(variable) === false)
    invalid('pathPrefix.variable', `'${variable}'`, must);
  if (since !== undefined && versionNumbers(since) === undefined)
    invalid('pathPrefix.since', `'${since}'`, "must start with a number, such as '0.26'");
}

function checkKnobs(descriptor: ServerDescriptor, command: string[]): void {
  const seen = new Set<string>();
  for (const [, { name, place, defaultSeconds, maxSeconds }] of knobsOf(descriptor)) {
    if (NAMES[place]?.test(name) === false)
      invalid(`the ${place}`, `'${name}'`, 'must be a single word, such as --keep-alive or KEEP_ALIVE');
    if (seen.has(name)) invalid(`the ${place}`, `'${name}'`, 'must be unique in the descriptor');
    seen.add(name);
    if (place === KnobPlace.FLAG && command.some((word) => word.replace(/=.*$/, '') === name))
      invalid(`the ${place}`, `'${name}'`, 'must not be in the command, because the computed time is added with it');
    for (const value of [defaultSeconds, maxSeconds])
      if (value !== undefined) requireNumber(`seconds of '${name}'`, value, { min: 0, max: LONGEST });
  }
}

/** Checks that batches can be configured where the descriptor declares it. */
function checkBatching({ batching }: ServerDescriptor, command: string[]): void {
  const { sizeKnob, delayKnob } = batching ?? {};
  if (delayKnob !== undefined && sizeKnob === undefined)
    invalid('batching.delayKnob', `'${delayKnob.name}'`, "requires a 'sizeKnob'");
  for (const [prop, knob] of Object.entries({ sizeKnob, delayKnob })) {
    if (knob === undefined) continue;
    if (NAMES[knob.place]?.test(knob.name) === false)
      invalid(`batching.${prop}`, `'${knob.name}'`, 'must be a single word, such as --batch-size or BATCH_SIZE');
    if (command.some((word) => word.replace(/=.*$/, '') === knob.name))
      invalid(`batching.${prop}`, `'${knob.name}'`, "must not be in the command, because 'batching' adds it");
  }
}

/** Checks that the keep-alive settings match their kind. */
function checkKeepAlive({ keepAlive, keepAliveSeconds, keepAliveKnob: knob }: VersionedBehavior, prefix: string): void {
  const kind = describeMember('servers.KeepAliveKind', keepAlive);
  const prop = `${prefix}keepAlive`;
  if (keepAlive === KeepAliveKind.FIXED && keepAliveSeconds === undefined && knob?.defaultSeconds === undefined)
    invalid(prop, kind, "requires 'keepAliveSeconds'");
  if (keepAlive === KeepAliveKind.FIXED && isSettable(knob))
    invalid(prop, kind, "conflicts with a 'keepAliveKnob' that sets it");
  if (keepAlive === KeepAliveKind.SETTABLE && knob === undefined)
    invalid(prop, kind, "requires the 'keepAliveKnob' that sets it");
  if (keepAlive === KeepAliveKind.CAPPED && knob?.maxSeconds === undefined)
    invalid(prop, kind, "requires a 'keepAliveKnob' with 'maxSeconds'");
}

function invalid(prop: string, found: string, problem: string): never {
  throw new ServingError(
    'InvalidDescriptor',
    `'${prop.startsWith('the ') ? prop : `descriptor.${prop}`}' (${found}) ${problem}`,
  );
}
