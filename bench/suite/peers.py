"""Which other libraries this machine has, and how they are called. Each runs as
    command... WORKLOAD THREADS MODE SECS DATADIR [first]
and prints FIRST, RESULT and LAT lines like plummet-bench."""
import glob
import os
import re
import subprocess
import sys

from measure import ROOT

HERE = os.path.join(ROOT, "bench", "peers")
PYTHON = "/usr/bin/python3" if os.path.exists("/usr/bin/python3") else sys.executable
OPENMP_BLAS = "/usr/lib/*/openblas-openmp"
PTHREAD_BLAS = "/usr/lib/*/openblas-pthread"


class Peer:
    def __init__(self, name, command, about, mode="-", extra=None, threads=None):
        self.name, self.command, self.about, self.mode = name, command, about, mode
        self.extra, self.threads = extra or {}, threads

    def call(self, options, work, threads, first=False):
        last = ["first"] if first else []
        return self.command + [work, str(threads), self.mode, str(options.seconds), options.data] + last


def version(module):
    got = subprocess.run([PYTHON, "-c", f"import {module}; print({module}.__version__)"], capture_output=True, text=True)
    return got.stdout.strip() if got.returncode == 0 else None


def folder(pattern):
    found = sorted(glob.glob(pattern))
    return found[0] if found else None


def blas_version(path):
    real = os.path.realpath(os.path.join(path, "libopenblas.so.0"))
    number = re.search(r"r(\d+\.\d+\.\d+)", real)
    return "OpenBLAS " + (number.group(1) if number else "?") + " " + os.path.basename(path).partition("-")[2]


def python_peers(missing):
    """Debian's PyTorch and scikit-learn, with its pthread build of OpenBLAS, and PyTorch on several threads also with
    the OpenMP build, which is faster there."""
    out = []
    pthread, openmp = folder(PTHREAD_BLAS), folder(OPENMP_BLAS)
    use = {"LD_LIBRARY_PATH": pthread} if pthread else {}
    blas = blas_version(pthread) if pthread else "whatever BLAS is installed"
    if not pthread:
        missing.append("OpenBLAS for Python's peers (Debian: libopenblas0-pthread)")
    torch, sklearn = version("torch"), version("sklearn")
    if torch:
        call = [PYTHON, os.path.join(HERE, "pytorch.py")]
        out.append(Peer("PyTorch", call, f"PyTorch {torch} with {blas}; the same arithmetic", extra=use))
        if openmp:
            out.append(Peer("PyTorch, OpenMP BLAS", call, f"the same with {blas_version(openmp)}",
                            extra={"LD_LIBRARY_PATH": openmp}, threads=lambda t: t > 1))
    else:
        missing.append("PyTorch (Debian: python3-torch)")
    if sklearn:
        out.append(Peer("scikit-learn", [PYTHON, os.path.join(HERE, "scikit_learn.py")],
                        f"scikit-learn {sklearn} with {blas}; ReLU for ELU", extra=use))
    else:
        missing.append("scikit-learn (Debian: python3-sklearn)")
    return out


def compiled(options, name, libraries):
    """Builds bench/peers/NAME.c beside the other bench programs; None when it cannot be."""
    program = os.path.join(options.build, "bench", "peer_" + name)
    command = [os.environ.get("CC", "cc"), "-O2", "-std=gnu11", os.path.join(HERE, name + ".c"), "-o", program, *libraries]
    got = subprocess.run(command, capture_output=True, text=True)
    if got.returncode != 0 and os.environ.get("BENCH_ERRORS"):
        print(got.stderr, file=sys.stderr)
    return program if got.returncode == 0 else None


def fann(options, missing):
    program = compiled(options, "fann", ["-lfloatfann", "-lm"])
    if not program:
        missing.append("FANN (Debian: libfann-dev)")
        return []
    return [Peer("FANN", [program], "FANN 2.2: sigmoids, squared error, an update after every row; one thread",
                 threads=lambda t: t == 1)]


def commit(path):
    got = subprocess.run(["git", "-C", path, "describe", "--always", "--tags"], capture_output=True, text=True)
    return " " + got.stdout.strip() if got.returncode == 0 else ""


