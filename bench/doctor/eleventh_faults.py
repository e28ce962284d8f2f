"""The faults of the eleventh judged set: as people meet them in forums and bug studies. Kinds that are new have their families
here, with the codes that are a right first root, which were chosen by the titles of the findings."""
import eleventh
import tables
import tenth_faults  # noqa: F401 (its families)
from frame import CHANGES, FAMILIES, Family, batch_of, biased, changed, few_normalized, frozen, model, never_negative, output, \
    overtrained, rows, softmax_layers, spread, unshuffled, with_keys
from nets import HE, argument, replaced


# ---- faults of the rows ----

def every(rows, change):
    """Each row's inputs changed."""
    return [(change(x), y) for x, y in rows]


def ids(rows, r):
    """A column is the number of a customer."""
    return every(rows, lambda x: x + [r.randrange(10 ** 5, 10 ** 6)])


def stamps(rows, r):
    """A column is a time in seconds since 1970."""
    return every(rows, lambda x: [1.6e9 + r.randrange(3 * 10 ** 7)] + x)


def offset(rows, r, by=300.0, size=1.0):
    return every(rows, lambda x: [round(size * v + by, 4) for v in x])


def two_units(rows, r, share=0.3, factor=1000.0):
    """One column is in another unit in a share of the rows."""
    return every(rows, lambda x: [x[0] * factor] + x[1:] if r.random() < share else x)


def two_scales(rows, r, share=0.25, factor=9.0):
    """The target is in another unit in a share of the rows."""
    return [(x, round(factor * (y + 2), 4) if r.random() < share else y) for x, y in rows]


def other_way(rows, r, share=0.35):
    """The last part of the file has its two classes the other way round."""
    return [(x, 1 - y if i >= (1 - share) * len(rows) else y) for i, (x, y) in enumerate(rows)]


def slipped(rows, r, begin=0.4):
    """A target is lacking in the middle of the file, so that all behind it belong to the row before."""
    return [(x, rows[i - 1][1] if i > begin * len(rows) else y) for i, (x, y) in enumerate(rows)]


def answered(rows, r):
    return [(x, "yes" if y else "no") for x, y in rows]


