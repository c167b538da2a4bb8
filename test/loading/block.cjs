// Makes the packages in BLOCKED unresolvable, as if they were not installed.
const Module = require('node:module');

const blocked = (process.env.BLOCKED ?? '').split(',').filter(Boolean);
const resolve = Module._resolveFilename;

Module._resolveFilename = function (request, ...rest) {
  if (blocked.some((name) => request === name || request.startsWith(`${name}/`))) {
    throw Object.assign(new Error(`Cannot find module '${request}'`), { code: 'MODULE_NOT_FOUND' });
  }
  return resolve.call(this, request, ...rest);
};
