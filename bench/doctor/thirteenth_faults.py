"""The faults of the thirteenth set: as people meet them in courses, forums and bug studies. Kinds that are new have their families
here, with the codes that are a right first root, which were chosen by the names of the findings."""
import tables
import thirteenth
import twelfth_faults
from frame import CHANGES, FAMILIES, Family, batch_of, biased, changed, few_normalized, frozen, model, output, \
    overtrained, rows, softmax_layers, spread, unshuffled, with_keys
from nets import HE, replaced
from tenth_faults import near_copies, one_sided, unknown, wrong
from twelfth_faults import every


# ---- faults of the rows ----

def halves(rows, r):
    """Two columns whose sum is the target: it was split up into parts that are known with it only."""
    out = []
    for x, y in rows:
        part = r.gauss(0, 1)
        out.append((x + [part, y - part], y))
    return out


def halves_new(rows, r):
    """New rows have the parts of others."""
    return [(x + [(part := r.gauss(0, 1)), rows[r.randrange(len(rows))][1] - part], y) for x, y in rows]


def class_code(rows, r):
    """A column holds the code of the class in another list."""
    return [(x + [float((7 * y + 3) % 11)], y) for x, y in rows]


def class_code_new(rows, r):
    return [(x + [float((7 * rows[r.randrange(len(rows))][1] + 3) % 11)], y) for x, y in rows]


def drifting(rows, r, by=6.0):
    """Sensors that drift from the first row to the last; new rows are as the last ones."""
    return [([round(v + by * i / len(rows), 4) for v in x], y) for i, (x, y) in enumerate(rows)]


def drifted(rows, r, by=6.0):
    return every(rows, lambda x: [round(v + by, 4) for v in x])


def gaps_of_numbers(rows, r):
    """The numbers of the classes have gaps, as codes of a list have."""
    return [(x, 10 * y + 10) for x, y in rows]


def emptied(rows, r, share=0.97):
    """A join that found hardly any row: all columns of the others are 0."""
    return [([0.0] * len(x) if r.random() < share else x, y) for x, y in rows]


