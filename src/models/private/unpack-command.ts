import type { FetchCommand } from './fetch-command';

/** The name of an archive in the directory of its model, until it is unpacked. */
export const ARCHIVE_NAME = '.serving-archive';

/** Whether a model is downloaded over HTTPS. */
export function isUrl({ uri = '' }: { readonly uri?: string }): boolean {
  return uri.startsWith('https://');
}

/** What a container downloads or unpacks. */
export interface Unpacking {
  /** The URL of a file. @default - the archive is in the destination already */
  readonly url?: string;
  /** The SHA-256 of the file in hex. @default - not checked */
  readonly sha256?: string;
  /** The file, or the directory with a slash at its end. */
  readonly destination: string;
  /** Whether the file is an archive whose files are the model. */
  readonly archive: boolean;
  /** The most bytes that it unpacks to. @default - as many as fit on the disk */
  readonly bytes?: number;
}

/**
 * Downloads a file further where an attempt ended, compares its digest, and unpacks an archive without leaving its
 * directory: no member has an absolute path or '..', passes through a link, or is a device, and links stay inside. Files are
 * unpacked into a temporary directory first, so that an attempt that was interrupted leaves nothing behind.
 */
const SCRIPT = String.raw`
import hashlib, os, shutil, stat, sys, tarfile, time, urllib.error, urllib.request, zipfile, zlib, lzma
url, sha256, archived, limit, destination = sys.argv[1:6]
limit = int(limit)
CHUNK = 1 << 20

def fail(reason):
    print(f"{url or 'the archive'}: {reason}", file=sys.stderr)
    sys.exit(1)

def digest(path):
    state = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(CHUNK):
            state.update(chunk)
    return state.hexdigest()

def download(path):
    reason = "no attempt was made"
    for attempt in range(1, 6):
        have = os.path.getsize(path) if os.path.exists(path) else 0
        request = urllib.request.Request(url, headers={"Range": f"bytes={have}-"} if have else {})
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                with open(path, "ab" if response.status == 206 else "wb") as file:
                    shutil.copyfileobj(response, file, CHUNK)
            left = response.length or 0
            reason = f"{left} bytes are missing" if left else None
        except urllib.error.HTTPError as error:
            reason = None if error.code == 416 else f"status {error.code}"
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
        if reason is None:
            if digest(path) == sha256:
                return
            os.remove(path)
            reason = f"its SHA-256 is not {sha256}"
            if not have:
                break
        time.sleep(attempt)
    fail(reason)

class Target:
    def __init__(self, root):
        self.root, self.bytes = root, 0

    def place(self, name):
        parts = [part for part in name.split("/") if part not in ("", ".")]
        if name.startswith("/") or ".." in parts or "\\" in name or "\0" in name:
            fail(f"'{name}' leaves the directory")
        path = self.root
        for part in parts[:-1]:
            path = os.path.join(path, part)
            if not os.path.lexists(path):
                os.mkdir(path, 0o755)
            elif not stat.S_ISDIR(os.lstat(path).st_mode):
                fail(f"'{name}' is below a file or a link")
        return os.path.join(path, parts[-1]) if parts else None, parts

    def directory(self, name):
        path, _ = self.place(name)
        if path is not None and not os.path.lexists(path):
            os.mkdir(path, 0o755)
        elif path is not None and not stat.S_ISDIR(os.lstat(path).st_mode):
            fail(f"'{name}' is a directory and something else")

    def new(self, name):
        path, parts = self.place(name)
        if path is None or os.path.lexists(path):
            fail(f"'{name}' occurs twice")
        return path, parts

    def file(self, name, source, mode):
        path, _ = self.new(name)
        with open(path, "xb") as file:
            while chunk := source.read(CHUNK):
                self.bytes += len(chunk)
                if limit and self.bytes > limit:
                    fail(f"it unpacks to more than 'unpackedSize' ({limit} bytes)")
                file.write(chunk)
        os.chmod(path, 0o755 if mode & 0o111 else 0o644)

    def link(self, name, to):
        path, parts = self.new(name)
        steps = to.split("/")
        up = 0
        while up < len(steps) and steps[up] == "..":
            up += 1
        if to.startswith("/") or up > len(parts) - 1 or ".." in steps[up:] or "\0" in to:
            fail(f"the link '{name}' points outside, to '{to}'")
        os.symlink(to, path)

    def copy(self, name, to):
        source, _ = self.place(to)
        if source is None or not os.path.lexists(source) or not stat.S_ISREG(os.lstat(source).st_mode):
            fail(f"the link '{name}' points to '{to}', which is no file before it")
        with open(source, "rb") as file:
            self.file(name, file, os.stat(source).st_mode)

def unpack_tar(path, target):
    with tarfile.open(path, "r:*") as tar:
        for member in tar:
            if member.isdir():
                target.directory(member.name)
            elif member.isreg():
                target.file(member.name, tar.extractfile(member), member.mode)
            elif member.issym():
                target.link(member.name, member.linkname)
            elif member.islnk():
                target.copy(member.name, member.linkname)
            else:
                fail(f"'{member.name}' is a device or a pipe")

def unpack_zip(path, target):
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            mode = member.external_attr >> 16
            kind = stat.S_IFMT(mode)
            if member.is_dir():
                target.directory(member.filename)
            elif kind == stat.S_IFLNK:
                target.link(member.filename, archive.open(member).read(4096).decode())
            elif kind in (0, stat.S_IFREG):
                with archive.open(member) as source:
                    target.file(member.filename, source, mode)
            else:
                fail(f"'{member.filename}' is a device or a pipe")

def unpack(path, directory):
    work = os.path.join(directory, ".serving-unpack")
    for name in os.listdir(directory):
        old = os.path.join(directory, name)
        if old != path:
            shutil.rmtree(old) if stat.S_ISDIR(os.lstat(old).st_mode) else os.remove(old)
    os.mkdir(work, 0o755)
    try:
        (unpack_zip if zipfile.is_zipfile(path) else unpack_tar)(path, Target(work))
    except (tarfile.TarError, zipfile.BadZipFile, EOFError, zlib.error, lzma.LZMAError, RuntimeError, UnicodeError, NotImplementedError) as error:
        fail(f"it is no readable tar or zip archive ({error})")
    names = os.listdir(work)
    if not names:
        fail("it contains no files")
    os.remove(path)
    for name in names:
        os.rename(os.path.join(work, name), os.path.join(directory, name))
    os.rmdir(work)

try:
    os.umask(0o022)
    folder = os.path.dirname(destination)
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, "${ARCHIVE_NAME}") if archived else destination + ".part"
    if url:
        download(path)
    if archived:
        unpack(path, folder)
    else:
        os.rename(path, destination)
        os.chmod(destination, 0o644)
except OSError as error:
    fail(str(error))
`;

/** The command that downloads a file over HTTPS, or unpacks an archive. */
export function unpackCommand({ url = '', sha256 = '', destination, archive, bytes = 0 }: Unpacking): FetchCommand {
  return {
    program: ['python3', '-c'],
    args: [SCRIPT, url, sha256, archive ? 'yes' : '', String(bytes), destination],
  };
}
