"""The faults of the sixteenth set, and the families that only this set has, with the codes that are a right first root, which were
chosen by the names of the findings alone."""
import sixteenth
import tables
from frame import CHANGES, FAMILIES, Family, batch_of, biased, changed, few_normalized, frozen, model, output, overtrained, rows, \
    softmax_layers, spread, unshuffled, with_keys
from nets import HE, keys, replaced


# ---- faults of the rows ----

def every(rows, change_of):
    """The columns of each row changed."""
    return [(change_of(x), y) for x, y in rows]


def in_bytes(rows, r, size=255.0):
    """Pixels are not divided by 255."""
    return every(rows, lambda x: [round(v * size, 2) for v in x])


def called(rows, r, kind=1, other=0, share=0.7):
    """Most rows of a class are called another one."""
    return [(x, other if y == kind and r.random() < share else y) for x, y in rows]


def any_label(rows, r, share=0.4):
    """A share of the rows has any class."""
    classes = max(y for _, y in rows) + 1
    return [(x, r.randrange(classes) if r.random() < share else y) for x, y in rows]


def noisy_number(rows, r, size=1.5):
    return [(x, round(y + r.gauss(0, size), 4)) for x, y in rows]


def unknown(rows, r, code=-9999.0, share=0.06):
    """Unknown cells have a number as their code."""
    return every(rows, lambda x: [code if r.random() < share else v for v in x])


def stuck(rows, r, share=0.7):
    """Most sensors always say the same."""
    off = int(share * len(rows[0][0]))
    return every(rows, lambda x: [1.0] * off + x[off:])


