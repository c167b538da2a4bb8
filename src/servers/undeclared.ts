import { DrainClass, KeepAliveKind, type ServerDescriptor } from '../plan/server/descriptor';

/** What `/bin/sh -c` does to signals, whatever it starts. */
export const SHELL_NOTE =
  "the shell gets the signal and passes it to nobody; start the server with 'exec', so that it takes the shell's place";

/** A server nobody described: what sends to it must stop first, and its idle time is not known. */
export const UNDECLARED: ServerDescriptor = {
  name: 'an undeclared server',
  drain: DrainClass.B,
  keepAlive: KeepAliveKind.UNKNOWN,
  listensWhenReady: false,
  declared: false,
};
