import type { FetchCommand } from './fetch-command';

/** The source of a model whose text is part of the definition. */
export const TEXT_URI = 'text:definition';

/** Writes the bytes of its first argument. */
const WRITE = "import os, sys; open(sys.argv[2], 'wb').write(os.fsencode(sys.argv[1]))";

/** The program that writes a text to a file. */
export function textCommand(text: string, destination: string): FetchCommand {
  return { program: ['python3', '-c'], args: [WRITE, text, destination] };
}
