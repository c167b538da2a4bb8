/**
 * Runs the program that unpacks wheels on many folders in one Python process: the program itself, as text, once per
 * folder. An audit hook checks everything that it opens, creates and changes, and stops accesses outside its target.
 */
export const ARCHIVE_DRIVER = String.raw`
import collections, io, json, os, re, resource, shutil, stat, sys, time

PROGRAM, SANDBOX, COUNT, MAX_SECONDS = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
code = compile(open(PROGRAM).read(), 'unpack', 'exec')
target = None
escapes = []

class Escape(BaseException):
    pass

CHANGES = {
    'os.mkdir': 1, 'os.chmod': 1, 'os.chown': 1, 'os.remove': 1, 'os.rmdir': 1, 'os.truncate': 1, 'os.utime': 1,
    'os.rename': 2, 'os.link': 2, 'os.symlink': 2, 'os.setxattr': 1, 'os.mkfifo': 1, 'os.mknod': 1,
}
FORBIDDEN = ('subprocess.', 'os.system', 'os.exec', 'os.posix_spawn', 'os.fork', 'os.spawn', 'socket.', 'ctypes.', 'os.putenv')

def is_inside(path):
    place = os.fsdecode(path)
    real = os.path.join(os.path.realpath(os.path.dirname(place)), os.path.basename(place))
    return real == target or real.startswith(target + '/') and '..' not in real.split('/')

def stop(event, what):
    escapes.append(f'{event} {what!r}'[:300])
    raise Escape()

def hook(event, arguments):
    global target
    if target is None:
        return
    paths = None
    if event == 'open':
        path, mode, flags = arguments
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND) and not isinstance(path, int):
            paths = [path]
    elif event in CHANGES:
        paths = [path for path in arguments[:CHANGES[event]] if not isinstance(path, int)]
        if event in ('os.symlink', 'os.link'):
            stop(event, paths)
    elif event.startswith(FORBIDDEN):
        stop(event, arguments)
    for path in paths or []:
        if not is_inside(path):
            stop(event, path)

sys.addaudithook(hook)

def kind_of(text):
    """The kind of a refusal, without names and numbers."""
    match = re.match(r"'[^']*' is refused: (.*)", text, re.DOTALL)
    if match is None:
        return None
    return re.sub(r'\(.*', '', re.sub(r"'(?:[^'\\]|\\.)*'|\"[^\"]*\"|\d+", '_', match[1].split('\n')[0]))[:70]

def attempt(folder):
    """How one attempt ended, and the problem if there is one."""
    global target
    output, sys.stdout = sys.stdout, io.StringIO()
    sys.argv = ['unpack', os.path.join(folder, 'wheels'), os.path.join(folder, 'packages')]
    problem, end = None, 'unpacked'
    target = os.path.join(os.path.realpath(folder), 'packages')
    try:
        exec(code, {'__name__': '__main__'})
    except SystemExit as exit:
        end = kind_of(str(exit.code))
        if end is None or not str(exit.code).isprintable():
            problem = f'a refusal without a name: {exit.code!r}'
    except Escape:
        problem = 'escaped'
    except BaseException as error:
        problem = f'{type(error).__name__}: {error!r}'[:300]
    finally:
        place, target = target, None
        sys.stdout = output
    if escapes:
        problem = f'outside the target: {escapes}'
        escapes.clear()
    for path, folders, files in os.walk(place):
        for name in folders + files:
            mode = os.lstat(os.path.join(path, name)).st_mode
            if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
                problem = f'a link or a device: {name!r}'
    return end or 'refused without a name', problem

# A process inherits ru_maxrss from its parent; Linux counts VmHWM from the start of the program.
def peak_kibibytes():
    try:
        with open('/proc/self/status') as status:
            return next(int(line.split()[1]) for line in status if line.startswith('VmHWM:'))
    except (OSError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

ends, failures = collections.Counter(), {}
for index in range(COUNT):
    folder = os.path.join(SANDBOX, str(index))
    started = time.process_time()
    end, problem = attempt(folder)
    if time.process_time() - started > MAX_SECONDS:
        problem = f'it took {time.process_time() - started:.1f} s'
    ends[end] += 1
    shutil.rmtree(folder)
    if problem is not None:
        # The first of each kind, so that a frequent problem does not hide a more severe one.
        failures.setdefault(problem[:16], f'archive {index}: {problem}')
print(json.dumps({'ends': ends, 'failures': list(failures.values()), 'mebibytes': peak_kibibytes() / 1024}))
`;
