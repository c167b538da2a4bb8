/**
 * The part of the program in `unpack-wheels.ts` that decides what may be unpacked. Wheels are untrusted input: whoever
 * controls the index, a mirror or one of the packages writes them. Only the standard library of Python 3.8 and newer is used.
 */
export const UNPACK_CHECKS = String.raw`
import base64, configparser, csv, hashlib, io, os, re, stat, struct, sys, unicodedata, zipfile, zlib

GIB = 2 ** 30
MIB = 2 ** 20
CHUNK = MIB

# The largest wheel of the public index is below 4 GiB; an application with CUDA unpacks to less than 10 GiB.
MAX_WHEEL = 8 * GIB
MAX_BYTES = 64 * GIB
MAX_ENTRIES = 200_000
MAX_DIRECTORY = 64 * MIB
MAX_TEXT = 16 * MIB
# Weights and libraries compress to about half; a higher ratio is meant to fill a disk. Small wheels cannot do harm.
MAX_RATIO = 100
RATIO_APPLIES_FROM = 64 * MIB
MAX_NAME = 255
MAX_PATH = 700
MAX_DEPTH = 40

class Refused(Exception):
    """Why a wheel is not unpacked, as text for the user."""

def shown(text):
    """A name from a wheel for the terminal: escaped and shortened."""
    return ascii(text if len(text) <= 120 else text[:120] + '...')

def is_control(character):
    return unicodedata.category(character) in ('Cc', 'Cs', 'Zl', 'Zp')

# What a part of a path must not be on any system that may unpack the wheel or the image.
FAULTS = (
    ('is absolute or has an empty part', lambda part: part == ''),
    ("has a part '.' or '..'", lambda part: part in ('.', '..')),
    ('has a backslash', lambda part: '\\' in part),
    ('has a control character', lambda part: any(map(is_control, part))),
    ('has a drive letter', lambda part: re.match('[A-Za-z]:', part) is not None),
    ("has a part that starts with '.wh.', which deletes files in an image", lambda part: part.startswith('.wh.')),
    ('has a part of more than %d bytes' % MAX_NAME, lambda part: len(part.encode()) > MAX_NAME),
)

def parts_of(path):
    """The parts of a path that stays below the folder that it is relative to."""
    parts = path.split('/')
    if len(parts) > MAX_DEPTH:
        raise Refused(f'the path {shown(path)} has more than {MAX_DEPTH} parts')
    for part in parts:
        for fault, applies in FAULTS:
            if applies(part):
                raise Refused(f'the path {shown(path)} {fault}')
    if len(path.encode()) > MAX_PATH:
        raise Refused(f'the path {shown(path)} has more than {MAX_PATH} bytes')
    return parts

def folded(parts):
    """A path as seen by file systems that ignore case and Unicode normalization."""
    return unicodedata.normalize('NFC', unicodedata.normalize('NFC', '/'.join(parts)).casefold())

def normalized(name):
    return re.sub('[-_.]+', '-', name).lower()

def require_small_directory(file, size):
    """Refuses a list of entries that would exhaust the memory when it is read."""
    start = max(0, size - 65557)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(b'PK\x05\x06')
    if at < 0 or len(tail) < at + 22:
        raise Refused('it is not a zip archive')
    entries, length = struct.unpack('<HL', tail[at + 10:at + 16])
    end = start + at
    if tail[max(0, at - 20):at][:4] == b'PK\x06\x07':
        end -= 76
        entries, length = large_directory(file, end, struct.unpack('<Q', tail[at - 12:at - 4])[0])
    if entries > MAX_ENTRIES or length > MAX_DIRECTORY or has_more_entries(file, end - length, length):
        raise Refused(f'it has more than {MAX_ENTRIES} entries')

def large_directory(file, at, claimed):
    """The entries and bytes of the zip64 record, which Python uses if a locator follows it, regardless of the end record."""
    file.seek(max(0, at))
    record = file.read(56)
    if at != claimed or record[:4] != b'PK\x06\x06' or len(record) < 56:
        raise Refused('its zip64 record is not where its locator points')
    return struct.unpack('<QQ', record[32:48])

def has_more_entries(file, start, length):
    """Whether the list itself is too long: Python reads all of its bytes, regardless of the claimed count."""
    file.seek(max(0, start))
    listed = file.read(length)
    at = 0
    for _ in range(MAX_ENTRIES):
        if at + 46 > len(listed):
            return False
        at += 46 + sum(struct.unpack('<HHH', listed[at + 28:at + 34]))
    return at + 46 <= len(listed)

def check_entry(info):
    name = info.filename
    if name != info.orig_filename:
        raise Refused(f'the path {shown(info.orig_filename)} has a control character')
    is_folder = name.endswith('/')
    parts_of(name[:-1] if is_folder else name)
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFDIR if is_folder else stat.S_IFREG):
        raise Refused(f'{shown(name)} is a link or a device; only files are unpacked')
    if info.flag_bits & 1:
        raise Refused(f'{shown(name)} is encrypted')
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Refused(f'{shown(name)} has a compression that wheels do not support')
    if is_folder and info.file_size > 0:
        raise Refused(f'{shown(name)} is a folder with content')

def end_of(info):
    """The lowest offset in the archive at which the entry can end."""
    name = info.orig_filename.encode('utf-8' if info.flag_bits & 0x800 else 'cp437')
    return info.header_offset + 30 + len(name) + info.compress_size

def check_entries(archive, size):
    """Checks what is known before anything is unpacked: names, kinds and sizes."""
    infos = archive.infolist()
    if len(infos) > MAX_ENTRIES:
        raise Refused(f'it has more than {MAX_ENTRIES} entries')
    seen = set()
    for info in infos:
        check_entry(info)
        if info.filename in seen:
            raise Refused(f'it has {shown(info.filename)} twice')
        seen.add(info.filename)
    end = 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.header_offset < end:
            raise Refused(f'{shown(info.filename)} overlaps another entry')
        end = end_of(info)
    if end > archive.start_dir:
        raise Refused('an entry overlaps the list of entries')
    total = sum(info.file_size for info in infos)
    if total > RATIO_APPLIES_FROM and total > MAX_RATIO * size:
        raise Refused(f'it unpacks to {total} bytes, more than {MAX_RATIO} times its size')
    return [info for info in infos if not info.filename.endswith('/')]

def read_text(archive, info):
    """Reads a metadata file of the wheel."""
    if info.file_size > MAX_TEXT:
        raise Refused(f'{shown(info.filename)} has more than {MAX_TEXT} bytes')
    with archive.open(info) as source:
        return source.read(MAX_TEXT + 1).decode('utf-8')

HASHES = ('sha256', 'sha384', 'sha512')

def read_record(archive, info):
    """The hash of every file that RECORD lists, as (algorithm, digest)."""
    record = {}
    for row in csv.reader(io.StringIO(read_text(archive, info), newline='')):
        if not row:
            continue
        path, value = row[0], row[1] if len(row) > 1 else ''
        algorithm, _, digest = value.partition('=')
        if record.setdefault(path, (algorithm, digest.rstrip('='))) != (algorithm, digest.rstrip('=')):
            raise Refused(f'RECORD has two hashes for {shown(path)}')
    return record

class Recorded:
    """Compares the bytes of a file with its hash in RECORD."""
    def __init__(self, record, path):
        self.path = path
        algorithm, self.expected = record.get(path, ('', ''))
        if algorithm not in HASHES:
            raise Refused(f'RECORD has no SHA-2 hash for {shown(path)}')
        self.hash = hashlib.new(algorithm)

    def update(self, data):
        self.hash.update(data)

    def finish(self):
        if base64.urlsafe_b64encode(self.hash.digest()).rstrip(b'=').decode() != self.expected:
            raise Refused(f'{shown(self.path)} does not match its hash in RECORD')

SCRIPT_NAME = re.compile(r'[A-Za-z0-9._-]+', re.ASCII)
IDENTIFIERS = r'[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*'
ENTRY_POINT = re.compile(rf'({IDENTIFIERS})\s*:\s*({IDENTIFIERS})\s*(?:\[[A-Za-z0-9._, -]*\])?', re.ASCII)

def entry_points(text, group):
    """(name, module, attribute) of each program of a group. All three become part of a file name or Python code."""
    parser = configparser.ConfigParser(delimiters=('=',), interpolation=None)
    parser.optionxform = str
    parser.read_string(text)
    found = []
    for name, value in parser.items(group) if parser.has_section(group) else []:
        if SCRIPT_NAME.fullmatch(name) is None or name in ('.', '..'):
            raise Refused(f'the name {shown(name)} of {group} must contain only letters, digits, ".", "_" and "-"')
        match = ENTRY_POINT.fullmatch(value.strip())
        if match is None:
            raise Refused(f'the program {shown(name)} of {group} ({shown(value)}) must be module:function')
        found.append((name, match[1], match[2]))
    return found
`;
