"""The fifth judged set: other nets, tables and strengths than in the sets before, and three noisy tables. Healthy nets are
stopped early, keep the weights of their best epoch, are large, have few rows, or use optimizers, schedules and observers that
the sets before do not have. Kinds of faults that are new: betas of adam, noise and dropout as large as the inputs, weights
that are never negative, observers that compare wrongly, noisy numbers, class numbers learned as numbers, and nets that are
trained too long. It was written before any rule was tried on it.

A healthy net on a noisy table has a twin, too: the same net, stopped at its best epoch. If it is worse than its twin by more
than 0.03 in 4 of 5 seeds, it is trained too long, and counts as borderline."""
import tables
from frame import Frame, batch_of, biased, changed, few_normalized, frozen, model, overtrained, softmax_layers, spread, with_keys
from nets import HE, LECUN, initialized

PART = "fifth"
TABLES = list(tables.FIFTH)
NOISY = ["harvest", "votes", "species"]
NUMBER_TABLES = [t for t in TABLES if tables.CLASSES[t] == 0]
SMOOTH = ["tides", "torque"]  # numbers with little noise
HIDDEN = {
    "relu2": [f"2 * dense(56, activation=relu, {HE})"],
    "relu5": [f"5 * dense(30, activation=relu, {HE})"],
    "tanh2": ["2 * dense(36, activation=tanh)"],
    "tanh4": ["4 * dense(26, activation=tanh)"],
    "elu2": [f"2 * dense(50, activation=elu, {HE})"],
    "selu6": [f"6 * dense(26, activation=selu, {LECUN})"],
    "silu3": [f"3 * dense(36, activation=silu, {HE})"],
    "celu3": [f"3 * dense(30, activation=celu, {HE})"],
    "sum of two": [f"dense(44, activation=relu, {HE}, name=a)", f"dense(44, activation=relu, {HE}, name=b)", "add() <- a b"],
    "norm gelu": [f"3 * dense(34, {HE}) | layer_normalization | activation(gelu)"],
    "batch norm tanh": ["2 * dense(40) | batch_normalization | activation(tanh)"],
    "widening": [f"dense(20, activation=relu, {HE})", f"dense(60, activation=relu, {HE})"],
}
PLAIN = ["relu2", "tanh2", "elu2", "silu3"]
STOP = "early_stopping(patience=10, restore_best_weights=true)"


