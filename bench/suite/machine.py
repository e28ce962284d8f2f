"""results.json: what was measured, on which machine, at which commit."""
import json
import os
import platform
import subprocess
import time

from measure import ROOT


def output(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True, cwd=ROOT).stdout.strip()
    except OSError:
        return ""


def processor():
    try:
        with open("/proc/cpuinfo") as f:
            said = dict(line.split(":", 1) for line in f.read().split("\n\n")[0].splitlines() if ":" in line)
        said = {k.strip(): v.strip() for k, v in said.items()}
        family = f" (family {said['cpu family']}, model {said['model']})" if "cpu family" in said else ""
        return said.get("model name", platform.machine()) + family
    except OSError:
        return platform.processor() or platform.machine()


def note(options, peers, missing):
    return {"date": time.strftime("%Y-%m-%d", time.gmtime()), "commit": output("git", "rev-parse", "--short", "HEAD"),
            "rounds": options.rounds, "seconds": options.seconds, "isa": options.isa,
            "peers": {p.name: p.about for p in peers}, "missing": sorted(set(missing)),
            "processor": processor(), "cores": os.cpu_count(), "system": platform.system() + " " + platform.machine(),
            "compiler": output(os.environ.get("CC", "cc"), "--version").split("\n")[0]}


def merge(kept, part, measured, about):
    """What is measured again replaces its old figures; the rest stays."""
    old = kept.setdefault("parts", {}).setdefault(part, {"cases": {}})
    for case, new in measured.items():
        if isinstance(new, dict):
            new["commit"] = about["commit"]
        if isinstance(new, dict) and case in old["cases"]:
            old["cases"][case]["who"].update(new["who"])
            old["cases"][case]["commit"] = new["commit"]
        else:
            old["cases"][case] = new
    old["about"] = about


def read(folder):
    try:
        with open(os.path.join(folder, "results.json")) as f:
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


def write(kept, folder):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "results.json"), "w") as f:
        f.write(lines(rounded(kept), 7) + "\n")
