"""The mistakes that can be made in a source, and which of them are planted."""
import os
import re

from mutation.copy import ROOT, tracked

SKIPS = os.path.join(ROOT, "tools", "mutate_skip.txt")

TOKEN = re.compile(r"""(?P<comment>/\*.*?\*/|//[^\n]*)|(?P<text>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
    |(?P<number>0[xX][0-9a-fA-F.pP+-]+[uUlL]*|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[uUlLfF]*)
    |(?P<name>[A-Za-z_]\w*)|(?P<sign><<=|>>=|\.\.\.|->|\+\+|--|<<|>>|[-+*/%&|^!=<>]=|&&|\|\||[^\s\w])""", re.X | re.S)
DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n\\]|\\.|\\\n)*", re.M | re.S)
NEAR = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "=="}  # off by one, or the other way
FAR = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}
ARITHMETIC = {"+": "-", "-": "+", "*": "/", "/": "*", "%": "/", "+=": "-=", "-=": "+=", "*=": "/=", "/=": "*="}
LOGIC = {"&&": "||", "||": "&&"}
KINDS = ("compare", "arithmetic", "logic", "negate", "constant", "status", "delete", "swap", "jump")
KEYWORDS = {"if", "for", "while", "switch", "return", "sizeof", "else", "do", "case", "default", "goto", "typedef",
            "static", "const", "struct", "union", "enum", "void"}
DECLARING = {"static", "const", "struct", "union", "enum", "void"}
# What is said in messages, capacities of memory, and what is given back: no test of results can see them.
UNSEEN = re.compile(r"^(plm_fail\w*|plm_warn|plm_cli_(error|fail|warn|hint)\w*|assert|_Static_assert|static_assert"
                    r"|sizeof|plm_allocate\w*|plm_arena_(take|array|format)|PLM_PREFETCH|__builtin_prefetch)$")
GIVEN_BACK = re.compile(r"^(plm_release|free|fclose|close|va_end|plm_\w*(free|close|abandon)|json_decref|munmap"
                        r"|\w*prefetch\w*)$")
# How the work is divided, what is called for early: speed alone.
GUESSES = re.compile(r"^work$|_work$|units_pay$|prefetch|plan_soon")
EITHER_WAY = re.compile(r"^(fma|fmin|fmax|plm_checked_\w+|plm_name_equal|strcmp|memcmp|strncmp|smaller|larger|\w*dot(_of)?"
                        r"|lanes_(add|multiply|fused\w*))$")


class Mutant:
    def __init__(self, path, line, kind, start, end, new, old):
        self.path, self.line, self.kind = path, line, kind
        self.start, self.end, self.new, self.old = start, end, new, old

    def text_of(self, source):
        return source.text[:self.start] + self.new + source.text[self.end:]

    def what(self):
        return f"'{short(self.old)}' becomes '{short(self.new)}'"

    def __str__(self):
        return f"{self.path}:{self.line}: {self.kind}: {self.what()}"


def short(text):
    text = " ".join(text.split())
    return text if len(text) <= 60 else text[:57] + "..."


