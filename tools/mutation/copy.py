"""The copy of the tree that mistakes are planted in, and its two builds: one for the tests, one that records the lines
they reach."""
import hashlib
import os
import shutil
import signal
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
WORK = os.path.join(ROOT, "build", "mutate")
TREE, BUILD, COVERAGE = (os.path.join(WORK, name) for name in ("tree", "build", "coverage"))
REGISTRY = os.path.join("generated", "registry.c")
CORES = str(os.cpu_count() or 2)

# A mistake costs the compilation of a file and a link of one library, which exports all that tests of parts call.
OPTIONS = ["-DCMAKE_BUILD_TYPE=Release", "-DCMAKE_C_FLAGS_RELEASE=-O1", "-DPLM_ONE_LIBRARY=ON", "-DPLM_BENCH=OFF",
           "-DCMAKE_C_STANDARD_LIBRARIES=-lm",
           "-DCMAKE_C_FLAGS=-fno-semantic-interposition -Werror=incompatible-pointer-types -Werror=int-conversion"
           " -Werror=implicit"]


def run(command, seconds, **options):
    """Runs a command in a group of its own, which is ended when time is up. Returns (code or None, output)."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
                               start_new_session=True, stdin=subprocess.DEVNULL, **options)
    try:
        output, _ = process.communicate(timeout=seconds)
        return process.returncode, output
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        output, _ = process.communicate()
        return None, output
    except BaseException:  # interrupted: nothing may stay behind
        os.killpg(process.pid, signal.SIGKILL)
        raise


def tracked(*folders):
    """Files that git tracks or would, below the folders."""
    command = ["git", "ls-files", "-co", "--exclude-standard", *folders]
    listed = subprocess.run(command, cwd=ROOT, text=True, check=True, stdout=subprocess.PIPE).stdout.split("\n")
    return {path for path in listed if path and os.path.isfile(os.path.join(ROOT, path))}


def content(path):
    with open(path, "rb") as f:
        return f.read()


def hash_of(*paths):
    return hashlib.sha256(b"\0".join(content(path) for path in paths)).hexdigest()


def copy_tree():
    """Copies tracked and new files; what did not change keeps its time, so that little is built again."""
    wanted = tracked()
    for path in wanted:
        source, copy = os.path.join(ROOT, path), os.path.join(TREE, path)
        os.makedirs(os.path.dirname(copy), exist_ok=True)
        if not os.path.exists(copy) or content(source) != content(copy):
            shutil.copy(source, copy)
    for folder, _, names in os.walk(TREE):
        for name in names:
            path = os.path.join(folder, name)
            if os.path.relpath(path, TREE) not in wanted:
                os.remove(path)


def configure(folder, *options):
    """Prepares and makes a build of the copy."""
    if os.path.exists(os.path.join(folder, REGISTRY)):  # its sources may have other rows since
        os.remove(os.path.join(folder, REGISTRY))
    maker = ["-G", "Ninja"] if shutil.which("ninja") and not os.path.exists(os.path.join(folder, "Makefile")) else []
    code, output = run(["cmake", *maker, "-S", TREE, "-B", folder, *OPTIONS, *options], 300)
    if code == 0:
        code, output = build(folder, 3600)
    if code != 0:
        sys.exit("mutate: the copy does not build:\n" + output[-3000:])


def build(folder=BUILD, seconds=600):
    return run(["cmake", "--build", folder, "-j", CORES], seconds)


def objects():
    """{object file: its time} of library and command."""
    found = {}
    for folder, _, names in os.walk(os.path.join(BUILD, "CMakeFiles")):
        for name in names:
            if name.endswith(".o") and ("/src/" in folder + "/" or "/cli" in folder):
                found[os.path.join(folder, name)] = os.stat(os.path.join(folder, name)).st_mtime_ns
    return found


def plant(path, text):
    """Gives a file of the copy another text."""
    with open(os.path.join(TREE, path), "w") as f:
        f.write(text)
