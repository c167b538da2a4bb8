/**
 * A program that unpacks wheels and checks only the path of each entry. A test that finds no problem in it is ineffective.
 */
export const UNGUARDED_UNPACKER = `
import os
os.mkdir(__import__('sys').argv[2])
import configparser, pathlib, re, sys, zipfile

def put(target, parts, data, executable):
    place = target.joinpath(*parts)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(data)
    place.chmod(0o755 if executable else 0o644)

def placed(parts, data, executable):
    """Where a file of a wheel belongs; its data directory has scripts and what stands beside the packages."""
    if not parts[0].endswith('.data') or len(parts) < 3:
        return parts, data, executable
    kind, rest = parts[1], parts[2:]
    if kind == 'scripts':
        return ['bin', *rest], re.sub(rb'^#!python\\w*', b'#!/usr/bin/env python3', data), True
    return (None if kind == 'headers' else rest), data, executable

def unpack(wheel, target):
    with zipfile.ZipFile(wheel) as archive:
        for info in sorted(archive.infolist(), key=lambda info: info.filename):
            if info.is_dir():
                continue
            parts = info.filename.split('/')
            if '..' in parts or '' in parts:
                sys.exit(f'{wheel.name} has the file {info.filename}, which leaves its directory')
            executable = bool(info.external_attr >> 16 & 0o111)
            parts, data, executable = placed(parts, archive.read(info), executable)
            if parts is not None:
                put(target, parts, data, executable)
            if info.filename.endswith('.dist-info/entry_points.txt'):
                write_scripts(target, data.decode())

def write_scripts(target, text):
    parser = configparser.ConfigParser(delimiters=('=',), interpolation=None)
    parser.optionxform = str
    parser.read_string(text)
    for name, value in parser.items('console_scripts') if parser.has_section('console_scripts') else []:
        module, attribute = value.split('[')[0].strip().split(':')
        head = attribute.split('.')[0]
        lines = ['#!/usr/bin/env python3', 'import sys', f'from {module} import {head}', f'sys.exit({attribute}())', '']
        put(target, ['bin', name], '\\n'.join(lines).encode(), True)

wheels, target = map(pathlib.Path, sys.argv[1:])
for wheel in sorted(wheels.glob('*.whl')):
    unpack(wheel, target)
`;
