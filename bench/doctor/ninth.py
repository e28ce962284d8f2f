"""The ninth judged set: other real tables than before, and others made by rules (ninth_tables.py); nets of 1 to 20 layers with
activations, normalizations and optimizers that the sets before do not have. Kinds of faults that are new: layers that pass no
gradient or hardly any signal, layers whose learning rate is multiplied by 0, an output below standardized targets that is
bounded, an output that is always 0. It was written for rules that were changed after the eighth set had been looked at, and
before any of them was tried on it. A healthy net on a noisy table has the same net, stopped at its best epoch, as its twin."""
import ninth_tables
from frame import FAMILIES, Family, Frame, batch_of, biased, changed, few_normalized, frozen, model, overtrained, \
    softmax_layers, spread, with_keys
from nets import HE, LECUN, initialized, replaced

PART = "ninth"
TABLES = list(ninth_tables.CLASSES)
NOISY = ["vintage", "incomes", "dice"]
NUMBER_TABLES = [t for t in TABLES if ninth_tables.CLASSES[t] == 0]
CLASS_TABLES = [t for t in TABLES if ninth_tables.CLASSES[t] > 0]
HIDDEN = {
    "relu2": [f"2 * dense(56, activation=relu, {HE})"],
    "tanh2": ["2 * dense(44, activation=tanh)"],
    "silu3": [f"3 * dense(36, activation=silu, {HE})"],
    "mish2": [f"2 * dense(48, activation=mish, {HE})"],
    "selu6": [f"6 * dense(28, activation=selu, {LECUN})"],
    "celu4": [f"4 * dense(34, activation=celu, {HE})"],
    "prelu2": [f"2 * dense(50, {HE}) | prelu"],
    "swiglu": [f"dense(80, {HE}) | activation(swiglu)", f"dense(40, activation=relu, {HE})"],
    "rms norm4": [f"4 * dense(36, {HE}) | rms_normalization | relu"],
    "skip": [f"dense(40, activation=relu, {HE}, name=a)", f"dense(40, activation=relu, {HE}, name=b)", "add() <- a b"],
    "softsign2": ["2 * dense(52, activation=softsign)"],
}
PLAIN = ["relu2", "tanh2", "silu3", "mish2"]
STOP = "early_stopping(patience=8, restore_best_weights=true)"
STEP = "discretization([-1, -0.5, 0, 0.5, 1])"


def factors(b, s, t, i):
    """The hidden layers learn with a rate that is multiplied by the strength."""
    layers = [f"2 * dense(20, activation=relu, learning_rate_factor={s}, kernel_initializer=random_normal(stddev=0.05))"]
    return replaced(b, model=layers + [b["model"][-1]])


def bounded_below(b, s, t, i):
    """Targets are standardized inside the net, above an output that is bounded; the twin has no activation there."""
    given = dict(metrics="r2_score", loss="mse")
    twin = replaced(b, model=b["model"][:-1] + ["dense(1)", "normalization(invert=true)"], **given)
    return {**replaced(b, model=b["model"][:-1] + [f"dense(1, activation={s})", "normalization(invert=true)"], **given),
            "twin": twin}


def dead_output(b, s, t, i):
    """An output of relu that begins below 0 for every row."""
    return replaced(b, model=b["model"][:-1] + [f"dense(1, activation=relu, bias_initializer=constant({s}))"], loss="mse",
                    optimizer="sgd(0.02)")


FAMILIES.update({
    "step between layers": Family("G105", "S302 O402", made=model(
        f"2 * dense(12, activation=relu, {HE})", "{s}", f"dense(24, activation=relu, {HE})")),
    "values clipped to nothing": Family("G105", "S306 O402 G101", made=model(
        f"dense(24, activation=relu, {HE})", "{s}", f"dense(24, activation=relu, {HE})", optimizer="sgd(0.02)")),
    "rate multiplied by 0": Family("S310", "S303 G101", made=factors),
    "bounded below standardization": Family("S301", made=bounded_below),
    "epsilon too large": Family("S306", "O402", made=with_keys(optimizer="{s}")),
    "output always 0": Family("G103 S301 S303", made=dead_output),
})


