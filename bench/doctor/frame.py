"""What the judged sets from the fourth on have in common: the families of faults with the codes that are right, and how the
nets of a set are made of its own lists. A set gives its tables, nets, strengths and optimizers; this file gives the rest.

A set is a module with PART, TABLES, HIDDEN (name: layers), PLAIN (the names that faulty nets are made from) and a function
`nets`, which calls `healthy` and `faulty`."""
import dataclasses

import tables
from nets import CHANGES, HE, Maker, Net, argument, head, initialized, keys, numbered, replaced


def shrink(rows, r, size=300.0):
    """All columns in another unit, so that they are tiny."""
    return [([v / size for v in x], y) for x, y in rows]


def shift(rows, r):
    """Each row has the target of the row before."""
    return [(x, rows[i - 1][1]) for i, (x, _) in enumerate(rows)]


def mix(rows, r):
    """Each row has the target of a row nearby in the file."""
    return [(x, rows[(i + r.randrange(1, 9)) % len(rows)][1]) for i, (x, _) in enumerate(rows)]


FEW = CHANGES["few 30"][0]
CHANGES.update({"shrunk": (shrink, {}, "same"), "shrunk more": (shrink, {"size": 5000.0}, "same"), "shifted": (shift, {}, None),
                "mixed": (mix, {}, None), "few 200": (FEW, {"count": 200}, None), "few 40": (FEW, {"count": 40}, None),
                "few 25": (FEW, {"count": 25}, None), "few 160": (FEW, {"count": 160}, None),
                "few 240": (FEW, {"count": 240}, None)})


# ---- how a fault is put into the keys of a healthy net; {s} is its strength, {t} the table ----

def filled(text, s, t, i):
    """A text with strength and table in their places; of several texts the i-th."""
    text = text[i % len(text)] if isinstance(text, tuple) else text
    return text.replace("{s}", str(s)).replace("{t}", t) if isinstance(text, str) else text


def with_keys(**given):
    """Other keys of the run file. A strength that is a number stays one: `epochs=int` makes it the value."""
    return lambda b, s, t, i: replaced(b, **{k: s if v is int else filled(v, s, t, i) for k, v in given.items()})


def rows(b, s, t, i):
    """The net as it is: the fault is in the rows."""
    return dict(b)


def model(*layers, layer="", **given):
    """Other hidden layers. layer: the name of the one at fault."""
    def made(b, s, t, i):
        hidden = {"model": [filled(w, s, t, i) for w in layers] + [b["model"][-1]]}
        new = with_keys(**given)({**b, **hidden}, s, t, i)
        return (new, layer) if layer else new
    return made


def softmax_layers(units, optimizer="adam(1e-3)"):
    """Hidden layers with softmax, as many as the strength."""
    return model(f"{{s}} * dense({units}, activation=softmax)", optimizer=optimizer)


def output(layer, **given):
    """Another output layer; {classes}: the classes of the table."""
    return lambda b, s, t, i: with_keys(**given)(replaced(
        b, model=b["model"][:-1] + [filled(layer, s, t, i).replace("{classes}", str(tables.CLASSES[t]))]), s, t, i)


def biased(layer, s):
    """A layer whose biases begin with the strength."""
    return argument(layer, f"bias_initializer=constant({s})")


def spread(layer, s):
    """A layer whose weights begin with the strength as their standard deviation."""
    return initialized(layer, f"random_normal(stddev={s})")


def changed(hidden, at, change_of, optimizer):
    """One hidden layer changed: of net i the one at at[i]."""
    def made(b, s, t, i):
        layers, name = numbered(hidden, at[i % len(at)], lambda x: change_of(x, s))
        return replaced(b, model=layers + [b["model"][-1]], optimizer=optimizer), name
    return made


def batch_of(**given):
    """A batch of as many rows as the strength."""
    return lambda b, s, t, i: with_keys(**given)(replaced(
        b, data=b["data"].replace("batch(32)", f"batch({s})")), s, t, i)


