"""The second opinion on a mistake that lives: its tests again, in a build with sanitizers, as the preset dev has it. They
see leaks, reads beyond an array and what C leaves undefined. The build is made for the first survivor."""
import os

from mutation import copy
from mutation.program import first_failure, programs

BUILD = os.path.join(copy.WORK, "sanitized")
SLOWER = 5  # how many times as long a test takes there


class Sanitized:
    def __init__(self, tests, say):
        self.tests, self.say, self.program, self.passed = tests, say, None, set()

    def judge(self, mutant, source, budget):
        """The name of a test that fails there with the mistake, and passes without it; None = there is none. As many
        tests are run as take the processor time `budget` on each core."""
        names = self.tests.chosen(source, mutant.line, budget / SLOWER)
        if names and self.program is None:
            self.say("a mistake lives: building with sanitizers")
            copy.configure(BUILD, "-DCMAKE_BUILD_TYPE=Debug", "-DPLM_SANITIZE=address,undefined")
            self.program = programs(BUILD)
        while True:
            failed = self.failing(mutant, source, [name for name in names if name in self.program])
            if failed is None or self.passes(failed):
                return failed

    def failing(self, mutant, source, names):
        try:
            copy.plant(mutant.path, mutant.text_of(source))
            if not names or copy.build(BUILD)[0] != 0:
                return None
            return first_failure([self.program[name] for name in names], {name: self.limit(name) for name in names})
        finally:
            copy.plant(mutant.path, source.text)

    def limit(self, name):
        return 60 + 10 * SLOWER * self.tests.seconds[name]

    def passes(self, name):
        """Whether a test passes there without the mistake. One that does not is not used any more."""
        if name not in self.passed:
            if copy.build(BUILD)[0] == 0 and self.program[name].seconds(self.limit(name)) is not None:
                self.passed.add(name)
            else:
                del self.program[name]
        return name in self.passed