def hard_negatives():
    """Healthy nets that look faulty: name, arguments of keys(), tables."""
    h = HIDDEN
    wide = [f"dense(300, activation=relu, {HE})"]
    one = [f"dense(70, activation=relu, {HE})"]
    return [
        ("stopped early", dict(hidden=h["relu2"], epochs=80, observers=STOP), NOISY),
        ("stopped early, wide", dict(hidden=wide, epochs=40, observers=STOP), NOISY),
        ("best kept", dict(hidden=h["mish2"], keep="best", epochs=40), NOISY),
        ("small on noise", dict(hidden=["dense(5, activation=tanh)"], optimizer="adam(3e-3)", epochs=30), NOISY),
        ("few epochs on noise", dict(hidden=h["silu3"], epochs=6), NOISY),
        ("linear on noise", dict(hidden=[], epochs=25), NOISY),
        ("steps of the inputs", dict(hidden=["discretization([-1, -0.5, 0, 0.5, 1], output_mode=one_hot)", "flatten", *one]),
         ["bills", "sectors"]),
        ("rescaling between", dict(hidden=[f"dense(50, activation=relu, {HE})", "rescaling(0.5)", *one]), TABLES),
        ("smooth clip between", dict(hidden=[f"dense(50, {HE})", "smooth_clip(2)", *one]), TABLES),
        ("smooth clip in front", dict(hidden=["smooth_clip(2.5)", *h["relu2"]]), TABLES),
        ("unit norm between", dict(hidden=[f"dense(50, activation=relu, {HE})", "unit_normalization", *one]), TABLES),
        ("branch that begins at 0", dict(hidden=[f"dense(40, activation=relu, {HE}, name=a)",
         "dense(40, activation=tanh, kernel_initializer=zeros, name=b)", "add() <- a b"]), TABLES),
        ("zeros in the output", dict(hidden=h["silu3"], last="zeros"), TABLES),
        ("first of four frozen", dict(hidden=[f"dense(90, activation=relu, {HE}, trainable=false)", *h["silu3"]]), TABLES),
        ("a slow layer", dict(hidden=[f"dense(50, activation=relu, {HE}, learning_rate_factor=0.1)", *one]), TABLES),
        ("standardized targets", dict(hidden=h["relu2"], last="dense(1) | normalization(invert=true)"), NUMBER_TABLES),
        ("standardized targets, price", dict(hidden=h["mish2"], last="dense(1) | normalization(invert=true)",
                                             change="price 1000"), ["tank"]),
        ("counts as numbers", dict(hidden=h["relu2"], loss="huber"), ["queues"]),
        ("counts by poisson", dict(hidden=h["tanh2"], loss="poisson", last="dense(1, activation=exponential)",
                                   optimizer="adam(2e-3)"), ["queues"]),
        ("counts by softplus", dict(hidden=h["relu2"], last="dense(1, activation=softplus)"), ["queues"]),
        ("sgd, momentum .8", dict(hidden=h["relu2"], optimizer="sgd(0.03, momentum=0.8)"), TABLES),
        ("plain sgd", dict(hidden=h["mish2"], optimizer="sgd(0.05)"), TABLES),
        ("adam, 8e-3", dict(hidden=one, optimizer="adam(8e-3)"), TABLES),
        ("adam, 7e-4", dict(hidden=h["celu4"], optimizer="adam(7e-4)", epochs=60), TABLES),
        ("beta_1 .95", dict(hidden=h["relu2"], optimizer="adam(2e-3, beta_1=0.95)"), TABLES),
        ("adamw", dict(hidden=h["silu3"], optimizer="adamw(2e-3, weight_decay=0.05)"), TABLES),
        ("nadam", dict(hidden=h["relu2"], optimizer="nadam(2e-3)"), TABLES),
        ("lion", dict(hidden=h["mish2"], optimizer="lion(4e-4)"), TABLES),
        ("rmsprop", dict(hidden=h["tanh2"], optimizer="rmsprop(2e-3)"), TABLES),
        ("schedule free", dict(hidden=h["relu2"], optimizer="schedule_free_adamw(4e-3)"), TABLES),
        ("average .95", dict(hidden=h["relu2"], optimizer="adam(3e-3, use_ema=true, ema_momentum=0.95)"), TABLES),
        ("two batches", dict(hidden=one, optimizer="adam(5e-3, gradient_accumulation_steps=2)"), TABLES),
        ("warm-up 60", dict(hidden=h["silu3"], optimizer="adam(warmup(60, 3e-3))"), TABLES),
        ("one cycle", dict(hidden=h["relu2"], optimizer="sgd(one_cycle(0.08, all), momentum=0.85)"), TABLES),
        ("cosine", dict(hidden=h["tanh2"], optimizer="adam(cosine_decay(5e-3, all))"), TABLES),
        ("on a plateau", dict(hidden=h["mish2"], observers="reduce_lr_on_plateau(factor=0.5, patience=4)"), TABLES),
        ("clipped norm", dict(hidden=h["relu2"], optimizer="sgd(0.08, clipnorm=0.8)"), TABLES),
        ("max_norm 4", dict(hidden=["2 * dense(50, activation=relu, kernel_constraint=max_norm(4))"]), TABLES),
        ("l2 5e-4", dict(hidden=[f"2 * dense(48, activation=relu, {HE}, kernel_regularizer=l2(5e-4))"]), TABLES),
        ("noise .1", dict(hidden=["gaussian_noise(0.1)", *h["relu2"]]), TABLES),
        ("dropout .3", dict(hidden=[f"2 * dense(90, activation=relu, {HE}) | dropout(0.3)"]), TABLES),
        ("20 layers of selu", dict(hidden=[f"20 * dense(20, activation=selu, {LECUN})"], optimizer="adam(5e-4)"), TABLES),
        ("10 normalized layers", dict(hidden=["10 * dense(24) | batch_normalization | relu"], optimizer="adam(2e-3)"), TABLES),
        ("two sigmoids", dict(hidden=["2 * dense(44, activation=sigmoid)"], optimizer="adam(8e-3)", epochs=50), TABLES),
        ("biases of .1", dict(hidden=[f"2 * dense(50, activation=relu, {HE}, bias_initializer=constant(0.1))"]), TABLES),
        ("bottleneck 5", dict(hidden=[f"dense(50, activation=relu, {HE})", "dense(5)", *one]), TABLES),
        ("batch 8", dict(hidden=one, batch=8, optimizer="adam(8e-4)", epochs=15), TABLES),
        ("batch 96", dict(hidden=h["relu2"], batch=96, optimizer="adam(8e-3)", epochs=50), TABLES),
        ("class weights", dict(hidden=one, class_weight="balanced"), CLASS_TABLES),
        ("mae", dict(hidden=h["mish2"], loss="mae"), NUMBER_TABLES),
        ("log_cosh", dict(hidden=h["relu2"], loss="log_cosh"), NUMBER_TABLES),
    ]