def sampled_again(rows, r, times=7):
    """Each row of a small sample was copied, to have more rows, before some were set aside."""
    return [row for row in rows[:len(rows) // times] for _ in range(times)]


def augmented(rows, r, times=10, noise=0.02):
    """Copies with a little noise were made of each row of a small sample, before some were set aside."""
    return [([round(v + r.gauss(0, noise), 4) for v in x], y) for x, y in rows[:len(rows) // times] for _ in range(times)]


def numbered_rows(rows, r):
    """The file was sorted by class, then its rows were numbered."""
    rows = sorted(rows, key=lambda row: row[1])
    return [(x + [float(i)], y) for i, (x, y) in enumerate(rows)]


def numbered_later(rows, r):
    """New rows have other numbers."""
    return [(x + [float(r.randrange(len(rows)))], y) for x, y in rows]


def mean_of_group(rows, r, count=3):
    """Groups of three rows, and the mean of their targets as a column."""
    out = []
    for k in range(0, len(rows) - count + 1, count):
        mean = sum(y for _, y in rows[k:k + count]) / count
        out += [(x + [round(mean, 4)], y) for x, y in rows[k:k + count]]
    return out


def mean_of_all(rows, r):
    """New groups have no targets yet: the mean of all stands there."""
    mean = round(sum(y for _, y in rows) / len(rows), 4)
    return every(rows, lambda x: x + [mean])


def empty(rows, r):
    """Cells of some rows are empty."""
    return [(["" if i % 25 == 9 and j == 0 else v for j, v in enumerate(x)], y) for i, (x, y) in enumerate(rows)]


def from_one(rows, r):
    """Classes are numbered from 1."""
    return [(x, y + 1) for x, y in rows]


def in_cents(rows, r, size=2000.0):
    """The last column, a second target, is in a small unit."""
    return every(rows, lambda x: x[:-1] + [round(size * x[-1])])


def unit_of_target(rows, r, size, plus):
    """Targets in another unit."""
    return [(x, round(size * y + plus, 2)) for x, y in rows]


def constant_beside(rows, r):
    return every(rows, lambda x: x + [3.0])


def five_to_one(rows, r):
    return [row for row in rows if row[1] in (0, 2) or r.random() < 0.2]


def strong_column(rows, r):
    """A column that honestly says much, in new rows too."""
    return [(x + [round(y + r.gauss(0, 0.5), 3)], y) for x, y in rows]


SAME = "same"
CHANGES.update({
    "in bytes": (in_bytes, {}, SAME), "bytes / 100": (in_bytes, {"size": 2.55}, SAME),
    "one called another": (called, {}, None), "any of .45": (any_label, {"share": 0.45}, None),
    "any of .6": (any_label, {"share": 0.6}, None), "wrong .03": (any_label, {"share": 0.03}, None),
    "number + 1.5": (noisy_number, {}, None), "unknown -999": (unknown, {"code": -999.0}, SAME),
    "unknown 1e6": (unknown, {"code": 1e6, "share": 0.01}, None), "stuck": (stuck, {}, SAME),
    "sampled again": (sampled_again, {}, None), "augmented": (augmented, {}, None),
    "numbered": (numbered_rows, {}, numbered_later), "mean of group": (mean_of_group, {}, mean_of_all),
    "empty": (empty, {}, None), "from one": (from_one, {}, SAME),
    "second in cents": (in_cents, {}, None), "constant beside": (constant_beside, {}, SAME),
    "five to one": (five_to_one, {}, SAME), "strong column": (strong_column, {}, SAME), "raw": (lambda rows, r: rows, {}, None),
    "price 300": (unit_of_target, {"size": 300.0, "plus": 1500.0}, SAME),
    "price 2e4": (unit_of_target, {"size": 2e4, "plus": 1e5}, SAME),
    "few 50": (CHANGES["few 30"][0], {"count": 50}, None),
    "rare .02": (CHANGES["rare .01"][0], {"keep": 0.02}, None),
    "far 2e3": (CHANGES["far 1e3"][0], {"size": 2e3}, None)})


# ---- nets of another form ----

def coded(table, **given):
    """Codes as vectors that are learned."""
    return keys(table, ["embedding(15, 8)", "flatten", f"dense(48, activation=relu, {HE})"], **given)


def cleaned(between=10, last="dense(16)", **given):
    """A signal with noise goes through few numbers and comes out without it."""
    columns = "inputs=['x0:x15'], target=['x16:x31']"
    return keys("hum", ["dense(40, activation=elu)", f"dense({between})", "dense(40, activation=elu)"], last=last, **{
        "data": f"csv('hum.csv', {columns}) | shuffle | batch(32)", "test": f"csv('hum_test.csv', {columns})", **given})


def two_answers(rate="adam(3e-3)", first="sigmoid", weights="[1, 1]", **given):
    """A yes or no, and one of three."""
    columns = "inputs=['x0:x6'], target=[[y], [x7]]"
    return keys("couples", [f"2 * dense(48, activation=relu, {HE})", "identity(name=both)",
                                      f"dense(1, activation={first}, name=yes)"],
                          optimizer=rate, last="dense(3, activation=softmax, name=kind) <- both", outputs="[yes, kind]",
                          loss_weights=weights, **{"data": f"csv('couples.csv', {columns}) | shuffle | batch(32)",
                                                   "test": f"csv('couples_test.csv', {columns})", **given})


def two_numbers(**given):
    """Two numbers from one net."""
    columns = "inputs=['x0:x6'], target=[[y], [x7]]"
    return keys("prices", [f"2 * dense(48, activation=elu, {HE})", "identity(name=both)", "dense(1, name=y)"],
                          last="dense(1, name=second) <- both", outputs="[y, second]", **{
                              "data": f"csv('prices.csv', {columns}) | shuffle | batch(32)",
                              "test": f"csv('prices_test.csv', {columns})", **given})


def of(make, **given):
    """A net of another form with a fault; its twin is the same net without it. A text "{s}" is the strength."""
    return lambda b, s, t, i: {**make(**{k: s if v == "{s}" else v for k, v in given.items()}), "twin": make()}


def deep(layer, twin, **given):
    """As many layers as the strength; the twin is another deep net."""
    def made(b, s, t, i):
        new = replaced(b, model=[f"{s} * {layer}", b["model"][-1]], **given)
        return {**new, "twin": replaced(new, model=twin(s) + [b["model"][-1]])}
    return made


def rectified(b, s, t, i):
    """A relu between the last layer and its softmax."""
    return replaced(b, model=b["model"][:-1] + [f"dense({tables.CLASSES[t]}, activation=relu)", "softmax"])


def monitored(epochs=100, **given):
    """A large net that trains long, with an observer that watches the wrong figure; its twin watches the right one."""
    def made(b, s, t, i):
        new = replaced(b, model=[f"2 * dense(160, activation=relu, {HE})", b["model"][-1]], epochs=epochs, observers=s, **given)
        return {**new, "twin": replaced(new, observers="early_stopping(patience=8, restore_best_weights=true)")}
    return made


def stopped(b, s, t, i):
    """The net as it is, stopped at its best epoch, and so is its twin: it does not overfit beside its fault."""
    new = replaced(b, observers=sixteenth.STOP, epochs=60)
    return {**new, "twin": new}


LARGE = model(f"2 * dense(140, activation=relu, {HE})", epochs=60)
FAMILIES.update({
    "pixels not divided": Family("D202", data="rows", made=with_keys(optimizer="sgd(0.02, momentum=0.9)")),
    "one class called another": Family("D214 O401", "D206 D213 O402 O405", data="rows", made=rows),
    "code for unknown": Family("D205 D202", "S305 G110 G103", data="rows", made=with_keys(optimizer="adam(1e-3)")),
    "sensors stuck": Family("D204", "O402", data="rows", made=rows),
    "copied before the split": Family("D208 D209", "D215 O401", "inflated", "rows", rows),
    "augmented before the split": Family("D208 D209 D215 O401", "", "inflated", "rows", LARGE),
    "row number as a column": Family("D210 D216", "D202 D211 D212", "inflated", "rows", rows),
    "mean of the targets as a column": Family("D210", "D211", "inflated", "rows", rows),
    "empty cells": Family("D201", "D200", "certain", "rows", rows),
    "classes from one": Family("S301 S300 D200 D207", "", "certain", "rows", rows),
    "second target in a small unit": Family("D203", "S305", data="rows", made=of(two_numbers)),
    "numbers of codes": Family("O402 D202", "S303", made=lambda b, s, t, i: {**keys(
        t, [f"dense({s}, activation=relu, {HE})"]), "twin": coded(t)}),
    "bounded output of a signal": Family("S301", "O402", made=of(cleaned, last="{s}")),
    "deep without skips": Family("G101 G103 S303 G105", "O402 G102", made=deep(
        "dense(24, activation=relu)", lambda s: sixteenth.residual(s // 2, 24, "relu", ", kernel_initializer=zeros"),
        optimizer="adam(1e-3)")),
    "skips that add up": Family("G102 S303", "G110 S305 D203", made=lambda b, s, t, i: {
        **replaced(b, model=sixteenth.residual(s, 32, "relu", f", {HE}") + [b["model"][-1]], optimizer="sgd(0.02)"),
        "twin": replaced(b, model=sixteenth.residual(s, 32, "relu", ", kernel_initializer=zeros") + [b["model"][-1]],
                         optimizer="sgd(0.02)")}),
    "relu before softmax": Family("S301 S302 G103", "O402", made=rectified),
    "too few units": Family("O402", "G103", made=model("dense({s}, activation=relu)")),
    "no hidden layer": Family("O402 S302", made=model()),
    "wrong figure watched": Family("O401 S311", "D214 D215", made=monitored()),
    "plateau without patience": Family("S307 S311", "S306 O402", made=with_keys(observers="{s}", optimizer="sgd(0.05)")),
    "percent of targets near 0": Family("S301 D203", "O402", made=with_keys(loss="mape")),
    "dropout on the output": Family("O403 S301", "O402", made=lambda b, s, t, i: replaced(
        b, model=b["model"] + [f"dropout({s})"])),
    "batch of one row at a high rate": Family("S305 S309", "G103 G110 G104", made=lambda b, s, t, i: replaced(
        batch_of(epochs=6)(b, 1, t, i), optimizer=s)),
})
LEFT = ["raw inputs"]
RARE = ["percent of targets near 0", "dropout on the output", "skips that add up", "augmented before the split",
        "second target in a small unit", "mean of the targets as a column", "plateau without patience"]
RATES = ["rate", "momentum", "epochs", "oscillating", "schedule", "warm-up", "decay", "clipped", "gathered", "trained too long",
         "two faults"]  # words of families whose fault is in the optimizer or the epochs
HIDDEN = sixteenth.HIDDEN
MOMENTUM = with_keys(optimizer="sgd(0.01, momentum=0.9)")

FAULTS = [
    # rates and optimizers
    ("rate of adam too high", ["adam(0.4)", "adam(0.3)", "rmsprop(0.3)"], "fields bungalows bursts"),
    ("rate of sgd too high", [6, 15], "fields shirts"),
    ("rate far too low", ["adam(2e-6)", "sgd(5e-5)", "sgd(1e-4, momentum=0.5)"], "bikes herds bursts"),
    ("too few epochs", [2], "bursts", with_keys(epochs=int, optimizer="adam(3e-4)")),
    # the last layer and the loss
    ("output of one unit", ["softmax"], "chequers"),
    ("loss of another task", ["mse"], "fields"),
    ("softmax twice", ["from_logits"], "shirts"),
    ("bounded output", ["sigmoid", "relu"], "waits bikes"),
    ("output without softmax", ["linear"], "bursts"),
    ("relu before softmax", [1], "shirts"),
    ("bounded output of a signal", ["dense(16, activation=sigmoid)"], "hum"),
    ("percent of targets near 0", [1], "waits"),
    ("dropout on the output", [0.6], "bikes"),
    # data that are not scaled
    ("raw inputs", ["raw"], "mortar bungalows biopsy", MOMENTUM),
    ("pixels not divided", ["in bytes"], "shirts"),
    ("validation scaled otherwise", [255], "shirts"),
    ("targets in another unit", ["price 300", "price 2e4"], "waits bikes", with_keys(
        optimizer=("sgd(0.01, momentum=0.9)", "adam(3e-3)"))),
    ("second target in a small unit", ["second in cents"], "prices"),
    # labels and rows
    ("labels permuted", ["permuted", "shifted"], "fields mortar"),
    ("label noise", ["any of .45", "any of .6"], "herds shirts", LARGE),
    ("one class called another", ["one called another"], "bursts"),
    ("noisy numbers", ["number + 1.5"], "waits", LARGE),
    ("code for unknown", ["unknown -999", "unknown 1e6"], "herds waits"),
    ("outliers of the target", ["far 2e3"], "bikes"),
    ("empty cells", ["empty"], "biopsy"),
    ("classes from one", ["from one"], "herds"),
    ("sensors stuck", ["stuck"], "herds"),
    ("leak", ["leak .02"], "ballots", stopped),
    ("mean of the targets as a column", ["mean of group"], "returns", stopped),
    ("row number as a column", ["numbered"], "ballots", stopped),
    ("copied before the split", ["sampled again"], "ballots", stopped),
    ("augmented before the split", ["augmented"], "ballots", stopped),
    ("rare classes", ["rare .02"], "bursts"),
    ("class weights far apart", [500], "fields"),
    ("sorted and not shuffled", ["sorted"], "bursts", unshuffled("sgd(0.05, momentum=0.9)")),
    ("too few rows", ["few 50"], "bursts", LARGE),
    # starts, depth, activations
    ("equal weights", ["zeros", "constant(0.05)"], "herds bursts", model(
        "2 * dense(64, activation=relu, kernel_initializer={s})")),
    ("large weights", [1], "bursts bungalows", model(
        "3 * dense(80, activation=relu, kernel_initializer=random_normal(stddev={s}))", optimizer="adam(2e-3)")),
    ("exploding weights", [0.9], "fields", model(
        "9 * dense(40, activation=relu, kernel_initializer=random_normal(stddev={s}))", optimizer="sgd(0.02)")),
    ("vanishing small weights", [0.01], "bursts", model(
        "6 * dense(40, activation=tanh, kernel_initializer=random_normal(stddev={s}))", optimizer="sgd(0.1)", layer="dense")),
    ("vanishing sigmoid", [8, 14], "shirts bikes", model("{s} * dense(40, activation=sigmoid)", optimizer="adam(3e-3)",
                                                         layer="dense")),
    ("deep without skips", [40], "herds"),
    ("skips that add up", [26], "herds"),
    ("dead by bias", [-6], "bursts", changed(HIDDEN["relu2"], (1,), biased, "sgd(0.05)")),
    ("saturated", [9.0], "chequers", changed(HIDDEN["tanh3"], (1,), spread, "sgd(0.02)")),
    ("softmax hidden", [2], "shirts", softmax_layers(24, "adam(1.5e-3)")),
    ("activation removed", ["all"], "chequers", model("3 * dense(64)")),
    ("numbers of codes", [48], "baskets"),
    # size and regularization
    ("too few units", [2], "bursts"),
    ("no hidden layer", [0], "chequers"),
    ("dropout too large", [0.88], "shirts"),
    ("penalty too large", ["l2(0.3)"], "bursts"),
    ("decay too strong", ["adamw(3e-3, weight_decay=1)"], "waits"),
    # batches, schedules, observers, frozen layers
    ("batch of all rows", [1200], "herds", batch_of(optimizer="sgd(0.02)", epochs=25)),
    ("batch normalization of few rows", [2], "bursts", few_normalized(f"3 * dense(48, {HE}) | batch_normalization | relu")),
    ("batch of one row at a high rate", ["sgd(0.3)"], "fields"),
    ("schedule too short", ["cosine_decay(0.05, decay_steps=40)"], "bungalows"),
    ("plateau without patience", ["reduce_lr_on_plateau(patience=1, factor=0.02, min_delta=0.2)"], "waits"),
    ("wrong mode", ["early_stopping(monitor=val_accuracy, mode=min, patience=3)"], "bursts", with_keys(
        observers="{s}", optimizer="adam(3e-4)")),
    ("no patience", ["early_stopping(patience=1, min_delta=0.3)"], "bursts", with_keys(observers="{s}", optimizer="adam(5e-4)")),
    ("wrong figure watched", ["early_stopping(monitor=loss, patience=10)"], "returns"),
    ("trained too long", [150], "returns", overtrained((120, 150))),
    ("frozen", ["all"], "fields", frozen(HIDDEN["relu2"])),
    ("clipped to nothing", [1e-3], "waits"),
]
PAIRS = [("raw inputs", "rate far too low")]
