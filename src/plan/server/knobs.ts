import { KeepAliveKind, type ServerDescriptor } from './descriptor';
import { KnobPlace, type ServerKnob } from './parts';

/** A computed time that can be passed to a server. */
export type ServerTime = 'keepAlive' | 'drain' | 'watchdog' | 'request';

/** The settings of a server that are times, with the computed time for each. */
export function knobsOf(descriptor: ServerDescriptor): [ServerTime, ServerKnob][] {
  const knobs: [ServerTime, ServerKnob | undefined][] = [
    ['keepAlive', descriptor.keepAliveKnob],
    ['keepAlive', descriptor.headerKnob],
    ['drain', descriptor.drainKnob],
    ['watchdog', descriptor.watchdogKnob],
    ['request', descriptor.requestLimit?.knob],
  ];
  return knobs.filter((pair): pair is [ServerTime, ServerKnob] => pair[1] !== undefined);
}

/** How long the server keeps an idle connection, in seconds, if `requested` seconds are configured. */
export function keepAliveOf(descriptor: ServerDescriptor, requested: number): number {
  const { keepAlive, keepAliveKnob: knob, keepAliveSeconds } = descriptor;
  if (![KeepAliveKind.SETTABLE, KeepAliveKind.CAPPED, KeepAliveKind.FIXED].includes(keepAlive))
    return Number.POSITIVE_INFINITY;
  if (isSettable(knob)) return Math.min(requested, knob?.maxSeconds ?? requested);
  return keepAliveSeconds ?? knob?.defaultSeconds ?? Number.POSITIVE_INFINITY;
}

/** How long the server drains, in seconds, if `requested` seconds are configured. */
export function drainOf(descriptor: ServerDescriptor, requested: number): number {
  const { drainKnob: knob } = descriptor;
  if (knob === undefined) return requested;
  return Math.min(requested, (isSettable(knob) ? knob.maxSeconds : knob.defaultSeconds) ?? requested);
}

/** Whether the plan can set it: by a flag or a variable, but not in code or a configuration file. */
export function isSettable(knob: ServerKnob | undefined): boolean {
  return knob?.place === KnobPlace.FLAG || knob?.place === KnobPlace.VARIABLE;
}
