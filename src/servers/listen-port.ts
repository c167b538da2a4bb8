import { ServingError } from '../private/errors';
import { OTHER_ADDRESS } from '../private/localhost';
import type { StartContext } from './define-server';

/** Options whose value is the port of an HTTP server: `--port`, `--http-port`, `--server.port`, `-Dserver.port`. */
const PORT_OPTION =
  /^(?:--?|-D)(?:(?:[\w-]+[._-])?(?:http|https|rest|rest[_-]api|api|web|server|listen|serve)[._-])?port$/i;

/** Options whose value is the address of an HTTP server. */
const ADDRESS_OPTION =
  /^--?(?:b|bind|listen|(?:http[._-]?|server[._-]?|bind[._-]?|listen[._-]?)?(?:addr|address)|http[._-]?listen)$/i;

/** Variables in a command that set the port of an HTTP server. */
const PORT_VARIABLE = /^(?:PORT|(?:\w+_)?(?:HTTP|SERVER|LISTEN|WEB|REST)_PORT|(?:UVICORN|GRANIAN|FLASK_RUN)_PORT)$/;

/** An address on all interfaces with a port, in the first group. */
const ADDRESS = /^(?:(?:tcp|https?):\/\/)?(?:0\.0\.0\.0|\[::\]|\*)?:(\d{1,5})\/?$/;

/** Names of options for ports that get no requests of the balancer, in addition to those for other addresses. */
const OTHER_PORT = /grpc|health|probe|debug|dashboard|internal/i;

/** The first port that `-p` can mean: smaller numbers are processes. */
const FIRST_PORT = 80;

/** A port in a command, with the words that set it. */
interface NamedPort {
  readonly text: string;
  readonly port: number;
}

/**
 * Rejects a command that sets another port than those of the backend. A command that also contains the port of the backend,
 * or a variable in place of a port, may start more than one server.
 */
export function refuseOtherPort(
  words: readonly string[],
  { port, additionalPorts = [], at }: Pick<StartContext, 'port' | 'additionalPorts' | 'at'>,
): void {
  const parts = words.flatMap((word) => (/\s/.test(word) ? word.replace(/["']/g, '').split(/[\s;&|]+/) : [word]));
  const other = namedPorts(parts).find((named) => named.port !== port && !additionalPorts.includes(named.port));
  if (other === undefined) return;
  const known = new RegExp(`(?<!\\d)${port}(?!\\d)|\\$\\{?\\(?PORT\\b`);
  if (parts.some((part) => known.test(part))) return;
  throw new ServingError(
    'ConflictingProps',
    `'${other.text}' in the server command conflicts with 'port' of the backend (${port}), to which requests are sent; set 'port' to ${other.port}, or change the command`,
    at,
  );
}

function namedPorts(parts: readonly string[]): NamedPort[] {
  return parts.flatMap((part, index) => {
    const [name, joined] = splitAt(part);
    const value = joined ?? parts[index + 1] ?? '';
    const port = portOf(name, value);
    return port === undefined || OTHER_ADDRESS.test(name) || OTHER_PORT.test(name)
      ? []
      : [{ port, text: joined === undefined ? `${name} ${value}` : part }];
  });
}

/** A word in the form `name=value`, otherwise only its name. */
function splitAt(word: string): [string, string?] {
  const at = word.indexOf('=');
  return at < 0 ? [word] : [word.slice(0, at), word.slice(at + 1)];
}

function portOf(name: string, value: string): number | undefined {
  const isNumber = /^\d{1,5}$/.test(value);
  if (name === '-p') return isNumber && Number(value) >= FIRST_PORT ? Number(value) : undefined;
  if (PORT_OPTION.test(name) || PORT_VARIABLE.test(name)) return isNumber ? Number(value) : undefined;
  if (!ADDRESS_OPTION.test(name)) return undefined;
  const [, port] = ADDRESS.exec(value) ?? (/^--?(?:bind|listen)$/.test(name) && isNumber ? ['', value] : []);
  return port === undefined ? undefined : Number(port);
}
