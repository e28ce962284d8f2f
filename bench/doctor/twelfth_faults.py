"""The faults of the twelfth set: as people meet them in courses, forums and bug studies. Kinds that are new have their families
here, with the codes that are a right first root, which were chosen by the names of the findings."""
import eleventh_faults  # noqa: F401 (its families)
import tables
import twelfth
from frame import CHANGES, FAMILIES, Family, batch_of, biased, changed, few_normalized, model, never_negative, output, \
    overtrained, rows, softmax_layers, spread, unshuffled, with_keys
from nets import HE, replaced
from tenth_faults import near_copies, one_sided, unknown, wrong


# ---- faults of the rows ----

def every(rows, change):
    """Each row's inputs changed."""
    return [(change(x), y) for x, y in rows]


def squeezed(rows, r, size=2e4):
    """Columns that were scaled to 0 to 1, by their least and largest value; one row has a wrong one."""
    rows = every(rows, lambda x: [(v + 4) / size for v in x])
    at = r.randrange(len(rows))
    return rows[:at] + [([1.0] * len(rows[at][0]), rows[at][1])] + rows[at + 1:]


def squeezed_new(rows, r, size=2e4):
    return every(rows, lambda x: [(v + 4) / size for v in x])


def totals(rows, r, each=60):
    """A report of which each page ends with the sums of all rows so far."""
    out, total, sum_y = [], [0.0] * len(rows[0][0]), 0.0
    for i, (x, y) in enumerate(rows):
        total, sum_y = [a + v for a, v in zip(total, x)], sum_y + y
        out.append((x, y))
        if i % each == each - 1:
            out.append(([round(v, 2) for v in total], round(sum_y, 4)))
    return out


def labels_255(rows, r):
    """A mask as a picture has it: 0 and 255."""
    return [(x, 255 * y) for x, y in rows]


def minus_one(rows, r):
    """Rows whose class is not known have -1."""
    return [(x, -1 if i % 25 == 11 else y) for i, (x, y) in enumerate(rows)]


def percent_signs(rows, r):
    """A column is written as 12.5%."""
    return every(rows, lambda x: [f"{100 * x[0]:.1f}%"] + x[1:])


def weighed(rows, r, size=1e-4):
    """One more column is the weight of the row."""
    return every(rows, lambda x: x + [size * r.uniform(0.5, 1.5)])


def stuck(rows, r, share=0.5):
    """A sensor that hangs: in a share of the rows all columns keep the values of a row before, the targets go on."""
    out, last = [], rows[0][0]
    for x, y in rows:
        last = last if r.random() < share else x
        out.append((last, y))
    return out


def next_class(rows, r, share=0.5):
    """A share of the rows has the number of the next class: two lists of names that differ by one."""
    most = max(y for _, y in rows) + 1
    return [(x, (y + 1) % most if r.random() < share else y) for x, y in rows]


# ---- what is odd but no fault ----

def sizes(rows, r):
    """Columns of sizes from 0.4 to 3.3."""
    return every(rows, lambda x: [round(v * (0.4, 0.8, 1.6, 3.3)[k % 4], 4) for k, v in enumerate(x)])


def heavy(rows, r):
    """A few cells are far out."""
    return every(rows, lambda x: [round(v * 40, 4) if r.random() < 0.004 else v for v in x])


def spikes(rows, r):
    """The target of one row in a hundred is 6 too large."""
    return [(x, round(y + 6, 5) if r.random() < 0.01 else y) for x, y in rows]


