"""Which tests reach a line: gcov's counts, written by each test to a folder of its own, read when a line is asked for.
The run that records a test also tells how long it takes.

The map is made once. A test that is new or was changed since is recorded again, as long as the sources are those of the
map. Of a source that was changed, the tests that reached any of its lines count; a test that could not be recorded
counts everywhere."""
import json
import os
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor

from mutation.copy import CORES, COVERAGE, TREE, WORK, configure, content, hash_of, tracked
from mutation.program import programs

REACH = os.path.join(WORK, "reach")
COUNTS = os.path.join(REACH, "counts")
INDEX = os.path.join(REACH, "tests.json")


class Reach:
    def __init__(self, tests, longest, say):
        """Records what the map lacks. `tests`: {name: hash of its own files}. `longest`: seconds that a test may take
        to be of use."""
        try:
            with open(INDEX) as f:
                self.index = json.load(f)
        except FileNotFoundError:
            self.index = {"sources": None, "tests": {}}
        self.sources = {path: hash_of(os.path.join(TREE, path)) for path in tracked("src", "cli", "include")}
        self.everywhere = {name for name in tests if self.index["tests"].get(name, {}).get("of") != tests[name]}
        self.lines = {}
        if self.index["sources"] not in (None, self.sources):
            say("which lines tests reach was recorded on older sources: remove build/mutate/reach to record it anew")
        elif self.everywhere:
            self.record(tests, longest, say)
        # {test: seconds}; None = it failed or took too long; a test that was not recorded is not in it
        self.seconds = {name: self.index["tests"][name]["seconds"] for name in set(tests) - self.everywhere}

    def record(self, tests, longest, say):
        say(f"recording which lines {len(self.everywhere)} tests reach")
        configure(COVERAGE, "-DPLM_COVERAGE=ON", "-DCMAKE_C_COMPILER_LAUNCHER=")  # a cache mixes up where counts go
        shutil.rmtree(os.path.join(REACH, "lines"), ignore_errors=True)
        os.makedirs(os.path.join(REACH, "lines"))
        program = programs(COVERAGE)
        with ThreadPoolExecutor(int(CORES)) as pool:
            names = [name for name in program if name in self.everywhere]
            names.sort(key=lambda name: name.startswith("unit."))  # the long ones first, so that no core waits
            took = pool.map(lambda name: self.record_test(program[name], longest), names)
            seconds = dict(zip(names, took))
        self.index["sources"] = self.sources
        self.index["tests"].update({name: {"of": tests[name], "seconds": seconds[name]} for name in names})
        self.everywhere = set()
        with open(INDEX, "w") as f:
            json.dump(self.index, f)

    @staticmethod
    def record_test(program, longest):
        folder = os.path.join(COUNTS, program.name)
        shutil.rmtree(folder, ignore_errors=True)
        return program.seconds(longest, GCOV_PREFIX=folder)

    def tests_of(self, path, line):
        """The tests that reach a line of a source. Between two lines with code: those that reach either."""
        lines = self.lines_of(path)
        if self.index["sources"].get(path) != self.sources.get(path):
            return self.everywhere.union(*lines.values())
        near = [max((n for n in lines if n <= line), default=line), min((n for n in lines if n >= line), default=line)]
        return self.everywhere.union(*(lines.get(n, ()) for n in near))

    def lines_of(self, path):
        """{line with code: tests that reach it}."""
        if path not in self.lines:
            kept = os.path.join(REACH, "lines", path.replace("/", "+"))
            if not os.path.exists(kept):
                with open(f"{kept}.{os.getpid()}", "w") as f:
                    json.dump(self.read_counts(path), f)
                os.replace(f.name, kept)  # whole, or not there
            with open(kept) as f:
                self.lines[path] = {int(line): names for line, names in json.load(f).items()}
        return self.lines[path]

    @staticmethod
    def read_counts(path):
        lines, tests = {}, sorted(os.listdir(COUNTS))
        beside = [other for other in tracked(os.path.dirname(path)) if other.endswith(".c")]
        for source in [path] if path.endswith(".c") else beside:  # a header is part of several objects
            base = os.path.join(COVERAGE, "CMakeFiles", target_of(path) + ".dir", source)
            if not os.path.exists(base + ".gcno") or path.encode() not in content(base + ".gcno"):
                continue  # not built here, or without that header
            counts = {name: os.path.join(COUNTS, name) + base + ".gcda" for name in tests}
            counts = {name: file for name, file in counts.items() if os.path.exists(file)}
            for name, file in counts.items():  # gcov looks for the notes beside the counts
                notes = file[:-len("gcda")] + "gcno"
                if not os.path.lexists(notes):
                    os.symlink(base + ".gcno", notes)
            # It warns of sources that are newer than the notes: a mistake was planted and taken out again.
            said = subprocess.run(["gcov", "--json-format", "--stdout", *counts.values()], stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True).stdout
            for name, line in zip(counts, said.splitlines()):
                add_lines(lines, name, path, json.loads(line)["files"])
        return lines


def target_of(path):
    """The target of the build whose object a source is."""
    for folder, target in (("cli/", "plummet"), ("src/draw/", "plm_draw"), ("src/plot/", "plm_plot"),
                           ("src/report/", "plm_report"), ("src/show/", "plm_show")):
        if path.startswith(folder):
            return target
    return "plm_objects"


def add_lines(lines, name, path, files):
    """Adds the lines of a file that one test reached, by gcov's report of one object."""
    for line in (line for file in files if file["file"].endswith("/" + path) for line in file["lines"]):
        reached = lines.setdefault(line["line_number"], [])
        if line["count"] and name not in reached:
            reached.append(name)
