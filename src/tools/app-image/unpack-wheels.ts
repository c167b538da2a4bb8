import { UNPACK_CHECKS } from './unpack-checks';

/**
 * A Python program that unpacks wheels to the same bytes on every machine; `pip install` writes the path of its own
 * interpreter into scripts and RECORD files. The program writes only below the target folder, which it creates, and runs no
 * code of a wheel. It refuses anything but a plain wheel with one line and exit code 1. Its output lists the modules that
 * Python runs at startup.
 */
export const UNPACK_WHEELS = String.raw`${UNPACK_CHECKS}
class Target:
    """The folder to unpack into. All writes go through this class."""
    def __init__(self, folder):
        os.mkdir(folder, 0o755)
        self.root = os.path.realpath(folder)
        self.files = {}
        self.folders = {}
        self.entered = {'': self.root}
        self.left = MAX_BYTES

    def put(self, wheel, parts, chunks, executable):
        parts_of('/'.join(parts))
        key, path = folded(parts), '/'.join(parts)
        place = os.path.join(self.enter(wheel, parts[:-1]), parts[-1])
        if key in self.folders:
            raise Refused(f'{shown(path)} is a file, but a folder in {self.folders[key][1]}')
        if key in self.files:
            self.require_same(place, path, self.files[key], chunks)
        else:
            self.files[key] = (path, wheel)
            self.write(place, chunks)
            os.chmod(place, 0o644)
        if executable:
            os.chmod(place, 0o755)

    def enter(self, wheel, parts):
        """The folder with this path, which is created if necessary."""
        whole = '/'.join(parts)
        if whole in self.entered:
            return self.entered[whole]
        place = self.root
        for index, part in enumerate(parts):
            place = os.path.join(place, part)
            key, path = folded(parts[:index + 1]), '/'.join(parts[:index + 1])
            if key in self.files:
                raise Refused(f'{shown(path)} is a folder, but a file in {self.files[key][1]}')
            known = self.folders.get(key)
            if known is None:
                os.mkdir(place, 0o755)
                self.folders[key] = (path, wheel)
            elif known[0] != path:
                raise Refused(f'{shown(path)} and {shown(known[0])} of {known[1]} differ only by case or accents')
        if os.path.realpath(place) != place:
            raise Refused(f'{shown(whole)} resolves to a path outside the target')
        self.entered[whole] = place
        return place

    def write(self, place, chunks):
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, 'O_NOFOLLOW', 0)
        with os.fdopen(os.open(place, flags, 0o600), 'wb') as file:
            for chunk in chunks:
                self.spend(len(chunk))
                file.write(chunk)

    def require_same(self, place, path, known, chunks):
        if known[0] != path:
            raise Refused(f'{shown(path)} and {shown(known[0])} of {known[1]} differ only by case or accents')
        with open(place, 'rb') as file:
            same = all([file.read(len(chunk)) == chunk for chunk in chunks]) and file.read(1) == b''
        if not same:
            raise Refused(f'{shown(path)} has different content in {known[1]}')

    def spend(self, count):
        self.left -= count
        if self.left < 0:
            raise Refused(f'the packages unpack to more than {MAX_BYTES} bytes')

class Wheel:
    def __init__(self, file, name, target):
        self.name = name
        self.target = target
        size = os.fstat(file.fileno()).st_size
        if size > MAX_WHEEL:
            raise Refused(f'it has more than {MAX_WHEEL} bytes')
        require_small_directory(file, size)
        self.archive = zipfile.ZipFile(file)
        self.infos = {info.filename: info for info in check_entries(self.archive, size)}
        self.about = self.find_about()
        record = self.infos.get(f'{self.about}/RECORD')
        if record is None:
            raise Refused('it has no RECORD')
        self.record = read_record(self.archive, record)

    def find_about(self):
        """The .dist-info folder of the wheel. A folder of another package would be mistaken for the metadata of that package."""
        package = normalized(self.name.split('-')[0])
        folders = {path.split('/')[0] for path in self.infos if '/' in path}
        for folder in folders:
            stem, kind = os.path.splitext(folder)
            if kind in ('.dist-info', '.data') and normalized(stem.split('-')[0]) != package:
                raise Refused(f'{shown(folder)} belongs to another package')
        found = [folder for folder in folders if folder.endswith('.dist-info')]
        if len(found) != 1:
            raise Refused(f'it must have exactly one .dist-info folder, but has {len(found)}')
        return found[0]

    def unpack(self):
        for path in sorted(self.infos):
            info = self.infos[path]
            placed = self.placed(path.split('/'))
            executable = bool(info.external_attr >> 16 & 0o111)
            chunks = self.chunks(info)
            if placed is None:
                for _ in chunks:
                    pass
            elif placed[0]:
                self.target.put(self.name, placed[1], with_interpreter(chunks), True)
            else:
                self.target.put(self.name, placed[1], chunks, executable)
        points = self.infos.get(f'{self.about}/entry_points.txt')
        if points is not None:
            self.write_scripts(read_text(self.archive, points))

    def placed(self, parts):
        """Whether a file is a script, and its path in the target; None for headers, which only compilers read."""
        if not parts[0].endswith('.data') or len(parts) < 3:
            return False, parts
        kind, rest = parts[1], parts[2:]
        if kind == 'headers':
            return None
        if kind not in ('scripts', 'data', 'purelib', 'platlib'):
            raise Refused(f'{shown("/".join(parts))} is in {shown(kind)}, which is not an install scheme of wheels')
        return (True, ['bin', *rest]) if kind == 'scripts' else (False, rest)

    def chunks(self, info):
        """The bytes of a file. They must match its declared size and its hash in RECORD."""
        recorded = None
        if info.filename not in (f'{self.about}/RECORD', f'{self.about}/RECORD.jws', f'{self.about}/RECORD.p7s'):
            recorded = Recorded(self.record, info.filename)
        left = info.file_size
        with self.archive.open(info) as source:
            while True:
                data = source.read(CHUNK)
                if not data:
                    break
                left -= len(data)
                if recorded is not None:
                    recorded.update(data)
                yield data
        if left != 0:
            raise Refused(f'{shown(info.filename)} does not have its declared size')
        if recorded is not None:
            recorded.finish()

    def write_scripts(self, text):
        # GUI programs have no use on a server, but the same rules apply to their names and code.
        entry_points(text, 'gui_scripts')
        for name, module, attribute in entry_points(text, 'console_scripts'):
            head = attribute.split('.')[0]
            lines = ['#!/usr/bin/env python3', 'import sys', f'from {module} import {head}', f'sys.exit({attribute}())', '']
            self.target.put(self.name, ['bin', name], ['\n'.join(lines).encode()], True)

def with_interpreter(chunks):
    first = True
    for chunk in chunks:
        yield re.sub(rb'^#!python\w*', b'#!/usr/bin/env python3', chunk) if first else chunk
        first = False

# What the standard library raises for archives and texts that are damaged or malicious.
BROKEN = (
    zipfile.BadZipFile, zlib.error, csv.Error, configparser.Error, struct.error, UnicodeError, EOFError,
    NotImplementedError, OSError, MemoryError, OverflowError,
)

# Every Python process of the image runs these at startup, even if nothing imports them.
# They may be packages, or modules of source, bytecode or machine code.
AT_START = ('sitecustomize', 'usercustomize')

def unpack(folder, name, target):
    try:
        with open(os.path.join(folder, name), 'rb') as file:
            wheel = Wheel(file, name, target)
            wheel.unpack()
    except Refused as refusal:
        sys.exit(f'{shown(name)} is refused: {refusal}')
    except BROKEN as error:
        sys.exit(f'{shown(name)} is refused: it is damaged ({type(error).__name__}: {shown(str(error))})')
    tops = {path.split('/')[0] for path, wheel in target.files.values() if wheel == name}
    for top in sorted(tops):
        if top.split('.')[0] in AT_START:
            print(f'{shown(name)} has {shown(top)[1:-1]}, which every Python process of the image runs at startup')

def main(folder, place):
    target = Target(place)
    for name in sorted(os.listdir(folder)):
        if not name.endswith('.whl') or not stat.S_ISREG(os.lstat(os.path.join(folder, name)).st_mode):
            sys.exit(f'{shown(name)} is refused: only wheels are unpacked')
        unpack(folder, name, target)

main(*sys.argv[1:])
`;