FAULTS = [
    ("step between layers", [STEP, "rescaling(0)", "activation(threshold(50, 0))"], "tank clans mails glyphs"),
    ("values clipped to nothing", ["smooth_clip(1e-4)", "rescaling(1e-5)"], "sectors knees circuit"),
    ("rate multiplied by 0", [0], "glyphs tank clans"),
    ("bounded below standardization", ["relu", "sigmoid", "softplus", "tanh"], "tank knees echoes queues"),
    ("output always 0", [-30], "echoes tank"),
    ("vanishing sigmoid", [10, 18], "tank", model(
        "{s} * dense(28, activation=sigmoid)", optimizer="adam(1e-3)", layer="dense")),
    ("vanishing small weights", [0.01, 0.02], "bumps echoes", model(
        "6 * dense(32, activation=tanh, kernel_initializer=random_normal(stddev={s}))", optimizer="sgd(0.05)", layer="dense")),
    ("exploding weights", [1.3, 2.0], "knees", model(
        "8 * dense(36, activation=relu, kernel_initializer=random_normal(stddev={s}))", optimizer="sgd(1e-3)")),
    ("dead by bias", [-8, -12], "tank glyphs", changed(HIDDEN["relu2"], (0, 1), biased, "sgd(0.04)")),
    ("oscillating", [3.0, 6.0], "bumps", with_keys(optimizer="sgd({s}, momentum=0.85)")),
    ("rate of adam too high", ["adam(0.8)", "adamw(1.0)"], "clans echoes"),
    ("rate of sgd too high", [15.0, 30.0], "sectors"),
    ("rate far too low", ["adam(1e-7)", "sgd(1e-6)"], "glyphs knees"),
    ("too few epochs", [1, 2], "clans", with_keys(epochs=int, optimizer=("adam(3e-4)", "sgd(0.004)"))),
    ("output without softmax", ["linear", "tanh"], "clans sectors"),
    ("output of one unit", ["sigmoid", "tanh"], "glyphs"),
    ("bounded output", ["sigmoid", "relu", "tanh"], "tank echoes"),
    ("loss of another task", ["mse", "mae"], "glyphs"),
    ("raw inputs", ["raw 3", "raw 4"], "bills tank"),
    ("softmax twice", ["from_logits"], "sectors"),
    ("equal weights", ["zeros", "ones"], "tank", changed(HIDDEN["tanh2"], (0, 1), initialized, "adam(3e-3)")),
    ("large weights", [8.0, 11.0], "clans knees", changed(HIDDEN["relu2"], (1,), spread, "sgd(2e-3)")),
    ("saturated", [8.0, 6.0], "bumps", changed(HIDDEN["tanh2"], (0, 1), spread, "sgd(0.02)")),
    ("activation removed", ["all"], "circuit sectors", model("2 * dense(32)")),
    ("softmax hidden", [2, 3], "knees", softmax_layers(28)),
    ("penalty too large", ["l2(3)", "l1(0.6)"], "glyphs tank"),
    ("dropout too large", [0.88, 0.93], "clans"),
    ("batch of all rows", [480], "tank bumps", batch_of(optimizer="sgd(0.02)", epochs=12)),
    ("batch normalization of few rows", [2, 1], "glyphs", few_normalized("2 * dense(40) | batch_normalization | relu")),
    ("labels permuted", ["permuted", "permuted .8"], "clans tank"),
    ("label noise", ["noise .5", "noise .4"], "glyphs clans"),
    ("noisy numbers", ["noise .5"], "knees tank"),
    ("class lacking", ["lacking"], "glyphs"),
    ("rare classes", ["rare .03", "rare .01"], "bumps clans"),
    ("leak", ["leak", "leak .02"], "knees"),
    ("rows twice", ["double 8"], "tank"),
    ("outliers", ["outlier 1e6", "outlier 1e5"], "tank clans"),
    ("outliers of the target", ["far 1e3"], "echoes"),
    ("gaps", ["gap"], "cells"),
    ("sorted and not shuffled", ["sorted"], "clans glyphs"),
    ("sorted and split", ["sorted"], "tank"),
    ("too few rows", ["few 30", "few 40"], "knees clans"),
    ("targets in another unit", ["price 1000", "price 1e5"], "knees"),
    ("frozen", ["all"], "clans", frozen(HIDDEN["silu3"])),
    ("clipped to nothing", [3e-4, 1e-4], "tank bumps"),
    ("schedule too short", ["cosine_decay(0.02, 40)", "exponential_decay(0.03, 8, 0.3)"], "glyphs"),
    ("rate that rises", ["0.005 * 1.025 ** step", "0.003 * 1.03 ** step"], "clans tank"),
    ("momentum near 1", ["sgd(0.06, momentum=0.997)"], "sectors"),
    ("constraint too tight", [0.03, 0.015], "tank glyphs"),
    ("decay too strong", ["sgd(0.1, weight_decay=0.8)"], "clans"),
    ("penalty on outputs", ["l2(8)", "l1(2)"], "tank glyphs", model("2 * dense(38, activation=relu, activity_regularizer={s})")),
    ("tiny inputs", ["shrunk more", "shrunk"], "clans", with_keys(optimizer="sgd(0.03)")),
    ("scaled again", ["1/255", "0.003"], "glyphs sectors", model("rescaling({s})", f"2 * dense(40, activation=relu, {HE})",
                                                                  optimizer="sgd(0.05)")),
    ("average of weights too long", ["adam(3e-3, use_ema=true, ema_momentum=0.9999)"], "tank"),
    ("warm-up too long", ["adam(warmup(80000, 3e-3))"], "clans"),
    ("gradients gathered too long", [90, 160], "knees bumps", with_keys(optimizer="sgd(0.05, gradient_accumulation_steps={s})")),
    ("epsilon too large", ["adam(1e-4, epsilon=1)"], "tank"),
    ("one unit between layers", ["relu"], "clans sectors"),
    ("hidden layers frozen", [0.02], "tank", model(
        "3 * dense(32, activation=relu, trainable=false, kernel_initializer=random_normal(stddev={s}))")),
    ("biases that saturate", [9, -10], "clans knees", model(
        "3 * dense(32, activation=tanh, bias_initializer=constant({s}))", optimizer="sgd(0.03)")),
    ("validation scaled otherwise", ["15", "0.06"], "tank"),
    ("beta_1 near 1", ["adam(1e-3, beta_1=0.9998)"], "knees clans"),
    ("beta_2 tiny", ["adam(3e-3, beta_2=0.15)"], "tank"),
    ("noise between layers", [20], "clans tank", model(
        f"dense(40, activation=relu, {HE})", "gaussian_noise({s})", f"dense(40, activation=relu, {HE})")),
    ("noise as large as the inputs", [1.2, 0.9], "tank clans circuit"),
    ("dropout on the inputs", [0.6, 0.65], "tank knees sectors"),
    ("never negative", ["non_neg"], "glyphs"),
    ("wrong mode", ["early_stopping(mode=max, patience=2)", "best_weights(mode=max)"], "tank clans"),
    ("stopped at once", [3], "glyphs", with_keys(
        optimizer="sgd(0.004)", observers="early_stopping(monitor=val_loss, min_delta={s}, patience=2)")),
    ("class numbers as numbers", ["mse", "huber"], "sectors clans glyphs bumps"),
    ("frozen by key", ["first"], "tank", model(
        "dense(20, activation=tanh, name=first, kernel_initializer=random_normal(stddev=0.02))", freeze="{s}")),
    ("trained too long", [110, 150], "vintage dice incomes vintage", overtrained((70, 100))),
]
PAIRS = [("raw inputs", "rate far too low"), ("labels permuted", "rate of adam too high")]


def nets():
    frame = Frame(PART, TABLES, HIDDEN, PLAIN, NOISY, STOP)
    return frame.plain_nets(lambda i, k: 3 * i + 4 * k)[::3] + frame.hard_negatives(hard_negatives(), 9) + \
        frame.raw(("tank", "clans"), HIDDEN["mish2"]) + frame.faulty(FAULTS, PAIRS)