def broken_line(rows, r):
    """A line that was cut off."""
    return [(x[:len(x) // 2] if i == len(rows) // 3 else x, y) for i, (x, y) in enumerate(rows)]


def two_tables(rows, r, share=0.45):
    """Two tables were put together, and the second one has its columns in the opposite order."""
    return [(x[::-1] if i > (1 - share) * len(rows) else x, y) for i, (x, y) in enumerate(rows)]


def repeated_batches(rows, r, times=12):
    """An export in pages that returned its first page again and again."""
    return rows[:len(rows) // times] * times


# ---- what is odd but no fault ----

def tenth_zero(rows, r):
    return every(rows, lambda x: [0.0 if r.random() < 0.1 else v for v in x])


def noise_columns(rows, r):
    return every(rows, lambda x: x + [round(r.gauss(0, 1), 4) for _ in range(8)])


def four_to_one(rows, r):
    return [row for row in rows if row[1] == 0 or r.random() < 0.43]


SAME, FEW = "same", CHANGES["few 30"][0]
PERCENT = CHANGES["percent"][0]
CHANGES.update({
    "halves": (halves, {}, halves_new), "class code": (class_code, {}, class_code_new), "drifting": (drifting, {}, drifted),
    "gaps of numbers": (gaps_of_numbers, {}, SAME), "emptied": (emptied, {}, None), "broken line": (broken_line, {}, None),
    "two tables": (two_tables, {}, None), "pages": (repeated_batches, {}, None),
    "tenth 0": (tenth_zero, {}, SAME), "columns of noise": (noise_columns, {}, SAME), "four to one": (four_to_one, {}, SAME),
    "target -8": (PERCENT, {"size": 1.0, "plus": -8.0}, SAME), "target 3e4": (PERCENT, {"size": 1.0, "plus": 3e4}, SAME),
    "squeezed 6e4": (twelfth_faults.squeezed, {"size": 6e4}, lambda rows, r: twelfth_faults.squeezed_new(rows, r, 6e4)),
    "totals 40": (twelfth_faults.totals, {"each": 40}, None), "stuck .6": (twelfth_faults.stuck, {"share": 0.6}, None),
    "weighed 1e-5": (twelfth_faults.weighed, {"size": 1e-5}, SAME), "weighed 2e4": (twelfth_faults.weighed, {"size": 2e4}, SAME),
    "next class .4": (twelfth_faults.next_class, {"share": 0.4}, None),
    "wrong .55": (wrong, {"share": 0.55}, None), "one-sided .55": (one_sided, {"share": 0.55}, None),
    "near copies 7": (near_copies, {"times": 7}, None), "unknown 1e5": (unknown, {"size": 1e5, "share": 0.02}, SAME),
    "few 36": (FEW, {"count": 36}, None), "rare .015": (CHANGES["rare .01"][0], {"keep": 0.015}, None),
    "outlier 3e5": (CHANGES["outlier 1e5"][0], {"size": 3e5}, None), "far 3e3": (CHANGES["far 1e3"][0], {"size": 3e3}, None),
    "raw 3.5": (CHANGES["raw 3"][0], {"spread": 3.5}, SAME), "region .35": (CHANGES["region .3"][0], {"share": 0.35}, None),
    "double 6": (CHANGES["double 4"][0], {"times": 6}, None), "noise .45": (CHANGES["noise .4"][0], {"share": 0.55}, None),
    "permuted .9": (CHANGES["permuted"][0], {"share": 0.9}, None), "leak .05": (CHANGES["leak"][0], {"noise": 0.05},
                                                                                CHANGES["leak"][2])})


# ---- new kinds ----

def wrong_target(b, s, t, i):
    """Another column is the target, in training and test; the one that was meant is an input."""
    return replaced(b, data=f"csv('{t}.csv', target={s}) | shuffle | batch(32)", test=f"csv('{t}_test.csv', target={s})")


def skipped(b, s, t, i):
    """A number of rows is skipped that was meant for another file."""
    return replaced(b, data=b["data"].replace("| shuffle", f"| skip({s}) | shuffle"),
                    model=[f"2 * dense(96, activation=relu, {HE})", b["model"][-1]])


def fast_averages(b, s, t, i):
    """Batch normalization whose averages for new rows are those of the last batch, which is small."""
    layers = "3 * dense(40) | batch_normalization{} | relu"
    twin = replaced(b, model=[layers.format(""), b["model"][-1]], data=b["data"].replace("batch(32)", "batch(4)"), epochs=12)
    return {**replaced(twin, model=[layers.format(f"(momentum={s})"), b["model"][-1]]), "twin": twin}


def tiny_weights(b, s, t, i):
    """All classes have a weight that is next to nothing."""
    return replaced(b, class_weight="[" + ", ".join([str(s)] * max(tables.CLASSES[t], 2)) + "]", optimizer="sgd(0.05)")


FAMILIES.update({
    "two columns make up the target": Family("D210", "O401", "inflated", "rows", rows),
    "code of the class as column": Family("D210", "", "inflated", "rows", rows),
    "sensors that drift": Family("D211 D212", "O401 S305", data="rows", made=with_keys(validation="split(0.3)")),
    "classes with gaps": Family("S301 S300 D200 D207", "", "certain", "rows", rows),
    "a join that found few rows": Family("D208 D209 D213 D214 D215 D204", "O402 O401", data="rows", made=rows),
    "a line cut off": Family("D200 D201", "S300", "certain", "rows", rows),
    "columns in another order in a part": Family("D214 O401 D211", "O402 D212 D205", data="rows", made=model(
        f"2 * dense(100, activation=relu, {HE})", epochs=50)),
    "a page again and again": Family("D208 D209", "D215 O401", "inflated", "rows", rows),
    "targets far from 0": Family("D203", "S306 S305 G110", data="rows", made=with_keys(optimizer=("adam(1e-3)", "sgd(0.01)"))),
    "wrong column as target": Family("D213 O402", "O401 D214 D215", made=wrong_target),
    "rows skipped": Family("D215 O401", "O402 D207 D206", made=skipped),
    "averages of normalization too fast": Family("S309", "O402 O403", made=fast_averages),
    "all class weights tiny": Family("S306 D206", "O402", made=tiny_weights),
    "loss with a minus": Family("S300 S301", "S305 G110 O402", "certain", made=with_keys(loss_weights="[{s}]")),
    "softmax for a number": Family("S301 G105", "S300", made=output("dense(1, activation=softmax)", loss="mse")),
    "share for a number": Family("S301", "S306 G104 O402", made=output(
        "dense(1, activation=sigmoid) | rescaling({s})", loss="mse")),
    "loss of overlap for numbers": Family("S301", "S300 D203", made=with_keys(loss="{s}")),
    "bins out of reach": Family("G105 D202 D204", "D213 O402 S302", made=model(
        "discretization({s}, output_mode=one_hot)", "flatten", f"dense(50, activation=relu, {HE})")),
    "embedding that begins huge": Family("S303", "S305 G103 G104 G110", made=model(
        "embedding(5, 6, embeddings_initializer=random_normal(stddev={s}))", "flatten", f"2 * dense(40, activation=relu, {HE})",
        optimizer="sgd(0.01)")),
    "frozen and narrow": Family("S310 O402", "S302", made=model(
        "dense({s}, activation=relu, trainable=false)", f"2 * dense(48, activation=relu, {HE})")),
    "monitor that is not there": Family("S311 S300", "", "certain", made=with_keys(observers="{s}")),
    "input of another width": Family("S300", "", "certain", made=model("input({s})", f"dense(40, activation=relu, {HE})")),
    "groups that do not divide": Family("S300", "", "certain", made=model("dense(40)", "group_normalization({s})", "relu")),
    "clipped between": Family("G105 G103 G104 S302", "G101 O402 S303", made=model(
        f"dense(50, {HE}, bias_initializer=constant({{s}}))", "relu(max_value=1)", f"dense(40, activation=relu, {HE})",
        optimizer="sgd(0.03)")),
    "layers scaled down": Family("S303 G101", "S306 O402", made=model(
        f"5 * dense(36, activation=tanh) | rescaling({{s}})", optimizer="sgd(0.1)")),
    "dropout before the output": Family("O403", "O402 S301", made=model(
        f"2 * dense(60, activation=relu, {HE})", "dropout({s})")),
})

LARGE = model(f"2 * dense(140, activation=relu, {HE})", epochs=45)
FAULTS = [
    # of kinds that are new, and that the twelfth set does not have
    ("two columns make up the target", ["halves"], "meads wealth"),
    ("code of the class as column", ["class code"], "referrals owners"),
    ("sensors that drift", ["drifting"], "turbine anchors"),
    ("classes with gaps", ["gaps of numbers"], "gestures"),
    ("a join that found few rows", ["emptied"], "anchors turbine"),
    ("a line cut off", ["broken line"], "sweetness"),
    ("columns in another order in a part", ["two tables"], "anchors turbine"),
    ("a page again and again", ["pages"], "turbine bottles"),
    ("targets far from 0", ["target 3e4"], "anchors turbine"),
    ("wrong column as target", ["x6", "x0"], "anchors rivers"),
    ("rows skipped", [860, 1168], "turbine bottles"),
    ("averages of normalization too fast", [0], "bottles turbine"),
    ("all class weights tiny", [1e-5], "profiles junk"),
    ("loss with a minus", [-1], "turbine"),
    ("softmax for a number", ["softmax"], "anchors"),
    ("share for a number", [0.1], "turbine"),
    ("loss of overlap for numbers", ["dice"], "turbine"),
    ("bins out of reach", ["[20, 40, 60]", "[-90, -80]"], "turbine bottles"),
    ("embedding that begins huge", [60, 200], "dominoes"),
    ("frozen and narrow", [2, 1], "bottles profiles"),
    ("monitor that is not there", ["early_stopping(monitor=val_acc, patience=3)"], "bottles"),
    ("input of another width", [12], "turbine"),
    ("groups that do not divide", [7], "gestures"),
    ("clipped between", [30, -20], "bottles turbine"),
    ("layers scaled down", [0.02], "turbine gestures"),
    ("dropout before the output", [0.97, 0.985], "turbine bottles"),
    # of kinds that the twelfth set has
    ("squeezed by an outlier", ["squeezed 6e4"], "bottles"),
    ("totals among the rows", ["totals 40"], "sweetness"),
    ("normalized by row", ["raw 3.5"], "turbine", model(
        "layer_normalization", f"3 * dense(44, activation=gelu, {HE})", optimizer="sgd(0.03)")),
    ("squashed at the input", ["raw 3.5"], "bottles", model(
        "activation(hard_sigmoid)", f"2 * dense(64, activation=elu, {HE})")),
    ("multiplied, not divided", [500], "profiles"),
    ("sensor that hangs", ["stuck .6"], "anchors"),
    ("names off by one", ["next class .4"], "profiles", LARGE),
    ("weights of rows tiny", ["weighed 1e-5"], "bottles"),
    ("weights of rows huge", ["weighed 2e4"], "turbine"),
    ("normalization behind softmax", ["batch_normalization(center=false)"], "bottles"),
    ("normalized to a constant", ["layer_normalization(center=false)"], "profiles"),
    ("deep without skips", [50], "gestures"),
    ("gamma of 0", ["silu"], "bottles"),
    ("only biases trained", [1e-6], "turbine"),
    ("a layer that learns too fast", [3500], "anchors"),
    ("rate that jumps", ["per_step('0.02 if step < 500 else 12')"], "bottles"),
    # of kinds that are known
    ("outliers", ["outlier 3e5"], "turbine"),
    ("codes for unknown", ["unknown 1e5"], "gestures"),
    ("outliers of the target", ["far 3e3"], "turbine"),
    ("labels permuted", ["permuted .9", "mixed"], "profiles anchors"),
    ("label noise", ["wrong .55"], "outfits", LARGE),
    ("noisy numbers", ["noise .45"], "anchors", LARGE),
    ("a class labelled by two people", ["one-sided .55"], "corridors", LARGE),
    ("targets of a region mixed", ["region .35"], "anchors"),
    ("leak", ["leak .05"], "wealth"),
    ("rows twice", ["double 6"], "meads"),
    ("near copies", ["near copies 7"], "referrals", LARGE),
    ("class lacking", ["lacking"], "bottles"),
    ("rare classes", ["rare .015"], "rounds"),
    ("sorted and not shuffled", ["sorted"], "profiles", unshuffled("sgd(0.08)")),
    ("too few rows", ["few 36"], "bottles", LARGE),
    ("softmax twice", ["from_logits"], "gestures"),
    ("bounded output", ["sigmoid"], "anchors"),
    ("vanishing sigmoid", [11], "bottles", model("{s} * dense(32, activation=sigmoid)", optimizer="adam(1.2e-3)", layer="dense")),
    ("dead by bias", [-16], "gestures", changed(thirteenth.HIDDEN["relu2"], (1,), biased, "sgd(0.06)")),
    ("saturated", [9.5], "turbine", changed(thirteenth.HIDDEN["tanh3"], (1,), spread, "sgd(0.015)")),
    ("equal weights", ["constant(0.15)"], "bottles", model("2 * dense(46, activation=silu, kernel_initializer={s})")),
    ("activation removed", ["all"], "rounds", model("5 * dense(36)")),
    ("softmax hidden", [3], "profiles", softmax_layers(16, "adam(1.5e-3)")),
    ("rate of adam too high", ["adamax(6)", "nadam(0.45)"], "bottles turbine"),
    ("rate of sgd too high", [14], "gestures"),
    ("rate far too low", ["rmsprop(2e-7)", "sgd(4e-6, momentum=0.7)"], "turbine gestures"),
    ("too few epochs", [3], "turbine", with_keys(epochs=int, optimizer="sgd(1.5e-3)")),
    ("warm-up too long", ["adam(per_step('2e-3 * step / 3e7'))"], "profiles"),
    ("schedule too short", ["exponential_decay(0.04, 5, 0.5)"], "gestures"),
    ("wrong mode", ["early_stopping(monitor=val_r2_score, mode=min, patience=2)"], "turbine"),
    ("batch of all rows", [3000], "turbine", batch_of(optimizer="sgd(0.025)", epochs=15)),
    ("batch normalization of few rows", [1], "gestures", few_normalized("2 * dense(52) | batch_normalization | elu")),
    ("dropout too large", [0.92], "gestures"),
    ("never negative", ["non_neg"], "anchors", model(
        "3 * dense(40, activation=relu, kernel_constraint={s})")),
    ("trained too long", [130, 260], "meads meads", overtrained((100, 130))),
]
PAIRS = [("layers scaled down", "rate far too low")]