def hard_negatives():
    """Healthy nets that look faulty: name, arguments of keys(), tables."""
    h = HIDDEN
    classes = [t for t in TABLES if tables.CLASSES[t]]
    large = [f"2 * dense(300, activation=relu, {HE})"]
    some = [
        ("stopped early", dict(hidden=h["relu2"], epochs=120, observers=STOP), NOISY),
        ("stopped early, large", dict(hidden=large, epochs=60, observers=STOP), NOISY),
        ("stopped by accuracy", dict(hidden=h["silu3"], epochs=60, observers="early_stopping(monitor=val_accuracy, mode=max, "
         "patience=12, restore_best_weights=true)"), ["votes", "species", "makers"]),
        ("stopped, not restored", dict(hidden=h["relu2"], epochs=80, observers="early_stopping(patience=6)"), TABLES),
        ("best kept", dict(hidden=h["relu2"], keep="best", epochs=80), NOISY),
        ("best kept, large", dict(hidden=large, keep="best", epochs=30), NOISY),
        ("best weights", dict(hidden=h["elu2"], observers="best_weights", epochs=60), NOISY),
        ("small on noise", dict(hidden=[f"dense(10, activation=relu, {HE})"], optimizer="adam(2e-3)"), NOISY),
        ("penalty on noise", dict(hidden=[f"2 * dense(40, activation=relu, {HE}, kernel_regularizer=l2(2e-3))"]), NOISY),
        ("dropout on noise", dict(hidden=[f"2 * dense(80, activation=relu, {HE}) | dropout(0.4)"]), NOISY),
        ("few epochs on noise", dict(hidden=h["silu3"], epochs=10), NOISY),
        ("linear on noise", dict(hidden=[]), ["harvest", "species"]),
    ]
    for i, table in enumerate(("orbits", "makers", "tides", "torque", "lattice")):
        some.append((f"{(150, 200)[i % 2]} rows", dict(hidden=h["relu2"], epochs=80, observers=STOP, batch=16,
                     change=f"few {(150, 200)[i % 2]}"), [table]))
    return some + [
        ("momentum .97", dict(hidden=h["relu2"], optimizer="sgd(0.004, momentum=0.97)"), TABLES),
        ("momentum .5", dict(hidden=h["silu3"], optimizer="sgd(0.08, momentum=0.5)"), TABLES),
        ("beta_1 .8", dict(hidden=h["relu2"], optimizer="adam(3e-3, beta_1=0.8)"), TABLES),
        ("beta_1 .97", dict(hidden=h["elu2"], optimizer="adam(2e-3, beta_1=0.97)"), TABLES),
        ("beta_2 .9", dict(hidden=h["relu5"], optimizer="adam(2e-3, beta_2=0.9)"), TABLES),
        ("beta_2 .9999", dict(hidden=h["silu3"], optimizer="adam(3e-3, beta_2=0.9999)"), TABLES),
        ("without momentum", dict(hidden=h["relu2"], optimizer="adam(2e-3, beta_1=0)"), TABLES),
        ("nadam", dict(hidden=h["celu3"], optimizer="nadam(2e-3)"), TABLES),
        ("lamb", dict(hidden=h["relu2"], optimizer="lamb(8e-3)"), TABLES),
        ("muon", dict(hidden=h["silu3"], optimizer="muon(4e-3)"), TABLES),
        ("lion", dict(hidden=h["relu5"], optimizer="lion(3e-4)"), TABLES),
        ("adadelta", dict(hidden=h["relu2"], optimizer="adadelta(1)"), TABLES),
        ("rmsprop, momentum", dict(hidden=h["tanh2"], optimizer="rmsprop(1e-3, momentum=0.5)"), TABLES),
        ("schedule free", dict(hidden=h["elu2"], optimizer="schedule_free_adamw(4e-3)"), TABLES),
        ("decoupled decay", dict(hidden=h["relu2"], optimizer="adamw(2e-3, weight_decay=0.1)"), TABLES),
        ("average", dict(hidden=h["silu3"], optimizer="adam(3e-3, use_ema=true, ema_momentum=0.95)"), TABLES),
        ("three batches", dict(hidden=h["relu2"], optimizer="adam(5e-3, gradient_accumulation_steps=3)"), TABLES),
        ("cosine", dict(hidden=h["relu5"], optimizer="adam(cosine_decay(4e-3, all))"), TABLES),
        ("warm-up, cosine", dict(hidden=h["silu3"], optimizer="sgd(one_cycle_cosine(0.1, all), momentum=0.9)"), TABLES),
        ("coslog", dict(hidden=h["relu2"], optimizer="adam(coslog(4e-3))"), TABLES),
        ("inverse time", dict(hidden=h["tanh2"], optimizer="adam(inverse_time_decay(6e-3, 100, 0.5))"), TABLES),
        ("steps down", dict(hidden=h["elu2"], optimizer="adam(piecewise([300, 500], [4e-3, 8e-4, 2e-4]))"), TABLES),
        ("cyclical", dict(hidden=h["relu2"], optimizer="sgd(cyclical(0.01, 0.08, 60), momentum=0.5)"), TABLES),
        ("plateau", dict(hidden=h["silu3"], observers="reduce_lr_on_plateau(monitor=val_loss, factor=0.4, patience=6)"), TABLES),
        ("clipped by norm", dict(hidden=h["relu5"], optimizer="sgd(0.08, global_clipnorm=2)"), TABLES),
        ("slow lower layers", dict(hidden=h["relu2"], learning_rate_factors="dense=0.3"), TABLES),
        ("frozen for two epochs", dict(hidden=h["relu2"], freeze="dense", frozen_epochs=2), TABLES),
        ("freeze none", dict(hidden=h["elu2"], freeze="none"), TABLES),
        ("max_norm 1.5", dict(hidden=["2 * dense(50, activation=relu, kernel_constraint=max_norm(1.5))"]), TABLES),
        ("unit norm", dict(hidden=["2 * dense(50, activation=elu, kernel_constraint=unit_norm)"]), TABLES),
        ("spectral norm", dict(hidden=[f"2 * dense(50, activation=relu, {HE}, kernel_constraint=spectral_norm)"]), TABLES),
        ("l1", dict(hidden=[f"2 * dense(50, activation=relu, {HE}, kernel_regularizer=l1(3e-5))"]), TABLES),
        ("noise .08", dict(hidden=["gaussian_noise(0.08)", *h["silu3"]]), TABLES),
        ("gaussian dropout", dict(hidden=[f"2 * dense(80, activation=relu, {HE}) | gaussian_dropout(0.2)"], epochs=50), TABLES),
        ("noise between", dict(hidden=[f"dense(56, activation=relu, {HE})", "gaussian_noise(0.3)",
                                       f"dense(56, activation=relu, {HE})"]), TABLES),
        ("biases of -.1", dict(hidden=[f"2 * dense(50, activation=relu, {HE}, bias_initializer=constant(-0.1))"]), TABLES),
        ("18 layers of selu", dict(hidden=[f"18 * dense(20, activation=selu, {LECUN})"], optimizer="adam(7e-4)"), TABLES),
        ("10 normalized layers", dict(hidden=["10 * dense(26) | layer_normalization | relu"], optimizer="adam(2e-3)"), TABLES),
        ("small initial weights", dict(hidden=["2 * dense(50, activation=relu, kernel_initializer=random_normal(stddev=0.15))"]),
         TABLES),
        ("batch 6", dict(hidden=h["relu2"], batch=6, optimizer="adam(6e-4)", epochs=20), TABLES),
        ("batch 96", dict(hidden=h["tanh2"], batch=96, optimizer="adam(8e-3)", epochs=60), TABLES),
        ("one wide layer", dict(hidden=[f"dense(700, activation=relu, {HE})"], optimizer="adam(6e-4)", epochs=25), TABLES),
        ("class weights", dict(hidden=h["relu2"], class_weight="balanced"), classes),
        ("mae", dict(hidden=h["relu2"], loss="mae"), SMOOTH),
        ("huber", dict(hidden=h["silu3"], loss="huber"), NUMBER_TABLES),
        ("zeros in the output", dict(hidden=h["relu2"], last="zeros"), TABLES),
    ]