def few_normalized(layers):
    """Batch normalization in batches of a few rows; the twin has the same layers and the usual batch."""
    def made(b, s, t, i):
        twin = replaced(b, model=[layers, b["model"][-1]])
        return {**batch_of(epochs=6)(twin, s, t, i), "twin": twin}
    return made


def unshuffled(optimizer="sgd(0.1)"):
    """Rows in the order of the file."""
    return lambda b, s, t, i: replaced(b, data=b["data"].replace(" | shuffle", ""), optimizer=optimizer)


def frozen(hidden):
    """No layer is trained."""
    return lambda b, s, t, i: replaced(b, model=[argument(x, "trainable=false") for x in hidden + [b["model"][-1]]])


def overtrained(epochs):
    """A large net that is trained on; the twin is stopped at its best epoch. epochs: of the nets, in turn."""
    def made(b, s, t, i):
        layers = [f"2 * dense({s}, activation=relu, {HE})", b["model"][-1]]
        return replaced(b, model=layers, epochs=epochs[i % 2], twin=replaced(
            b, model=layers, epochs=100, observers="early_stopping(patience=8, restore_best_weights=true)"))
    return made


def never_negative(b, s, t, i):
    """All weights are kept at 0 or above."""
    return replaced(b, model=[f"2 * dense(50, activation=relu, {HE}, kernel_constraint={s})",
                              f"{b['model'][-1][:-1]}, kernel_constraint={s})"])


def weighted(b, s, t, i):
    """The second class weighs as much as the strength, the others 1."""
    return replaced(b, class_weight="[" + ", ".join(
        str(s) if k == 1 else "1" for k in range(tables.CLASSES[t])) + "]")


# ---- the families ----

@dataclasses.dataclass
class Family:
    """Codes that are right as first root, further codes of the same family; how the harm shows; whether the strength is a
    change of the rows; what is done if the set does not give something else."""
    codes: str
    wide: str = ""
    harm: str = "score"
    data: str = ""
    made: object = None


