const { readFileSync } = require('node:fs');

/**
 * The most resident memory of this process, in MiB. Linux counts VmHWM from the start of the program; the maximum that
 * the resource usage reports begins with the memory of the process that started it.
 */
exports.peakMemory = function peakMemory() {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS / 1024;
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
  return Number(kibibytes) / 1024;
};
