import { directoryEntry, EXECUTABLE_MODE, FILE_MODE, type TarEntry } from './tar';

/** A file of a layer. */
export interface LayerFile {
  /** The path relative to the packed directory. */
  readonly path: string;
  readonly size: number;
  readonly executable?: boolean;
}

/** An entry of a layer, and its file unless it is a directory. */
export interface LayerEntry<File extends LayerFile> {
  readonly entry: TarEntry;
  readonly file?: File;
}

/** The entries of a layer in their order: each directory, which otherwise has a mode of the runtime, before its content. */
export function layerEntries<File extends LayerFile>(
  files: readonly File[],
  emptyDirectories: readonly string[],
  prefix: string,
): LayerEntry<File>[] {
  const entries: LayerEntry<File>[] = [];
  const directories = new Set<string>();
  const addDirectories = (path: string) => {
    for (let end = path.indexOf('/'); end !== -1; end = path.indexOf('/', end + 1)) {
      const directory = path.slice(0, end);
      if (directories.has(directory)) continue;
      directories.add(directory);
      entries.push({ entry: directoryEntry(directory) });
    }
  };
  for (const directory of emptyDirectories) addDirectories(`${prefix}${directory}/`);
  for (const file of files) {
    const path = prefix + file.path;
    addDirectories(path);
    entries.push({ entry: { path, size: file.size, mode: file.executable ? EXECUTABLE_MODE : FILE_MODE }, file });
  }
  return entries;
}
