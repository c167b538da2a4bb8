import { DrainClass, KeepAliveKind, type ServerDescriptor } from './server-descriptor';

/**
 * gunicorn with threads. Class C because releases before 27 hold the exit for kept connections; newer ones only exit
 * earlier. The master opens the port before a worker has loaded the application.
 */
export const GUNICORN: ServerDescriptor = {
  name: 'gunicorn',
  drain: DrainClass.C,
  keepAlive: KeepAliveKind.SETTABLE,
  listensWhenReady: false,
  interpreter: 'python',
  verifiedVersion: '27.0.1',
  source: 'gunicorn workers/gthread.py; measured with 26.2.0 and 27.0.1',
  declared: true,
};

/** uvicorn in one process: drains without a bound unless one is set, and listens after the lifespan start-up. */
export const UVICORN: ServerDescriptor = {
  name: 'uvicorn',
  drain: DrainClass.D,
  keepAlive: KeepAliveKind.SETTABLE,
  listensWhenReady: true,
  interpreter: 'python',
  verifiedVersion: '0.54.0',
  source: 'uvicorn server.py; measured with 0.54.0',
  declared: true,
};

/** uvicorn with several processes: the parent opens the port before a worker can answer. */
export const UVICORN_WORKERS: ServerDescriptor = { ...UVICORN, listensWhenReady: false };

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