TOO_HIGH = "G103 G110 G104"
FAMILIES = {
    "vanishing sigmoid": Family("G101"),
    "vanishing small weights": Family("S303 G101", "G104"),
    "exploding weights": Family("S303 G102", "G110 S305 D203"),
    "dead by bias": Family("G103"),
    "oscillating": Family("S305", "G110 G103 G104"),
    "rate of adam too high": Family("S305", TOO_HIGH, made=with_keys(optimizer="{s}")),
    "rate of sgd too high": Family("S305", TOO_HIGH, made=with_keys(optimizer="sgd({s})")),
    "rate far too low": Family("S306", made=with_keys(optimizer="{s}")),
    "too few epochs": Family("S306", "O402"),
    "output without softmax": Family("S301", "S300", "certain", made=output(
        "dense({classes}, activation={s})", loss="sparse_categorical_crossentropy")),
    "output of one unit": Family("S301", "S300", "certain", made=output("dense(1, activation={s})")),
    "bounded output": Family("S301", made=output("dense(1, activation={s})", loss="mse")),
    "loss of another task": Family("S301", "S300", "certain", made=with_keys(loss="{s}")),
    "raw inputs": Family("D202", data="rows", made=with_keys(optimizer="sgd(0.02)")),
    "softmax twice": Family("S301", harm="certain", made=with_keys(loss="sparse_categorical_crossentropy({s}=true)")),
    "equal weights": Family("S304", "S303"),
    "large weights": Family("S303", "S305 G110 G103"),
    "saturated": Family("G104 S303"),
    "activation removed": Family("S302"),
    "softmax hidden": Family("S302", "G101"),
    "penalty too large": Family("O403", "O402", made=model("2 * dense(44, activation=relu, kernel_regularizer={s})")),
    "dropout too large": Family("O403", "O402", made=model(f"3 * dense(50, activation=relu, {HE}) | dropout({{s}})")),
    "batch of all rows": Family("S309 S306", "O402"),
    "batch normalization of few rows": Family("S309"),
    "labels permuted": Family("D213 D214 O401", data="rows", made=rows),
    "label noise": Family("D214 O401", "O402 D213 D215", data="rows", made=model(
        f"2 * dense(110, activation=relu, {HE})", epochs=50)),
    "noisy numbers": Family("D214 O401", "O402 D213 D215", data="rows", made=model(
        f"2 * dense(110, activation=relu, {HE})", epochs=60)),
    "class lacking": Family("D207 D212", "D211", data="rows", made=with_keys(validation="split(0.2)")),
    "rare classes": Family("D206", "O402 D207", data="rows", made=rows),
    "leak": Family("D210", harm="inflated", data="rows", made=rows),
    "rows twice": Family("D208 D209", "D215 O401", "inflated", "rows", rows),
    "outliers": Family("D205 D202", "S305 G110", data="rows", made=with_keys(optimizer="sgd(0.01)")),
    "outliers of the target": Family("D205 D203", "S305 G110", data="rows", made=rows),
    "gaps": Family("D201", "D200", "certain", "rows", rows),
    "sorted and not shuffled": Family("D212", data="rows", made=unshuffled()),
    "sorted and split": Family("D212 D207", "D211", data="rows", made=with_keys(validation="split(0.3)")),
    "too few rows": Family("D215 O401", "O402 D207", data="rows", made=model(f"2 * dense(90, activation=relu, {HE})")),
    "targets in another unit": Family("D203", "S305 G110 S306", data="rows", made=with_keys(
        optimizer=("sgd(0.01)", "adam(1e-3)"))),
    "frozen": Family("S310"),
    "clipped to nothing": Family("S308 S306", made=with_keys(optimizer="sgd(0.1, global_clipnorm={s})")),
    "schedule too short": Family("S307", "S306 O402", made=with_keys(optimizer="sgd({s})")),
    "rate that rises": Family("S305 S307", "G110 G103 O402", made=with_keys(optimizer="sgd(per_step('{s}'))")),
    "momentum near 1": Family("S305", "G110 G103", made=with_keys(optimizer="{s}")),
    "noise too large": Family("O403", "O402"),
    "noise between layers": Family("O403", "O402"),
    "constraint too tight": Family("O403", "O402", made=model("2 * dense(44, activation=relu, kernel_constraint=max_norm({s}))")),
    "penalty on outputs": Family("O403", "O402"),
    "decay too strong": Family("O403", "O402", made=with_keys(optimizer="{s}")),
    "class weights far apart": Family("D206", "O402", made=weighted),
    "tiny inputs": Family("D202", data="rows", made=with_keys(optimizer="sgd(0.02)")),
    "scaled again": Family("D202"),
    "average of weights too long": Family("S306", made=with_keys(optimizer="{s}")),
    "warm-up too long": Family("S307 S306", "O402", made=with_keys(optimizer="{s}")),
    "gradients gathered too long": Family("S309 S306", "O402"),
    "elements clipped to nothing": Family("S308 S306"),
    "biases that saturate": Family("S303 G104 G103", "G101"),
    "one unit between layers": Family("O402 S302", made=model(
        f"dense(50, activation=relu, {HE})", "dense(1, activation={s})", f"dense(50, activation=relu, {HE})")),
    "hidden layers frozen": Family("S310", "S303 G101"),
    "validation scaled otherwise": Family("D211", harm="certain", made=with_keys(
        validation="csv('{t}_test.csv', target=y) | rescaling({s})")),
    "stopped at once": Family("S311 S306", "O402"),
    "beta_1 near 1": Family("S305", "G110 G103 S306", made=with_keys(optimizer="{s}")),
    "beta_2 tiny": Family("S305", "G110 G103", made=with_keys(optimizer="{s}")),
    "noise as large as the inputs": Family("O403", "O402", made=model(
        "gaussian_noise({s})", f"2 * dense(56, activation=relu, {HE})")),
    "dropout on the inputs": Family("O403", "O402", made=model("dropout({s})", f"2 * dense(56, activation=relu, {HE})")),
    "never negative": Family("O403", "O402", made=never_negative),
    "wrong mode": Family("S311", "S306 O402", made=with_keys(observers="{s}", optimizer="adam(1e-3)")),
    "no patience": Family("S311 S306", "O402"),
    "class numbers as numbers": Family("S301", harm="certain", made=output("dense(1)", loss="{s}", metrics="r2_score")),
    "frozen by key": Family("S310", "S303 G101"),
    "trained too long": Family("O401", "D214 D215"),
}


