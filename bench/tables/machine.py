"""The machine and the versions of the peers that a result is of."""
import functools
import os
from importlib import metadata

PACKAGES = {"sklearn": "scikit-learn", "realmlp": "pytabkit", "lightgbm": "lightgbm", "catboost": "catboost"}


def cores():
    return len(os.sched_getaffinity(0))


@functools.cache
def name():
    """Such as "Intel(R) Xeon(R) Processor (family 6, model 167), 2 cores"."""
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        known = dict(reversed([map(str.strip, line.split(":", 1)) for line in file if ":" in line]))
    about = ", ".join(f"{word} {known[key]}" for word, key in (("family", "cpu family"), ("model", "model")) if key in known)
    called = known.get("model name", os.uname().machine)
    return f"{called}{f' ({about})' if about else ''}, {cores()} cores"


@functools.cache
def installed(package):
    """The version of a package; None = it is not installed."""
    try:
        return metadata.version(package).split("+")[0]
    except metadata.PackageNotFoundError:
        return None


def version_of(model):
    """{"version": that of a peer's package}; of plummet nothing, since its results have a commit."""
    return {"version": installed(PACKAGES[model])} if model in PACKAGES else {}


def is_today(result):
    """Whether a peer's result is of the version that is installed."""
    return result.get("version") == version_of(result["model"]).get("version")


def versions():
    """The packages of the peers, with their versions."""
    return ", ".join(f"{p} {installed(p)}" for p in (*PACKAGES.values(), "torch"))