FAULTS = [
    ("vanishing sigmoid", [15, 19], "torque stars lattice",
     model("{s} * dense(30, activation=sigmoid)", optimizer="nadam(8e-4)", layer="dense")),
    ("vanishing small weights", [0.01, 0.02], "stars lattice", model(
        "6 * dense(40, activation=silu, kernel_initializer=truncated_normal(stddev={s}))", optimizer="sgd(0.04)", layer="dense")),
    ("exploding weights", [0.9, 1.7], "lattice orbits", model(
        "9 * dense(40, activation=relu, kernel_initializer=random_normal(stddev={s}))", optimizer="sgd(2e-3)")),
    ("dead by bias", [-6, -11], "orbits makers", changed(HIDDEN["relu5"], (0, 1, 2, 3), biased, "sgd(0.04)")),
    ("oscillating", [1.8, 4.0], "tides torque", with_keys(optimizer="sgd({s}, momentum=0.92)")),
    ("rate of adam too high", ["adam(0.5)", "adamax(1.5)", "lion(0.2)"], "stars lattice orbits"),
    ("rate of sgd too high", [8.0, 60.0], "makers tides"),
    ("rate far too low", ["adam(1.5e-7)", "sgd(5e-7)", "nadam(1e-7)"], "torque stars lattice"),
    ("too few epochs", [1, 2], "stars lattice orbits makers", with_keys(epochs=int, optimizer=("sgd(0.004)", "adamw(3e-4)"))),
    ("output without softmax", ["sigmoid", "relu"], "species orbits"),
    ("output of one unit", ["softmax", "tanh"], "orbits makers"),
    ("bounded output", ["sigmoid", "relu6", "softplus"], "tides torque harvest"),
    ("loss of another task", ["log_cosh", "mse"], "makers species"),
    ("raw inputs", ["raw 4", "raw 3"], "torque lattice orbits"),
    ("softmax twice", ["from_logits"], "orbits"),
    ("equal weights", ["zeros", "constant(0.15)"], "lattice orbits",
     changed(HIDDEN["tanh2"], (0, 1), initialized, "adam(3e-3)")),
    ("large weights", [4.0, 9.0], "orbits makers", changed(HIDDEN["relu5"], (1,), spread, "sgd(2e-3)")),
    ("saturated", [4.0, 9.0], "makers tides", changed(HIDDEN["tanh4"], (0, 1), spread, "sgd(0.02)")),
    ("activation removed", ["all"], "tides torque lattice", model("4 * dense(30)")),
    ("softmax hidden", [2, 3], "tides torque", softmax_layers(32)),
    ("penalty too large", ["l2(4)", "l1(0.8)"], "torque stars"),
    ("dropout too large", [0.88, 0.93], "stars lattice"),
    ("batch of all rows", [480], "lattice orbits", batch_of(optimizer="sgd(0.03)", epochs=12)),
    ("batch normalization of few rows", [1, 2], "orbits makers", few_normalized("2 * dense(40) | batch_normalization | elu")),
    ("labels permuted", ["mixed", "permuted", "permuted .8"], "torque stars lattice orbits"),
    ("label noise", ["noise .3", "noise .4", "noise .5"], "makers orbits lattice"),
    ("noisy numbers", ["noise .4", "noise .5", "noise .3"], "tides torque tides"),
    ("class lacking", ["lacking"], "orbits makers"),
    ("rare classes", ["rare .03", "rare .01"], "orbits makers"),
    ("leak", ["leak .02", "leak"], "stars lattice"),
    ("rows twice", ["double 8"], "tides makers"),
    ("outliers", ["outlier 1e6", "outlier 1e5"], "orbits tides"),
    ("outliers of the target", ["far 1e3", "far 1e4"], "tides torque"),
    ("gaps", ["gap"], "lattice"),
    ("sorted and not shuffled", ["sorted"], "makers tides orbits torque"),
    ("sorted and split", ["sorted"], "makers orbits torque", with_keys(validation="split(0.25)")),
    ("too few rows", ["few 25", "few 40"], "torque stars"),
    ("targets in another unit", ["price 1e5", "price 1000"], "tides torque"),
    ("frozen", ["all"], "stars", frozen(HIDDEN["elu2"])),
    ("clipped to nothing", [0.0003, 0.001], "lattice orbits"),
    ("schedule too short", ["polynomial_decay(0.02, 50, 1e-7)", "cosine_decay(0.02, 40)"], "orbits makers"),
    ("rate that rises", ["0.005 * 1.02 ** step", "0.004 * (step + 1)"], "makers tides"),
    ("momentum near 1", ["sgd(0.05, momentum=0.998)", "sgd(0.08, momentum=0.99)"], "tides torque"),
    ("constraint too tight", [0.01, 0.1], "torque stars"),
    ("decay too strong", ["sgd(0.08, weight_decay=0.7)"], "stars lattice"),
    ("tiny inputs", ["shrunk"], "orbits lattice"),
    ("average of weights too long", ["adam(3e-3, use_ema=true, ema_momentum=0.9995)"], "lattice orbits"),
    ("warm-up too long", ["adam(warmup(90000, 3e-3))"], "makers tides"),
    ("one unit between layers", ["relu"], "makers orbits"),
    ("validation scaled otherwise", ["0.05", "30"], "makers torque"),
    ("beta_1 near 1", ["adam(1e-3, beta_1=0.9995)", "nadam(1e-3, beta_1=0.999)", "adam(0.01, beta_1=0.9999)"],
     "tides torque stars lattice"),
    ("beta_2 tiny", ["adam(3e-3, beta_2=0.1)", "adamw(3e-3, beta_2=0.3)", "adam(1e-3, beta_2=0)"],
     "stars lattice orbits makers"),
    ("noise as large as the inputs", [0.9, 1.2, 0.7], "orbits tides lattice torque"),
    ("dropout on the inputs", [0.5, 0.6], "orbits lattice tides"),
    ("never negative", ["non_neg"], "torque stars harvest"),
    ("wrong mode", ["early_stopping(mode=max)", "early_stopping(mode=max, patience=2)", "best_weights(mode=max)"],
     "torque stars lattice orbits"),
    ("no patience", ["early_stopping", "early_stopping(patience=1)"], "lattice orbits makers",
     with_keys(observers="{s}", optimizer="sgd(0.1, momentum=0.9)")),
    ("class numbers as numbers", ["mse", "mae"], "makers species"),
    ("frozen by key", ["first"], "stars lattice", model(
        "dense(20, activation=tanh, name=first, kernel_initializer=random_normal(stddev=0.02))", freeze="{s}")),
    ("trained too long", [150, 100], "harvest votes species harvest votes species", overtrained((100, 70))),
]
PAIRS = [("raw inputs", "rate far too low"), ("labels permuted", "rate of adam too high")]


def nets():
    frame = Frame(PART, TABLES, HIDDEN, PLAIN, NOISY, STOP)
    return frame.plain_nets(lambda i, k: 2 * i + 3 * k) + frame.hard_negatives(hard_negatives(), 5) + \
        frame.raw(("torque", "makers", "lattice"), HIDDEN["silu3"]) + frame.faulty(FAULTS, PAIRS)
