"""The tests of the copy: how long each takes, what it speaks of, and which of them a mistake is shown to."""
import json
import os
import re
from concurrent.futures import ThreadPoolExecutor

from mutation.copy import BUILD, CORES, TREE, WORK, hash_of, tracked
from mutation.program import first_failure, programs
from mutation.reach import Reach

KEPT = os.path.join(WORK, "tests.json")


class Tests:
    """Those that pass as they are; the others are of no use."""

    def __init__(self, longest, say):
        """`longest`: seconds that a test may take to be of use."""
        self.program = {name: program for name, program in programs(BUILD).items()
                        if not re.match(r"(structure|install|instructions|fuzz)\.", name)}
        self.own, self.seconds = {name: self.files_of(name) for name in self.program}, {}  # files and time of a test
        self.text = {name: "".join(open(path).read() for path in files) for name, files in self.own.items()}
        own = {name: hash_of(*files) for name, files in self.own.items()}
        self.measure(own, longest, say)
        self.reach = Reach({name: own[name] for name in self.seconds}, say)

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

    def measure(self, own, longest, say):
        """Runs what was not run on these sources yet, unspoilt."""
        product = [os.path.join(TREE, path) for path in sorted(tracked()) if not path.startswith(("tests/", "tools/"))]
        common = hash_of(*product, *self.shared_files())
        kept = {}
        if os.path.exists(KEPT):
            with open(KEPT) as f:
                kept = {name: result for name, result in json.load(f).items()
                        if name in own and result["of"] == [common, own[name], longest]}
        missing = [name for name in own if name not in kept]
        if missing:
            say(f"running {len(missing)} tests as they are")
            with ThreadPoolExecutor(int(CORES)) as pool:
                seconds = pool.map(lambda name: self.program[name].seconds(longest), missing)
                kept.update({name: {"of": [common, own[name], longest], "seconds": took}
                             for name, took in zip(missing, seconds)})
            with open(KEPT, "w") as f:
                json.dump(kept, f)
        self.seconds = {name: kept[name]["seconds"] for name in own if kept[name]["seconds"] is not None}
        useless = sorted(set(own) - set(self.seconds))
        if useless:
            say(f"not used, as they fail, are skipped or take more than {longest:g} s: " + " ".join(useless))

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
        """'killed by NAME', or who let it live, of a mistake that is in the copy and built."""
        names = self.chosen(source, line, budget)
        if not names:
            return "no test reaches the line"
        limits = {name: 30 + 10 * self.seconds[name] for name in names}  # of a loaded machine; a mistake may hang
        failed = first_failure([self.program[name] for name in names], limits)
        return f"killed by {failed}" if failed else f"{len(names)} tests pass"
