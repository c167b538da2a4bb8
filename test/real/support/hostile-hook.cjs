// Loaded into the command line by NODE_OPTIONS: resolves *.test to this machine, and records the peak memory.
const dns = require('node:dns');
const { readFileSync, writeFileSync } = require('node:fs');
const { isMainThread } = require('node:worker_threads');

const { lookup } = dns;
dns.lookup = (name, options, callback) => {
  if (!name.endsWith('.test')) return lookup(name, options, callback);
  const done = typeof options === 'function' ? options : callback;
  const address = '127.0.0.1';
  return process.nextTick(() => (options?.all ? done(null, [{ address, family: 4 }]) : done(null, address, 4)));
};

const { PEAK_MEMORY_FILE } = process.env;
if (isMainThread && PEAK_MEMORY_FILE !== undefined)
  // The resource usage of a process starts with that of its parent.
  process.on('exit', () => {
    const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
    writeFileSync(PEAK_MEMORY_FILE, String(Number(kibibytes) * 1024));
  });