class Source:
    """A file as tokens, with the mistakes that can be made in the bodies of its functions."""

    def __init__(self, path, text, skipped):
        self.path, self.text, self.skipped = path, text, skipped
        plain = DIRECTIVE.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)
        self.token = [m for m in TOKEN.finditer(plain) if m.lastgroup != "comment"]
        self.word = [m.group() for m in self.token]
        self.pair, self.calls, self.inside = {}, [()] * len(self.token), [""] * len(self.token)
        self.opened = [-1] * len(self.token)  # the bracket that a token stands in
        self.match_brackets()
        self.defines = set(re.findall(r"^[A-Za-z][^\n;=]*?\b(plm_\w+)\(", text, re.M))

    def match_brackets(self):
        stack, inside = [], []
        for i, word in enumerate(self.word):
            self.calls[i] = tuple(inside)
            self.inside[i] = self.word[stack[-1]] if stack else ""
            self.opened[i] = stack[-1] if stack else -1
            if word in "([{":
                stack.append(i)
                called = self.word[i - 1] if word == "(" and i > 0 and self.token[i - 1].lastgroup == "name" else ""
                inside.append(called)
            elif word in ")]}" and stack:
                self.pair[stack[-1]] = i
                self.pair[i] = stack.pop()
                inside.pop()

    def bodies(self):
        """(name, first token, last token) of each function: a brace at the start of a line, behind a bracket."""
        for i, word in enumerate(self.word):
            at_start = self.text[self.token[i].start() - 1] == "\n"
            if word == "{" and i in self.pair and at_start and self.word[i - 1] == ")":
                opened = self.pair[i - 1]
                yield self.word[opened - 1], i + 1, self.pair[i]

    def mutants(self):
        for name, first, end in self.bodies():
            skipped = self.skipped.get((self.path, name), ()) + self.skipped.get((self.path, "*"), ())
            if None in skipped or GUESSES.search(name):
                continue
            orders = self.orders(first)
            for i in range(first, end):
                if any(UNSEEN.match(call) for call in self.calls[i]) or orders and self.word[i] == "1":
                    continue
                yield from (mutant for mutant in self.mistakes_at(i) if mutant.what() not in skipped)

    def orders(self, first):
        """Whether a function compares two things for qsort or a search: of its result, the sign counts alone."""
        begin = self.pair[first - 2]
        return " ".join(self.word[begin:first - 1]).count("const void *") == 2 and self.word[begin - 2] == "int"

    def is_capacity(self, i):
        """Whether token i is part of the length of an array that is declared here: one number more is not seen."""
        if self.inside[i] != "[":
            return False
        opened = begin = self.opened[i]
        while begin > 0 and self.word[begin - 1] not in (";", "{", "}"):
            begin -= 1
        typed = self.token[begin].lastgroup == "name" and self.word[begin] not in KEYWORDS - DECLARING
        return typed and "=" not in self.word[begin:opened] and (
            self.token[begin + 1].lastgroup == "name" or self.word[begin + 1] == "*")

    def change(self, kind, i, j, new):
        """Tokens i to j (without) become `new`."""
        start, end = self.token[i].start(), self.token[j - 1].end()
        return Mutant(self.path, self.text.count("\n", 0, start) + 1, kind, start, end, new, self.text[start:end])

    def mistakes_at(self, i):
        word, kind = self.word[i], self.token[i].lastgroup
        if kind == "sign":
            yield from self.sign(i, word)
        elif kind == "number":
            yield from self.number(i, word)
        elif kind == "name":
            yield from self.name(i, word)

    def sign(self, i, word):
        value_before = self.token[i - 1].lastgroup in ("name", "number") or self.word[i - 1] in (")", "]")
        spaced = self.text[self.token[i].start() - 1] == " " and self.text[self.token[i].end()] == " "
        if word in NEAR and not self.names_place(i - 1):
            rest = self.word[i:i + 12]
            choice = "?" in rest and ";" not in rest[:rest.index("?")]  # a < b ? a : b is as good with <=
            choice = choice or self.updates(i)
            yield self.change("compare", i, i + 1, (FAR if choice else NEAR)[word])
        elif word in ARITHMETIC and value_before and spaced and self.word[i - 1] not in KEYWORDS:
            yield self.change("arithmetic", i, i + 1, ARITHMETIC[word])
        elif word in LOGIC:
            yield self.change("logic", i, i + 1, LOGIC[word])

    def names_place(self, i):
        """Whether token i begins `status < 0) plm_fail_within(...)`: without an error, no place is read."""
        return self.word[i:i + 4] == ["status", "<", "0", ")"] and self.word[i + 4].startswith("plm_fail_")

    def updates(self, i):
        """Whether token i compares in `if (a < b) a = b;`, which is as good with <=."""
        opened = self.opened[i]
        if self.word[opened - 1:opened + 1] != ["if", "("]:
            return False
        close = self.pair[opened]
        set_to = self.word[close + 1:self.word.index(";", close)]
        a, b = self.word[opened + 1:i], self.word[i + 1:close]
        return set_to in (a + ["="] + b, b + ["="] + a)

    def number(self, i, word):
        zeroed = self.word[i - 1] == "{" and self.word[i + 1] == "}"
        designated = self.word[i - 1] == "=" and self.word[i - 2] == "]"
        if zeroed or designated or re.match(r"0[xX]", word) or self.is_capacity(i) or self.names_place(i - 2):
            return
        digits = re.match(r"[\d.eE+-]*\d\.?", word).group()
        if re.fullmatch(r"\d+", digits):
            yield self.change("constant", i, i + 1, str(int(digits) + 1) + word[len(digits):])
        else:
            yield self.change("constant", i, i + 1, f"(1.5 * {word})" if float(digits) else "1.0")

    def name(self, i, word):
        after = self.word[i + 1] if i + 1 < len(self.word) else ""
        if word in ("true", "false"):
            yield self.change("constant", i, i + 1, "false" if word == "true" else "true")
        elif word == "if" and after == "(":
            end = self.pair[i + 1]
            inner = self.text[self.token[i + 1].start():self.token[end].end()]
            yield self.change("negate", i + 1, end + 1, f"(!{inner})")
        elif word in ("break", "continue") and after == ";":
            yield self.change("jump", i, i + 1, "(void)0")
        elif word == "return" and self.word[i + 1:i + 3] == ["status", ";"]:
            yield self.change("status", i + 1, i + 2, "PLM_OK")
        elif word == "PLM_TRY" and after == "(":
            yield self.change("status", i, i + 1, "(void)")
            return
        elif self.starts_statement(i) and word not in KEYWORDS:
            yield from self.statement(i, word)
        if after == "(" and word not in KEYWORDS and not EITHER_WAY.match(word):
            yield from self.swapped(i)

    def starts_statement(self, i):
        before = self.word[i - 1]
        if self.inside[i] != "{":
            return False
        return before in (";", "{", "}", "else") or before == ")" and self.word[self.pair[i - 1] - 1] in ("if", "for")

    def statement(self, i, word):
        """An assignment or a call as a statement is left out; a status that was kept is dropped."""
        end = next((k for k in range(i, len(self.word)) if self.word[k] in ";{}"), i)
        head = self.word[i:end]
        if self.word[end] != ";" or len(head) < 2 or self.token[i + 1].lastgroup == "name" or GIVEN_BACK.match(word):
            return
        declared = head[1] == "*" and len(head) > 2 and self.token[i + 2].lastgroup == "name"
        if declared or not (head[1] in ("(", "[", ".", "->", "++", "--") or head[1].endswith("=")) or word == "PLM_TRY":
            return
        if word == "status" and head[1] == "=" and "(" in head:
            yield self.change("status", i, i + 2, "(void)")
        else:
            yield self.change("delete", i, end, "(void)0")

    def swapped(self, i):
        """The first two arguments that are plain names change places."""
        end, parts, part, depth = self.pair.get(i + 1, i + 1), [], [], 0
        for k in range(i + 2, end):
            depth += (self.word[k] in "([{") - (self.word[k] in ")]}")
            if self.word[k] == "," and depth == 0:
                parts.append(part)
                part = []
            else:
                part.append(k)
        parts.append(part)
        for a, b in zip(parts, parts[1:]):
            if a and b and all(self.token[k].lastgroup == "name" or self.word[k] in (".", "->") for k in a + b):
                first, second = (self.text[self.token[p[0]].start():self.token[p[-1]].end()] for p in (a, b))
                if first != second:
                    yield self.change("swap", a[0], b[-1] + 1, f"{second}, {first}")
                return