def with_blas(options, missing, name, source, libraries, about):
    """A peer whose own source is in the folder that BENCH_NAME says, linked with OpenBLAS: {threads: program and what
    to set}. KANN splits the batch, so its BLAS has one thread; ggml's products do best with the OpenMP build."""
    if not source:
        missing.append(f"{name} (bench/peers/README.md)")
        return []
    program = compiled(options, name.lower(), libraries)
    if not program:
        missing.append(f"{name}: bench/peers/{name.lower()}.c does not build with {source} (BENCH_ERRORS=1 says why)")
        return []
    pthread, openmp = folder(PTHREAD_BLAS), folder(OPENMP_BLAS)
    one = {"LD_LIBRARY_PATH": pthread} if pthread else {}
    many = dict(one, OPENBLAS_NUM_THREADS="1") if name == "KANN" else {"LD_LIBRARY_PATH": openmp} if openmp else one
    blas = f" with {blas_version(pthread).rpartition(' ')[0]}" if pthread else ""
    about = f"{name}{commit(source)}{blas}; {about}"
    return [Peer(name + " + OpenBLAS", [program], about, extra=one, threads=lambda t: t == 1),
            Peer(name + " + OpenBLAS", [program], about, extra=many, threads=lambda t: t > 1)]


def kann(options, missing):
    source = os.environ.get("BENCH_KANN", "")
    flags = ["-O3", "-march=native", "-ffast-math", "-w", "-DHAVE_PTHREAD", "-DHAVE_CBLAS", "-I" + source]
    code = [os.path.join(source, name) for name in ("kann.c", "kautodiff.c")]
    return with_blas(options, missing, "KANN", source, flags + code + ["-lopenblas", "-lm", "-lpthread"],
                     "ReLU for ELU, RMSprop for momentum and Adam; threads split the batch, each with a BLAS of one thread")


def ggml(options, missing):
    source = os.environ.get("BENCH_GGML", "")
    libraries = ["-I" + os.path.join(source, "include")]
    libraries += ["-L" + os.path.join(source, "build", *below) for below in (["src"], ["src", "ggml-blas"])]
    libraries += ["-l" + name for name in ("ggml", "ggml-blas", "ggml-cpu", "ggml-base")]
    return with_blas(options, missing, "ggml", source, libraries + ["-fopenmp", "-lopenblas", "-lstdc++", "-lm", "-lpthread"],
                     "ReLU for ELU, SGD without momentum for momentum, AdamW for Adam; on 2 threads the OpenMP BLAS")


def extra_peers():
    """PEERS_EXTRA="name=command ...;name2=command2": a command of several words ends in its MODE; of one word: "-".
    A name may end in "@1" or "@2": only for so many threads. What follows "#" is told about it in the results."""
    out = []
    for said in os.environ.get("PEERS_EXTRA", "").split(";"):
        name, equals, rest = said.partition("=")
        if not equals:
            continue
        call, _, about = rest.partition("#")
        words = call.split()
        mode = words.pop() if len(words) > 1 else "-"
        name, _, only = name.strip().partition("@")
        number = int(only) if only else None
        out.append(Peer(name, words, about.strip() or "given by PEERS_EXTRA", mode,
                        threads=(lambda t, n=number: t == n) if number else None))
    return out


def find(options, missing):
    return (python_peers(missing) + fann(options, missing) + kann(options, missing) + ggml(options, missing) +
            extra_peers())


def blas_libraries(missing):
    """For matrix products by themselves: {name: path}."""
    out = {}
    for pattern in (PTHREAD_BLAS, OPENMP_BLAS):
        path = folder(pattern)
        if path:
            out[blas_version(path)] = os.path.join(path, "libopenblas.so.0")
    for path in glob.glob("/usr/lib/*/blis-openmp/libblis.so.4"):
        out["BLIS, OpenMP"] = path
    if not out:
        missing.append("OpenBLAS for single products (Debian: libopenblas0-pthread, libopenblas0-openmp)")
    return out
