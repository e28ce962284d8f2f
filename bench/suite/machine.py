"""results/MACHINE.json: what was measured, on which machine, at which commit."""
import json
import os
import platform
import re
import subprocess
import time

from measure import ROOT


def output(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True, cwd=ROOT).stdout.strip()
    except OSError:
        return ""


# vendor, family, first and last model: the core, as its maker calls it
CORES = [("AuthenticAMD", 23, 0, 0x2f, "Zen"), ("AuthenticAMD", 23, 0x30, 0xff, "Zen 2"),
         ("AuthenticAMD", 25, 0x10, 0x1f, "Zen 4"), ("AuthenticAMD", 25, 0x60, 0x7f, "Zen 4"),
         ("AuthenticAMD", 25, 0xa0, 0xaf, "Zen 4"), ("AuthenticAMD", 25, 0, 0x5f, "Zen 3"), ("AuthenticAMD", 26, 0, 0xff, "Zen 5"),
         ("GenuineIntel", 6, 85, 85, "Skylake-SP"), ("GenuineIntel", 6, 106, 108, "Ice Lake"),
         ("GenuineIntel", 6, 143, 143, "Sapphire Rapids"), ("GenuineIntel", 6, 173, 174, "Granite Rapids"),
         ("GenuineIntel", 6, 207, 207, "Emerald Rapids")]
ARM_PARTS = {"0xd0c": "Neoverse N1", "0xd40": "Neoverse V1", "0xd49": "Neoverse N2", "0xd4f": "Neoverse V2"}


def cpuinfo():
    try:
        with open("/proc/cpuinfo") as f:
            said = dict(line.split(":", 1) for line in f.read().split("\n\n")[0].splitlines() if ":" in line)
        return {k.strip(): v.strip() for k, v in said.items()}
    except OSError:
        return {}


def core(said):
    """The core's name, or "" where it is not known."""
    if "CPU part" in said:
        return ARM_PARTS.get(said["CPU part"], "")
    try:
        family, model = int(said["cpu family"]), int(said["model"])
    except (KeyError, ValueError):
        return ""
    return next((name for vendor, f, low, high, name in CORES
                 if vendor == said.get("vendor_id") and f == family and low <= model <= high), "")


def processor():
    said = cpuinfo()
    family = f" (family {said['cpu family']}, model {said['model']})" if "cpu family" in said else ""
    name = said.get("model name") or platform.processor() or platform.machine()
    return name + (f", {core(said)}" if core(said) and core(said) not in name else "") + family


def slug():
    """The name of this machine's files, such as amd-epyc-zen4."""
    said = cpuinfo()
    name = re.sub(r"\(R\)|\(TM\)|@.*|CPU|Processor|\d+-Core", " ", said.get("model name", platform.machine()))
    name = f"{name} {core(said).replace('Zen ', 'Zen')}" if core(said) else f"{name} {said.get('cpu family', '')} {said.get('model', '')}"
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def caches():
    """Bytes of the caches of the first core, by level, as the system tells them: "32K, 512K, 16384K"."""
    out, base = [], "/sys/devices/system/cpu/cpu0/cache"
    try:
        for index in sorted(os.listdir(base)):
            if index.startswith("index"):
                read = lambda what, at=index: open(os.path.join(base, at, what)).read().strip()  # noqa: E731
                out += [read("size")] if read("type") != "Instruction" else []
    except OSError:
        pass
    return ", ".join(out) or "not told"


def commit():
    """The last commit that changed what is measured."""
    return output("git", "log", "-1", "--format=%h", "--", "src", "include", "cli", "bench/plummet-bench.c")


def note(options, peers, missing):
    return {"date": time.strftime("%Y-%m-%d", time.gmtime()), "commit": commit(),
            "rounds": options.rounds, "seconds": options.seconds, "isa": options.isa,
            "peers": {p.name: p.about for p in peers}, "missing": sorted(set(missing)),
            "processor": processor(), "caches": caches(), "load": options.load, "cores": os.cpu_count(), "system": platform.system() + " " + platform.machine(),
            "compiler": output(os.environ.get("CC", "cc"), "--version").split("\n")[0]}


def merge(kept, part, measured, about, partial=False):
    """What is measured again replaces its old figures; cases that are not measured stay. All contenders of a case are
    replaced together, so that no ratio compares two runs: a peer that is missing today loses its rows. partial: only some
    of the contenders were asked for, and the others keep theirs."""
    old = kept.setdefault("parts", {}).setdefault(part, {"cases": {}})
    for case, new in measured.items():
        if isinstance(new, dict):
            new["commit"] = about["commit"]
        if partial and isinstance(new, dict) and "who" in new and isinstance(old["cases"].get(case), dict):
            new["who"] = {**old["cases"][case]["who"], **new["who"]}
        old["cases"][case] = new
    before = old.get("about", {})
    if before.get("commit") == about["commit"]:  # the same measurement, net by net
        about["load"] = max((x for x in (before.get("load"), about["load"]) if x is not None), default=None)
        about["missing"] = sorted(set(before["missing"]) | set(about["missing"]))
    old["about"] = about


def read(folder, name):
    try:
        with open(os.path.join(folder, "results", name + ".json")) as f:
            return json.load(f)
    except FileNotFoundError:
        return {}


def rounded(x):
    if isinstance(x, float):
        return float(f"{x:.5g}")
    if isinstance(x, dict):
        return {str(k): rounded(v) for k, v in x.items()}
    return [rounded(v) for v in x] if isinstance(x, list) else x


def lines(x, depth):
    """JSON of a line for each list of numbers, so that two results can be compared by eye and by diff."""
    if depth == 0 or not isinstance(x, (dict, list)) or not x or isinstance(x, list) and not isinstance(x[0], dict):
        return json.dumps(x, sort_keys=True)
    if isinstance(x, list):
        return "[\n" + ",\n".join(json.dumps(v, sort_keys=True) for v in x) + "]"
    return "{\n" + ",\n".join(f"{json.dumps(k)}: {lines(v, depth - 1)}" for k, v in sorted(x.items())) + "}"


def write(kept, folder, name):
    os.makedirs(os.path.join(folder, "results"), exist_ok=True)
    with open(os.path.join(folder, "results", name + ".json"), "w") as f:
        f.write(lines(rounded(kept), 7) + "\n")
