import { KeepAliveKind, type ServerDescriptor } from './descriptor';
import { KnobPlace, type ServerKnob } from './parts';

/** One of the computed times that a server can be told. */
export type ServerTime = 'keepAlive' | 'drain' | 'watchdog' | 'request';

/** The settings of a server that are times, with the time that each gets. */
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

/** How long the server keeps an idle connection, in seconds, when it is asked to keep one for `wanted` seconds. */
export function keepAliveOf(descriptor: ServerDescriptor, wanted: number): number {
  const { keepAlive, keepAliveKnob: knob, keepAliveSeconds } = descriptor;
  if (![KeepAliveKind.SETTABLE, KeepAliveKind.CAPPED, KeepAliveKind.FIXED].includes(keepAlive))
    return Number.POSITIVE_INFINITY;
  if (isSettable(knob)) return Math.min(wanted, knob?.maxSeconds ?? wanted);
  return keepAliveSeconds ?? knob?.defaultSeconds ?? Number.POSITIVE_INFINITY;
}

/** How long the server can drain, in seconds, when it is asked to drain for `wanted` seconds. */
export function drainOf(descriptor: ServerDescriptor, wanted: number): number {
  const { drainKnob: knob } = descriptor;
  if (knob === undefined) return wanted;
  return Math.min(wanted, (isSettable(knob) ? knob.maxSeconds : knob.defaultSeconds) ?? wanted);
}

/** Whether a setting reaches the server from outside: what stands in its code or files does not. */
export function isSettable(knob: ServerKnob | undefined): boolean {
  return knob?.place === KnobPlace.FLAG || knob?.place === KnobPlace.VARIABLE;
}