def skips():
    """{(file, function): the mistakes that are not planted; None among them = none is}."""
    found = {}
    for line in open(SKIPS):
        if line.strip() and not line.startswith("#"):
            path, function, rest = line.split(maxsplit=2)
            what = re.match(r"'.*' becomes '.*'(?= )", rest)
            found[path, function] = found.get((path, function), ()) + (what and what.group(),)
    return found


def sources(only):
    skipped = skips()
    for path in sorted(tracked("src", "cli")):
        if (path.endswith(".c") or path.endswith("_body.h")) and re.search(only, path):
            yield Source(path, open(os.path.join(ROOT, path)).read(), skipped)


def folder_of(path):
    return "/".join(path.split("/")[:2]) if path.startswith("src/") and path.count("/") > 1 else path.split("/")[0]


def drawn(files, kind, rng):
    """Mutants without end: folder after folder, and in each kind after kind, drawn."""
    pools = {}
    for file in files:
        for mutant in file.mutants():
            if kind in (None, mutant.kind):
                pools.setdefault(folder_of(file.path), {}).setdefault(mutant.kind, []).append(mutant)
    for pool in pools.values():
        for some in pool.values():
            rng.shuffle(some)
    # A folder's share grows with the root of its size, so that small ones are seen, too.
    weight = {folder: sum(map(len, pool.values())) ** 0.5 for folder, pool in pools.items()}
    owed = {folder: rng.random() for folder in pools}
    while any(pools.values()):
        alive = [folder for folder in pools if pools[folder]]
        for folder in alive:
            owed[folder] += weight[folder]
        folder = max(alive, key=lambda f: owed[f])
        owed[folder] -= sum(weight[f] for f in alive)
        kinds = [k for k in KINDS if pools[folder].get(k)]
        chosen = rng.choice(kinds)
        yield pools[folder][chosen].pop()
        if not pools[folder][chosen]:
            del pools[folder][chosen]


def verdicts(log):
    """{a mutant as the output of a run names it: the verdict there}."""
    found = {}
    for line in open(log):
        m = re.match(r" *\d+/\d+ +\d+ s  (?:SURVIVED \((.*?)\)|(killed by .*?)): (\S+:\d+: \w+: '.*)$", line)
        if m:
            found[m.group(3)] = m.group(1) or m.group(2)
    return found


def named(log, files, kind, survived):
    """The mutants that the output of an earlier run names, found again in the source as it is now."""
    for line in open(log):
        m = re.search(r"(killed by .*?|SURVIVED).*?: (\S+):(\d+): (\w+): ('.*' becomes '.*')$", line)
        if not m or m.group(2) not in files or kind not in (None, m.group(4)) or survived and m.group(1) != "SURVIVED":
            continue
        same = [mutant for mutant in files[m.group(2)].mutants()
                if str(mutant).endswith(f": {m.group(4)}: {m.group(5)}")]
        if same:
            yield min(same, key=lambda mutant: abs(mutant.line - int(m.group(3))))
        else:
            print(f"not there any more: {line.strip()}", flush=True)
