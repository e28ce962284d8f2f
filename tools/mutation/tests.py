"""The tests of the copy: the processor time each takes, what it speaks of, and which of them a mistake is shown to."""
import json
import os
import re
from concurrent.futures import ThreadPoolExecutor

from mutation.copy import BUILD, CORES, TREE, WORK, build, hash_of, tracked
from mutation.program import first_failure, programs
from mutation.reach import Reach

KEPT = os.path.join(WORK, "tests.json")


class Tests:
    """Those that pass as they are; the others are of no use. A test is run on the sources as they are when it first
    fails with a mistake: it may have failed for another reason."""

    def __init__(self, longest, say):
        """`longest`: seconds that a test may take to be of use."""
        self.longest, self.say = longest, say
        self.program = {name: program for name, program in programs(BUILD).items()
                        if not re.match(r"(structure|install|instructions|fuzz)\.", name)}
        self.own = {name: self.files_of(name) for name in self.program}  # the files of a test
        self.text = {name: "".join(open(path).read() for path in files) for name, files in self.own.items()}
        self.of = self.hashes()
        self.passed = self.kept()
        self.reach = Reach({name: of[1] for name, of in self.of.items()}, longest, say)
        self.seconds = {name: took for name, took in self.reach.seconds.items() if took is not None}
        self.measure([name for name in self.program if name not in self.seconds])

    @staticmethod
    def files_of(name):
        group, stem = name.split(".", 1)
        paths = (f"tests/{group}/test_{stem}.c", f"tests/{group}/{stem}.sh", f"tests/{group}/{stem}.py",
                 f"examples/{stem}.c", f"tests/{group}/configurations.c")
        return [path for path in (os.path.join(TREE, p) for p in paths) if os.path.exists(path)]

    def shared_files(self):
        """What belongs to no single test: a change of it may change all."""
        owned = {path for files in self.own.values() for path in files}
        return sorted({os.path.join(TREE, path) for path in tracked("tests")} - owned)

    def hashes(self):
        """{test: what its result depends on}: all that is built and shared, its own files, and the time it may take."""
        product = [os.path.join(TREE, path) for path in sorted(tracked()) if not path.startswith(("tests/", "tools/"))]
        common = hash_of(*product, *self.shared_files())
        return {name: [common, hash_of(*files), self.longest] for name, files in self.own.items()}

    def kept(self):
        """{test: seconds} of those that passed on these sources before."""
        if not os.path.exists(KEPT):
            return {}
        with open(KEPT) as f:
            return {name: result["seconds"] for name, result in json.load(f).items()
                    if result["of"] == self.of.get(name) and result["seconds"] is not None}

    def keep(self, results):
        """Adds {test: seconds}. None = it failed."""
        self.passed.update({name: took for name, took in results.items() if took is not None})
        with open(KEPT, "w") as f:
            json.dump({name: {"of": self.of[name], "seconds": took} for name, took in self.passed.items()}, f)
        useless = sorted(name for name, took in results.items() if took is None)
        if useless:
            self.say(f"not used, as they fail, are skipped or take more than {self.longest:g} s: " + " ".join(useless))

    def measure(self, names):
        """Runs tests of which the map has no time, on the sources as they are."""
        missing = [name for name in names if name not in self.passed]
        if missing:
            self.say(f"running {len(missing)} tests as they are")
            with ThreadPoolExecutor(int(CORES)) as pool:
                self.keep(dict(zip(missing, pool.map(lambda name: self.program[name].seconds(self.longest), missing))))
        self.seconds.update({name: self.passed[name] for name in names if name in self.passed})

    def passes(self, name):
        """Whether a test passes on the sources as they are, which are in the copy, to be built. One that does not is
        not used any more."""
        if name not in self.passed:
            code, output = build()
            self.keep({name: self.program[name].seconds(self.longest) if code == 0 else None})
        if name not in self.passed:
            del self.seconds[name]
        return name in self.passed

    def chosen(self, source, line, budget):
        """Of those that reach the line, first the ones named after the file, whatever they take; then the quick ones
        and those that speak of the file, as many as the time allows."""
        words = set(re.split(r"[/_.]", source.path.lower())) - {"src", "cli", "c", "h", "body", "verb", "table", ""}
        stem = re.split(r"[/.]", source.path)[-2].removeprefix("verb_")

        def promise(name):
            text = self.text[name]
            interest = (4 * sum(word in name for word in words) + sum(f in text for f in source.defines)
                        + 0.1 * sum(word in text for word in words))
            return not name.endswith("." + stem), (0.2 + self.seconds[name]) / (1 + interest)
        total, result = 0.0, []
        for name in sorted(self.reach.tests_of(source.path, line) & set(self.seconds), key=promise):
            if not result or name.endswith("." + stem) or total + self.seconds[name] <= budget * int(CORES):
                total += self.seconds[name]
                result.append(name)
        return result

    def judge(self, source, line, budget):
        """(verdict, the test that failed or None) of a mistake that is in the copy and built. The verdict: 'killed by
        NAME', or who let it live."""
        names = self.chosen(source, line, budget)
        if not names:
            return "no test reaches the line", None
        limits = {name: 60 + 10 * self.seconds[name] for name in names}  # of the clock; a mistake may hang
        failed = first_failure([self.program[name] for name in names], limits)
        return f"killed by {failed}" if failed else f"{len(names)} tests pass", failed