SAME, FEW = "same", CHANGES["few 30"][0]
CHANGES.update({
    "squeezed": (squeezed, {}, squeezed_new), "totals": (totals, {}, None), "totals 25": (totals, {"each": 25}, None),
    "labels 255": (labels_255, {}, SAME), "minus one": (minus_one, {}, None), "percent signs": (percent_signs, {}, SAME),
    "weighed 1e-4": (weighed, {}, SAME), "weighed 3e3": (weighed, {"size": 3e3}, SAME), "stuck .75": (stuck, {"share": 0.75}, None),
    "stuck .65": (stuck, {"share": 0.65}, None), "next class": (next_class, {}, None), "sizes": (sizes, {}, SAME),
    "tails": (heavy, {}, None), "spikes": (spikes, {}, None),
    "wrong .04": (wrong, {"share": 0.04}, None), "wrong .45": (wrong, {"share": 0.45}, None),
    "one-sided .45": (one_sided, {"share": 0.45}, None), "near copies 5": (near_copies, {"times": 5}, None),
    "unknown -9999": (unknown, {"size": -9999.0, "share": 0.02}, SAME), "few 28": (FEW, {"count": 28}, None),
    "rare .02": (CHANGES["rare .01"][0], {"keep": 0.02}, None)})


# ---- new kinds ----

def columns(b, s, t, i):
    """The columns that are read are not those that were meant, in training and test."""
    return replaced(b, data=f"csv('{t}.csv', target=y, inputs='{s}') | shuffle | batch(32)",
                    test=f"csv('{t}_test.csv', target=y, inputs='{s}')")


def weights_column(b, s, t, i):
    """The last column is read as the weight of the rows."""
    column = f"weight=x{len(tables.rows_of(t)[0][0][0])}"
    return replaced(b, data=f"csv('{t}.csv', target=y, {column}) | shuffle | batch(32)",
                    test=f"csv('{t}_test.csv', target=y, {column})", optimizer="sgd(0.05)")


SPARSE = "sparse_categorical_crossentropy"
FAMILIES.update({
    "squeezed by an outlier": Family("D202 D205", "S306 O402", data="rows", made=with_keys(optimizer="sgd(0.03)")),
    "totals among the rows": Family("D205 D202", "S305 G110 G103", data="rows", made=with_keys(optimizer="sgd(0.02)")),
    "normalized by row": Family("D202", "S303 O402 G103", data="rows", made=model(
        "layer_normalization", f"2 * dense(50, activation=relu, {HE})", optimizer="sgd(0.02)")),
    "squashed at the input": Family("D202 G104", "S303 G101 O402", data="rows", made=model(
        "activation(sigmoid)", f"2 * dense(50, activation=relu, {HE})")),
    "multiplied, not divided": Family("D202 S303", "S305 G110 G103 G104", made=model(
        "rescaling({s})", f"2 * dense(46, activation=relu, {HE})", optimizer="sgd(0.02)")),
    "wrong columns read": Family("D213 O402", "O401 D214 D215", made=columns),
    "sensor that hangs": Family("D208 D209 D214 D213", "O401 O402", data="rows", made=rows),
    "labels 0 and 255": Family("S301 D203 S300 D200", "S305 G110", "certain", "rows", with_keys(loss="binary_crossentropy")),
    "unknown class of -1": Family("D200 D201 S300 S301", "D207", "certain", "rows", rows),
    "names off by one": Family("D214 O401 D213", "O402 D215", data="rows", made=model(
        f"2 * dense(90, activation=relu, {HE})", epochs=50)),
    "weights of rows tiny": Family("S306", "O402", data="rows", made=weights_column),
    "weights of rows huge": Family("S305", "G110 G103 G104", data="rows", made=weights_column),
    "log of probabilities": Family("S301", "G110", made=output("dense({classes}, activation=log_softmax)", loss=SPARSE)),
    "softmax in groups": Family("S301", "S302", made=output("dense({classes}) | reshape({s}) | softmax | flatten", loss=SPARSE)),
    "normalization behind softmax": Family("S301", "S309 S302", made=output(
        "dense({classes}, activation=softmax) | {s}", loss=SPARSE)),
    "several units for a number": Family("S301 S300", "", "certain", made=output("dense({s})")),
    "loss weighted to nothing": Family("S306", "S310 O402 S301", made=with_keys(loss_weights="[{s}]", optimizer="sgd(0.05)")),
    "normalized to a constant": Family("G105", "S302 G101 S303 O402", made=model(
        f"dense(50, activation=relu, {HE})", "dense(1)", "{s}", f"dense(30, activation=relu, {HE})")),
    "widths that do not add": Family("S300", "", "certain", made=model("dense(40, name=a)", "dense({s}, name=b)", "add() <- a b")),
    "deep without skips": Family("G101 S303 G103", "S302 O402 S306 G104", made=model(
        "{s} * dense(20, activation=relu)", optimizer="adam(1e-3)")),
    "gamma of 0": Family("S303 S304 G105 G101", "S310 G103", made=model(
        "3 * dense(40) | batch_normalization(gamma_initializer=zeros) | activation({s})")),
    "no full batch": Family("S309 S300 S306 D200", "S310 O402", "certain", made=batch_of()),
    "validation of one class": Family("D211 D207 D206", "", "certain", made=with_keys(
        validation="csv('{t}_test.csv', target=y) | keep_classes({s}, relabel=false)")),
    "penalty with a minus": Family("O403 S300", "S305 G110 S303", made=model(
        "2 * dense(44, activation=relu, kernel_regularizer=l2({s}))")),
    "weights held large": Family("O403 S303", "G104 S305", made=model(
        "2 * dense(44, activation=tanh, kernel_constraint=min_max_norm({s}))", optimizer="sgd(0.02)")),
    "only biases trained": Family("S310", "O402 S306", made=with_keys(learning_rate_factors="['*/kernel={s}']")),
    "a layer that learns too fast": Family("S305", "G103 G110 G104", made=with_keys(
        learning_rate_factors="['dense_1*={s}']")),
    "clipped below epsilon": Family("S308 S306", "O402", made=with_keys(optimizer="{s}")),
    "rate that jumps": Family("S305 S307", "G110 G103 G104 O402", made=with_keys(optimizer="sgd({s})")),
})

