const { readFileSync } = require('node:fs');

/**
 * The peak resident memory of this process, in MiB. On Linux, VmHWM begins with the program, whereas `maxRSS` includes the
 * memory of the process that started it.
 */
exports.peakMemory = function peakMemory() {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS / 1024;
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
  return Number(kibibytes) / 1024;
};