def fronted(all_nets, units, left=()):
    """Nets on tables that are in their units begin with a normalization, and so do their twins. left: families, and names of nets,
    that stay without it; their twins have it."""
    def scaled(made):
        return made and replaced(made, model=["normalization"] + made["model"])

    def is_left(n):
        return any(n.family == word or n.name.startswith(word + " ") for word in left)
    return [dataclasses.replace(n, keys=n.keys if is_left(n) else scaled(n.keys), twin=scaled(n.twin))
            if n.table in units else n for n in all_nets]


# ---- the nets of a set ----

class Frame:
    """The nets of one set. noisy: tables on which a healthy net has the net stopped by `stop` as its twin."""

    def __init__(self, part, all_tables, hidden, plain, noisy=(), stop=""):
        self.part, self.tables, self.hidden, self.plain = part, all_tables, hidden, plain
        self.noisy, self.stop = noisy, stop

    def net(self, name, family, table, made, change=""):
        """A healthy net; on a noisy table with its twin."""
        twin = replaced(made, observers=self.stop) if table in self.noisy else None
        return Net(f"{name} {table} {self.part}", family, table, made, twin=twin, part=self.part, change=change)

    def plain_nets(self, place):
        """Each of the hidden layers on three tables; place(i, k): of net i the number of its k-th table."""
        return [self.net(name, "healthy", table, keys(table, hidden, epochs=40))
                for i, (name, hidden) in enumerate(self.hidden.items())
                for table in (self.tables[place(i, k) % len(self.tables)] for k in range(3))]

    def hard_negatives(self, some, every):
        """Healthy nets that look faulty: (name, arguments of keys(), tables), each on one of the tables, or on all that are
        noisy. change: of the rows; last="zeros": the output layer begins with 0. every: nets after which the table shifts."""
        out = []
        for i, (name, given, among) in enumerate(some):
            for table in among if among is self.noisy else [among[(2 * i + i // every) % len(among)]]:
                given = dict(given)
                change = given.pop("change", "")
                if given.get("last") == "zeros":
                    given["last"] = head(table)[:-1] + ", kernel_initializer=zeros)"
                out.append(self.net(name, "hard negative", table, keys(table, **{"epochs": 40, **given}), change))
        return out

    def raw(self, some, layers):
        """Healthy nets of raw columns with normalization in front."""
        return [self.net("raw, normalized", "hard negative", table, keys(table, ["normalization", *layers], epochs=40), "raw 3")
                for table in some]

    def faulty(self, faults, pairs):
        """Faulty nets: (family, strengths, tables, and what is done unless it is what the family does). A net for each table;
        pairs: (family, family), two nets with both faults each."""
        m = Maker(self.hidden, self.plain, self.part)
        for family, strengths, among, *made in faults:
            f, among = FAMILIES[family], among.split()
            m.make(family, f.codes, strengths, made[0] if made else f.made, count=len(among), among=among, wide=f.wide,
                   harm=f.harm, data=f.data)
        m.pair(pairs, 2)
        return m.nets