FAULTS = [
    # of kinds that are new
    ("squeezed by an outlier", ["squeezed"], "tiles vowels"),
    ("totals among the rows", ["totals", "totals 25"], "crane alcohol"),
    ("normalized by row", ["raw 4", "raw 3"], "tiles crane"),
    ("squashed at the input", ["raw 3"], "vowels crane"),
    ("multiplied, not divided", [255, 100], "curls garments"),
    ("wrong columns read", ["x4:x5", "x5:x6"], "crane sieve"),
    ("sensor that hangs", ["stuck .75", "stuck .65"], "tiles crane"),
    ("labels 0 and 255", ["labels 255"], "vowels"),
    ("unknown class of -1", ["minus one"], "curls"),
    ("names off by one", ["next class"], "tiles menus"),
    ("weights of rows tiny", ["weighed 1e-4"], "crane"),
    ("weights of rows huge", ["weighed 3e3"], "tiles vowels"),
    ("log of probabilities", ["log"], "tiles"),
    ("softmax in groups", ["4, 2", "2, 2"], "tiles islets"),
    ("normalization behind softmax", ["batch_normalization", "layer_normalization"], "curls tiles"),
    ("several units for a number", [3], "crane"),
    ("loss weighted to nothing", [1e-5], "vowels crane"),
    ("normalized to a constant", ["layer_normalization"], "alarms crane"),
    ("widths that do not add", [30], "menus"),
    ("deep without skips", [40, 60], "vowels tiles"),
    ("gamma of 0", ["relu", "tanh"], "crane curls"),
    ("no full batch", ["5000, drop_remainder=true"], "alarms"),
    ("validation of one class", [1], "menus"),
    ("penalty with a minus", [-0.05], "crane"),
    ("weights held large", ["8, 80", "20, 200"], "crane vowels"),
    ("only biases trained", [0], "tiles alarms"),
    ("a layer that learns too fast", [2000, 6000], "crane tiles"),
    ("clipped below epsilon", ["adam(2e-3, clipvalue=1e-9)", "adam(2e-3, global_clipnorm=3e-9)"], "tiles crane"),
    ("rate that jumps", ["piecewise_constant_decay([0.6], [0.03, 9])", "per_epoch('0.02 if epoch < 30 else 20')"], "vowels crane"),
    # of kinds that are known
    ("outliers", ["outlier 1e5"], "tiles"),
    ("codes for unknown", ["unknown -9999"], "vowels"),
    ("outliers of the target", ["far 1e3"], "batteries"),
    ("cells of text", ["percent signs"], "alcohol"),
    ("labels permuted", ["permuted", "shifted"], "vowels crane"),
    ("label noise", ["wrong .45"], "menus"),
    ("noisy numbers", ["noise .4"], "crane"),
    ("a class labelled by two people", ["one-sided .45"], "tiles"),
    ("targets of a region mixed", ["region .3"], "vowels"),
    ("leak", ["leak .02"], "orchard"),
    ("mean of the target as column", ["group mean"], "infants"),
    ("filled in afterwards", ["afterwards"], "clinic"),
    ("rows twice", ["double 4"], "orchard"),
    ("near copies", ["near copies 5"], "clinic"),
    ("validated on its own rows", ["own"], "orchard"),
    ("class lacking", ["lacking"], "menus"),
    ("rare classes", ["rare .02"], "sieve"),
    ("sorted and not shuffled", ["sorted"], "curls", unshuffled("sgd(0.12)")),
    ("sorted and split", ["sorted"], "tiles"),
    ("too few rows", ["few 28"], "vowels"),
    ("class numbers as numbers", ["mae"], "menus"),
    ("bounded output", ["softplus"], "crane"),
    ("loss that does not fit numbers", ["poisson"], "crane"),
    ("vanishing sigmoid", [9], "crane", model("{s} * dense(28, activation=sigmoid)", optimizer="adam(8e-4)", layer="dense")),
    ("vanishing small weights", [0.012], "alarms", model(
        "6 * dense(40, activation=tanh, kernel_initializer=truncated_normal(stddev={s}))", optimizer="sgd(0.06)", layer="dense")),
    ("dead by bias", [-14], "curls", changed(twelfth.HIDDEN["relu3"], (1,), biased, "sgd(0.05)")),
    ("saturated", [7.5], "vowels", changed(twelfth.HIDDEN["tanh2"], (1,), spread, "sgd(0.01)")),
    ("equal weights", ["constant(0.03)"], "alarms", model("3 * dense(36, activation=tanh, kernel_initializer={s})")),
    ("activation removed", ["leaky_relu(1)"], "sieve", model("3 * dense(40) | {s}")),
    ("softmax hidden", [4], "vowels", softmax_layers(18, "adam(2e-3)")),
    ("one unit between layers", ["relu"], "curls"),
    ("rate of adam too high", ["rmsprop(0.95)", "adam(0.35)"], "tiles crane"),
    ("rate of sgd too high", [9], "alarms"),
    ("rate far too low", ["adam(3e-7)", "sgd(2e-5)"], "vowels tiles"),
    ("too few epochs", [2], "tiles", with_keys(epochs=int, optimizer="sgd(3e-3)")),
    ("schedule too short", ["inverse_time_decay(0.05, 1, 0.9)"], "vowels"),
    ("wrong mode", ["best_weights(mode=max)"], "tiles"),
    ("no patience", ["early_stopping"], "vowels", with_keys(observers="{s}", optimizer="sgd(0.03, momentum=0.9)")),
    ("batch of all rows", [2000], "vowels", batch_of(optimizer="sgd(0.03)", epochs=15)),
    ("batch normalization of few rows", [2], "tiles", few_normalized("2 * dense(48) | batch_normalization | activation(silu)")),
    ("dropout too large", [0.94], "crane"),
    ("decay too strong", ["sgd(0.15, weight_decay=0.9)"], "tiles"),
    ("never negative", ["non_neg"], "crane", never_negative),
    ("trained too long", [150, 220, 90], "orchard calls orchard", overtrained((90, 140))),
]
PAIRS = [("normalized by row", "rate far too low")]