def header_again(rows, r):
    """Two files were put together with both headers."""
    names = ([f"x{k}" for k in range(len(rows[0][0]))], "y")
    return rows[:len(rows) // 2] + [names] + rows[len(rows) // 2:]


def cell_too_many(rows, r):
    """Numbers like 1,234 without quotes: they make two cells."""
    return [(x + [0.5] if i % 70 == 20 else x, y) for i, (x, y) in enumerate(rows)]


def gone(rows, r, text="", share=0.05):
    """Cells that are not known hold a text, or nothing."""
    return every(rows, lambda x: [text if r.random() < share else v for v in x])


def one_class(rows, r):
    """A filter has left one class."""
    return [(x, 0) for x, _ in rows]


def group_mean(rows, r):
    """A column is the mean of the target of the two rows of a customer, of which this is one."""
    return [(x + [(y + rows[i ^ 1][1]) / 2 if i ^ 1 < len(rows) else y], y) for i, (x, y) in enumerate(rows)]


def own_mean(rows, r):
    """New rows have the mean of others."""
    return [(x + [(rows[i - 1][1] + rows[i - 2][1]) / 2], y) for i, (x, y) in enumerate(rows)]


def afterwards(rows, r):
    """A column that is filled in only once the answer is known."""
    return [(x + [2 + r.gauss(0, 0.5) if y > 0 else 0.0], y) for x, y in rows]


def not_yet(rows, r):
    return every(rows, lambda x: x + [0.0])


def oversampled(rows, r, times=5):
    """Rows of the second class are there several times, before the rows are split."""
    return [row for row in rows for _ in range(times if row[1] == 1 else 1)]


def by_column(rows, r):
    return sorted(rows, key=lambda row: row[0][0])


# ---- what is odd but no fault ----

def percent(rows, r, size=100.0, plus=0.0):
    return [(x, round(size * y + plus, 4)) for x, y in rows]


def nine_to_one(rows, r):
    return [row for row in rows if row[1] == 0 or r.random() < 0.11]


def strong(rows, r):
    return [(x + [y + r.gauss(0, 2)], y) for x, y in rows]


SAME, WRONG, FEW = "same", tenth_faults.wrong, CHANGES["few 30"][0]
CHANGES.update({
    "ids": (ids, {}, SAME), "stamps": (stamps, {}, SAME), "far 300": (offset, {}, SAME), "far 2000": (offset, {"by": 2000.0}, SAME),
    "kelvin": (offset, {"by": 290.0, "size": 12.0}, SAME), "two units": (two_units, {}, None),
    "two units .1": (two_units, {"share": 0.1, "factor": -400.0}, None), "two scales": (two_scales, {}, None),
    "two scales .4": (two_scales, {"share": 0.4, "factor": 2.5}, None), "other way": (other_way, {}, None),
    "other way .45": (other_way, {"share": 0.45}, None), "slipped": (slipped, {}, None),
    "slipped .2": (slipped, {"begin": 0.2}, None),
    "answered": (answered, {}, SAME), "header again": (header_again, {}, None), "cell too many": (cell_too_many, {}, None),
    "empty": (gone, {}, None), "question": (gone, {"text": "?"}, None), "-inf": (gone, {"text": "-inf", "share": 0.01}, None),
    "one class": (one_class, {}, None), "group mean": (group_mean, {}, own_mean), "afterwards": (afterwards, {}, not_yet),
    "oversampled": (oversampled, {}, None), "oversampled 9": (oversampled, {"times": 9}, None), "by column": (by_column, {}, None),
    "region .4": (CHANGES["region .3"][0], {"share": 0.4}, None), "one-sided .5": (tenth_faults.one_sided, {"share": 0.5}, None),
    "percent": (percent, {}, SAME), "target 5": (percent, {"size": 1.0, "plus": 5.0}, SAME), "rare 9 to 1": (nine_to_one, {}, SAME),
    "exponents": (lambda rows, r: every(rows, lambda x: [round(2.718 ** (1.3 * v), 4) for v in x]), {}, SAME),
    "column twice": (lambda rows, r: every(rows, lambda x: x + x[:1]), {}, SAME),
    "seldom 1": (lambda rows, r: every(rows, lambda x: x + [float(r.random() < 0.01)]), {}, SAME),
    "rounded": (lambda rows, r: every(rows, lambda x: [round(4 * v) / 4 for v in x]), {}, SAME),
    "wrong .05": (WRONG, {"share": 0.05}, None), "wrong .6": (WRONG, {"share": 0.6}, None), "strong column": (strong, {}, SAME),
    "near copies 4": (tenth_faults.near_copies, {"times": 4}, None), "few 24": (FEW, {"count": 24}, None),
    "few 35": (FEW, {"count": 35}, None)})


# ---- new kinds ----

def data(text, **given):
    """Other data."""
    return with_keys(data=text + " | shuffle | batch(32)", **given)


def last(text, **given):
    """The output layer with one more argument."""
    return lambda b, s, t, i: with_keys(**given)(replaced(
        b, model=b["model"][:-1] + [argument(b["model"][-1], text.replace("{s}", str(s)))]), s, t, i)


def logits(b, s, t, i):
    """A factor between the last layer and softmax."""
    return replaced(b, model=b["model"][:-1] + [f"dense({tables.CLASSES[t]})", f"rescaling({s})", "softmax"],
                    optimizer="sgd(0.05, momentum=0.8)")


def growing(b, s, t, i):
    """Residual blocks without normalization: the signal doubles in each."""
    layers = [f"dense(30, activation=relu, {HE}, name=s0)"]
    for k in range(s):
        layers += [f"dense(30, activation=relu, {HE}, name=v{k})", f"add(name=s{k + 1}) <- s{k} v{k}"]
    return replaced(b, model=layers + [b["model"][-1]], optimizer="sgd(0.01)")


def on_noise(observers):
    """A large net that is stopped by what does not tell when to stop; the twin is stopped by the validation loss."""
    def made(b, s, t, i):
        twin = replaced(b, model=[f"2 * dense(130, activation=relu, {HE})", b["model"][-1]], epochs=90, observers=eleventh.STOP)
        return {**replaced(twin, observers=observers.replace("{s}", str(s))), "twin": twin}
    return made


FAMILIES.update({
    "column of ids": Family("D202 D216", "D205 S305 G110", data="rows", made=with_keys(optimizer="sgd(0.03)")),
    "columns far from 0": Family("D202", "S305 G110 G103 S303", data="rows", made=with_keys(optimizer="sgd(0.03)")),
    "a column in two units": Family("D205 D202", "S305 G110", data="rows", made=with_keys(optimizer="sgd(0.02)")),
    "targets in two units": Family("D205 D203 D214 O401", "S305 G110 O402 D213", data="rows", made=rows),
    "coded the other way in a part": Family("D214 O401", "O402 D213 D215", data="rows", made=model(
        f"2 * dense(110, activation=relu, {HE})", epochs=50)),
    "slipped from the middle on": Family("D213 D214 O401", "O402 D215", data="rows", made=rows),
    "answers as words": Family("D200 D201 S300", "", "certain", "rows", rows),
    "header in the middle": Family("D200 D201", "S300", "certain", "rows", rows),
    "a cell too many": Family("D200 D201", "S300", "certain", "rows", rows),
    "empty cells": Family("D201 D200", "S300", "certain", "rows", rows),
    "one class only": Family("D204 D206 D207 D213 O402", data="rows", made=rows),
    "mean of the target as column": Family("D210", "", "inflated", "rows", rows),
    "filled in afterwards": Family("D210", "", "inflated", "rows", rows),
    "oversampled before the split": Family("D208 D209", "D206 D215 O401", "inflated", "rows", model(
        f"2 * dense(120, activation=relu, {HE})", epochs=60)),
    "sorted by a column and split": Family("D211 D212", data="rows", made=with_keys(validation="split(0.35)")),
    "targets of a region mixed": Family("O405 D214", "D213 D215 O401", data="rows", made=rows),
    "no such column": Family("D200 S300", "", "certain", made=data("csv('{t}.csv', target={s})")),
    "no such file": Family("D200 S300", "", "certain", made=data("csv('{t}{s}.csv', target=y)")),
    "wrong delimiter": Family("D200 S300", "", "certain", made=data("csv('{t}.csv', target=y, delimiter={s})")),
    "classes left out": Family("D207 S301", "D206 D211", made=data(
        "csv('{t}.csv', target=y) | drop_classes({s}, relabel=false)", validation="csv('{t}_test.csv', target=y)")),
    "classes renumbered": Family("D207 D211", "D214 S301", made=data(
        "csv('{t}.csv', target=y) | drop_classes({s})", validation="csv('{t}_test.csv', target=y)")),
    "ids outside of the embedding": Family("S300 D200", "D202", "certain", made=model(
        "embedding({s}, 6)", "flatten", f"dense(40, activation=relu, {HE})")),
    "flatten forgotten": Family("S300 S301", "", "certain", made=model("reshape({s})", f"dense(50, activation=relu, {HE})")),
    "two units for a yes or no": Family("S301 S300", made=output("dense(2, activation={s})", loss="binary_crossentropy")),
    "hinge below a sigmoid": Family("S301", made=with_keys(loss="{s}")),
    "logits multiplied": Family("S303 S305 S301", "G110", made=logits),
    "logits divided": Family("S306 S303 S301", "O402", made=logits),
    "smoothed away": Family("S301 O403", "O402 D213", made=with_keys(loss="binary_crossentropy(label_smoothing={s})")),
    "blocks that grow": Family("S303 G102", "G110 S305 D203", made=growing),
    "sines too fast": Family("S303 O401", "D215 O402", made=model(
        "2 * dense(64, activation=sin, kernel_initializer=random_normal(stddev={s}))", optimizer="adam(1e-3)")),
    "squares on squares": Family("G102 G110 S303 S305 S302", "D203", made=model(
        f"{{s}} * dense(34, activation=relu_squared, {HE})", optimizer="sgd(0.01)")),
    "cut off": Family("G105 G103 G104 S302", "G101 S303", made=model(
        f"dense(40, {HE})", "{s}", f"dense(30, activation=relu, {HE})")),
    "gates that stay closed": Family("G104 S303 G105 G101", "S306 O402", made=model(
        f"dense(40, activation=relu, {HE}, name=h)", "dense(40, activation=sigmoid, bias_initializer=constant({s}), name=g)",
        "multiply() <- h g", optimizer="sgd(0.05)")),
    "output begins far off": Family("S303 S306", "D203 O402 S305", made=last(
        "bias_initializer=constant({s})", optimizer="adam(1e-3)")),
    "normalization of other data": Family("D202 S303", "G103 G104 S310 S305 G101", made=model(
        "batch_normalization(trainable=false, {s})", "2 * dense(46, activation=tanh)", optimizer="sgd(0.02)")),
    "penalty on the last layer": Family("O403", "O402", made=last("kernel_regularizer={s}")),
    "penalty on predictions": Family("O403", "O402", made=last("activity_regularizer={s}")),
    "orthogonal penalty too large": Family("O403", "O402 S305 G110", made=model(
        "2 * dense(40, activation=relu, kernel_regularizer=orthogonal_regularizer({s}))")),
    "last layer held": Family("O403", "O402", made=last("kernel_constraint={s}")),
    "rate below 0": Family("S300 S305 S306", "", "certain", made=with_keys(optimizer="sgd({s})")),
    "rate of 0": Family("S306 S310 S307 S300", "O402", made=with_keys(optimizer="{s}")),
    "one row at a time": Family("S305 S309", "G110 G103 G104", made=batch_of(optimizer="sgd(0.3, momentum=0.9)", epochs=8)),
    "lowered in the wrong direction": Family("S311 S307 S306", "O402", made=with_keys(observers="{s}", optimizer="sgd(0.01)")),
    "stopped by the training loss": Family("O401 S311", "D214 D215", made=on_noise("{s}")),
    "baseline out of reach": Family("S311 S306", "O402", made=with_keys(observers="{s}", optimizer="adam(2e-4)")),
    "frozen for all epochs": Family("S310 S300", "S303 G101", made=model(
        "3 * dense(24, activation=tanh, kernel_initializer=random_normal(stddev=0.04))", freeze="dense*", frozen_epochs=40)),
    "all layers slowed": Family("S306 S310", "O402", made=with_keys(learning_rate_factors="['*={s}']", optimizer="sgd(0.1)")),
    "average written back": Family("S306", "O402", made=with_keys(optimizer="{s}")),
    "epsilon too large": Family("S306", "O402", made=with_keys(optimizer="{s}")),
    "weights of classes swapped": Family("D206", "O402", made=with_keys(class_weight="{s}")),
})

FAULTS = [
    # of kinds that are new
    ("column of ids", ["ids"], "pendulum flags cellars"),
    ("column of dates", ["stamps"], "coasts bodies"),
    ("columns far from 0", ["far 2000", "kelvin"], "pendulum flags shares"),
    ("a column in two units", ["two units", "two units .1"], "coasts sensors"),
    ("targets in two units", ["two scales", "two scales .4"], "sensors pendulum"),
    ("coded the other way in a part", ["other way", "other way .45"], "cellars helix"),
    ("slipped from the middle on", ["slipped", "slipped .2"], "shoes sensors flags"),
    ("answers as words", ["answered"], "ships"),
    ("header in the middle", ["header again"], "shares words"),
    ("a cell too many", ["cell too many"], "coasts"),
    ("empty cells", ["empty", "question", "-inf"], "bodies census words"),
    ("one class only", ["one class"], "shoes helix"),
    ("mean of the target as column", ["group mean"], "crops census"),
    ("filled in afterwards", ["afterwards"], "wards crops census"),
    ("oversampled before the split", ["oversampled", "oversampled 9"], "census wards"),
    ("sorted by a column and split", ["by column"], "pendulum lens helix"),
    ("targets of a region mixed", ["region .4", "region .3"], "pendulum flags"),
    ("no such column", ["label"], "zips"),
    ("no such file", ["_train"], "lens"),
    ("wrong delimiter", ["semicolon"], "helix"),
    ("classes left out", [2, 0], "words shoes"),
    ("classes renumbered", [0, 1], "flags shoes"),
    ("ids outside of the embedding", [3], "knights"),
    ("flatten forgotten", ["7, 7", "49, 1"], "zips shoes"),
    ("two units for a yes or no", ["sigmoid", "softmax"], "cellars helix"),
    ("hinge below a sigmoid", ["hinge"], "helix knights"),
    ("logits multiplied", [200, 60], "shoes flags"),
    ("logits divided", [1e-3, 3e-3], "words zips"),
    ("smoothed away", [1], "cellars helix"),
    ("blocks that grow", [28, 40], "shoes sensors"),
    ("sines too fast", [8, 20], "helix pendulum"),
    ("squares on squares", [7, 5], "flags sensors"),
    ("cut off", ["activation(hard_shrink(12))", "relu(max_value=1e-3)", "activation(threshold(15, 0))"], "flags pendulum shoes"),
    ("gates that stay closed", [-25, -14], "shoes pendulum"),
    ("output begins far off", [400, -90], "pendulum shares"),
    ("normalization of other data", ["moving_mean_initializer=constant(200)", "moving_variance_initializer=constant(1e8)"],
     "flags pendulum"),
    ("penalty on the last layer", ["l1(3)", "l1(9)"], "pendulum shoes"),
    ("penalty on predictions", ["l2(30)", "l1(5)"], "pendulum sensors"),
    ("orthogonal penalty too large", [3000], "pendulum coasts"),
    ("last layer held", ["max_norm(1e-3)", "min_max_norm(0, 2e-3)"], "flags pendulum"),
    ("rate below 0", [-0.01], "shoes"),
    ("rate of 0", ["sgd(per_step('0 * step'))", "adam(per_epoch('0.01 * (epoch < 1) * 1e-3'))"], "words pendulum"),
    ("one row at a time", [1], "flags pendulum"),
    ("lowered in the wrong direction", ["reduce_lr_on_plateau(monitor=val_accuracy, mode=min, patience=1)",
                                        "reduce_lr_on_plateau(mode=max, patience=1, factor=0.05)"], "zips pendulum"),
    ("stopped by the training loss", ["early_stopping(monitor=loss, patience=12)", "best_weights(monitor=loss)",
                                      "early_stopping(monitor=loss, patience=20, restore_best_weights=true)"], "crops crops wards"),
    ("baseline out of reach", ["early_stopping(monitor=val_accuracy, baseline=0.999, patience=2)",
                               "early_stopping(baseline=1e-4, patience=2)"], "zips pendulum"),
    ("frozen for all epochs", ["all"], "flags shoes"),
    ("all layers slowed", [1e-4, 3e-5], "shoes pendulum"),
    ("average written back", ["adam(2e-3, use_ema=true, ema_momentum=0.9998, ema_overwrite_frequency=1)"], "flags pendulum"),
    ("weights of classes swapped", ["[1, 60]", "[900, 1]"], "census helix"),
    # of kinds that are known
    ("sigmoid twice", ["twice"], "cellars"),
    ("logits without from_logits", ["linear"], "helix"),
    ("loss that does not fit numbers", ["binary_crossentropy", "mape"], "sensors lens"),
    ("units and classes differ", [-3], "flags"),
    ("classes from 1", ["from one"], "flowers"),
    ("output without softmax", ["tanh"], "rhythms"),
    ("bounded output", ["tanh"], "pendulum"),
    ("softmax twice", ["from_logits"], "words"),
    ("class numbers as numbers", ["mse"], "words"),
    ("losses summed", ["huber(reduction=sum)"], "pendulum"),
    ("pixels to 255", ["pixels"], "ships zips", with_keys(optimizer="sgd(0.05, momentum=0.9)")),
    ("raw inputs", ["raw 4", "raw 2"], "helix"),
    ("tiny inputs", ["shrunk more"], "flags"),
    ("codes for unknown", ["unknown 9999"], "coasts"),
    ("loader that repeats a row", ["same row"], "rhythms"),
    ("labels permuted", ["permuted", "mixed", "backwards"], "rhythms pendulum zips"),
    ("label noise", ["wrong .6"], "words"),
    ("noisy numbers", ["noise .5"], "shares"),
    ("a class labelled by two people", ["one-sided .5"], "words helix"),
    ("near copies", ["near copies 4"], "crops wards"),
    ("number of the row", ["numbered"], "wards"),
    ("leak", ["leak .02"], "crops"),
    ("rows twice", ["double 4"], "crops"),
    ("outliers of the target", ["far 1e3"], "pendulum"),
    ("targets in another unit", ["price 100"], "pendulum"),
    ("rare classes", ["rare .03", "rare .01"], "rhythms helix"),
    ("class lacking", ["lacking"], "flags"),
    ("sorted and not shuffled", ["sorted"], "shoes zips", unshuffled("sgd(0.1)")),
    ("too few rows", ["few 35"], "rhythms"),
    ("validation scaled otherwise", ["0.02", "1, 5"], "pendulum shoes"),
    ("vanishing sigmoid", [8, 14], "shoes pendulum", model(
        "2 * dense(30, activation=log_sigmoid)", "{s} * dense(30, activation=sigmoid)", optimizer="rmsprop(1e-3)")),
    ("vanishing small weights", [0.1, 0.06], "sensors", model(
        "9 * dense(34, activation=tanh, kernel_initializer=orthogonal({s}))", optimizer="sgd(0.05)", layer="dense")),
    ("exploding weights", [40], "flags", model(
        "10 * dense(30, activation=elu, kernel_initializer=variance_scaling({s}))", optimizer="sgd(1e-3)")),
    ("dead by bias", [-10, -25], "shoes pendulum", changed(
        [f"3 * dense(40, activation=relu, {HE})"], (1, 2), biased, "adam(1e-3)")),
    ("saturated", [5.0], "pendulum", changed(eleventh.HIDDEN["tanh3"], (1, 2), spread, "sgd(0.01)")),
    ("equal weights", ["constant(0.2)"], "sensors", model("2 * dense(44, activation=silu, kernel_initializer={s})")),
    ("activation removed", ["all"], "helix", model("4 * dense(40)")),
    ("softmax hidden", [3], "flags", softmax_layers(20, "rmsprop(1e-3)")),
    ("one unit between layers", ["tanh"], "zips"),
    ("rate of adam too high", ["nadam(0.5)", "rmsprop(0.4)", "adamax(9)"], "flags pendulum shoes"),
    ("rate of sgd too high", ["6, momentum=0.9"], "flags"),
    ("rate far too low", ["nadam(3e-7)", "sgd(3e-6, momentum=0.5)", "adamax(1e-6)"], "shoes pendulum"),
    ("schedule too short", ["exponential_decay(0.05, 1, 0.8)", "inverse_time_decay(0.05, 1, 2)", "per_epoch('0.02 * (epoch < 1)')"],
     "flags pendulum zips"),
    ("warm-up too long", ["sgd(sequence([1e-7, 0.05], [100000]))"], "shoes"),
    ("momentum near 1", ["sgd(0.1, momentum=0.996, nesterov=true)"], "pendulum"),
    ("wrong mode", ["early_stopping(mode=max, patience=1)", "best_weights(monitor=val_accuracy, mode=min)"], "sensors zips"),
    ("epsilon too large", ["adam(1e-4, epsilon=1)"], "shoes"),
    ("clipped to nothing", [5e-5], "flags"),
    ("gradients gathered too long", [200], "pendulum", with_keys(optimizer="sgd(0.05, gradient_accumulation_steps={s})")),
    ("batch of all rows", [4000], "sensors", batch_of(optimizer="sgd(0.02)", epochs=20)),
    ("batch normalization of few rows", [2], "flags", few_normalized("3 * dense(36) | batch_normalization | relu")),
    ("penalty too large", ["l1(0.4)"], "pendulum"),
    ("dropout too large", [0.93], "flags", model(f"2 * dense(70, activation=relu, {HE}) | alpha_dropout({{s}})")),
    ("never negative", ["non_neg"], "pendulum", never_negative),
    ("decay too strong", ["sgd(0.1, weight_decay=0.3)", "sgd(0.2, weight_decay=0.5)"], "pendulum flags"),
    ("noise as large as the inputs", [1.5, 1.2], "pendulum helix"),
    ("frozen", ["all"], "zips", frozen(eleventh.HIDDEN["mish2"])),
    ("far too small", [1], "flags"),
    ("trained too long", [260, 340], "crops wards wards crops", overtrained((110, 100))),
]
PAIRS = [("column of ids", "rate far too low"), ("blocks that grow", "rate of adam too high"),
         ("slipped from the middle on", "rate far too low")]
