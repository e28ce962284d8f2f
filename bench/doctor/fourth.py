"""The fourth judged set: other nets, tables and strengths than in the sets before, and kinds of faults that they do not have:
momentum near 1, noise, constraints, weight decay, class weights, averages and warm-ups that are longer than the training,
wrong early stopping, biases, bottlenecks, a validation that was scaled in another way. It was written before any rule was
tried on it, and has so many healthy nets that five seeds give more than 300 healthy runs."""
import tables
from frame import Frame, batch_of, biased, changed, few_normalized, frozen, model, softmax_layers, spread, with_keys
from nets import HE, LECUN, initialized, keys, replaced

PART = "fourth"
TABLES = list(tables.FOURTH)
NUMBER_TABLES = [t for t in TABLES if tables.CLASSES[t] == 0]
HIDDEN = {
    "relu2": [f"2 * dense(44, activation=relu, {HE})"],
    "relu4": [f"4 * dense(36, activation=relu, {HE})"],
    "tanh3": ["3 * dense(28, activation=tanh)"],
    "elu3": [f"3 * dense(44, activation=elu, {HE})"],
    "selu3": [f"3 * dense(44, activation=selu, {LECUN})"],
    "gelu4": [f"4 * dense(28, activation=gelu, {HE})"],
    "mish2": [f"2 * dense(52, activation=mish, {HE})"],
    "softsign2": ["2 * dense(44, activation=softsign)"],
    "prelu3": [f"3 * dense(32, {HE}) | prelu"],
    "norm relu": [f"3 * dense(36, {HE}) | batch_normalization | relu"],
    "rms silu": [f"2 * dense(40, {HE}) | rms_normalization | activation(silu)"],
    "narrowing": [f"dense(72, activation=relu, {HE})", f"dense(24, activation=relu, {HE})"],
}
PLAIN = ["relu2", "tanh3", "elu3", "gelu4"]


def hard_negatives():
    """Healthy nets that look faulty: name, arguments of keys(), table; None = any table."""
    h = HIDDEN
    classes = [t for t in TABLES if tables.CLASSES[t]]
    return [
        ("momentum .95", dict(hidden=h["relu2"], optimizer="sgd(0.01, momentum=0.95)"), TABLES),
        ("nesterov", dict(hidden=h["elu3"], optimizer="sgd(0.02, momentum=0.9, nesterov=true)"), TABLES),
        ("beta_1 .95", dict(hidden=h["gelu4"], optimizer="adam(2e-3, beta_1=0.95)"), TABLES),
        ("amsgrad", dict(hidden=h["relu4"], optimizer="adam(3e-3, amsgrad=true)"), TABLES),
        ("adamax", dict(hidden=h["mish2"], optimizer="adamax(6e-3)"), TABLES),
        ("adafactor", dict(hidden=h["relu2"], optimizer="adafactor(0.01)"), TABLES),
        ("adagrad", dict(hidden=h["relu2"], optimizer="adagrad(0.05)"), TABLES),
        ("lion", dict(hidden=h["gelu4"], optimizer="lion(4e-4)"), TABLES),
        ("muon", dict(hidden=h["relu2"], optimizer="muon(5e-3)"), TABLES),
        ("schedule free", dict(hidden=h["relu2"], optimizer="schedule_free_adamw(5e-3)"), TABLES),
        ("weight decay", dict(hidden=h["relu4"], optimizer="adamw(3e-3, weight_decay=0.05)"), TABLES),
        ("decay of sgd", dict(hidden=h["relu2"], optimizer="sgd(0.05, momentum=0.9, weight_decay=5e-4)"), TABLES),
        ("average of weights", dict(hidden=h["relu2"], optimizer="adam(3e-3, use_ema=true, ema_momentum=0.98)"), TABLES),
        ("lookahead", dict(hidden=h["elu3"], optimizer="adam(4e-3, lookahead_steps=5)"), TABLES),
        ("two batches", dict(hidden=h["relu2"], optimizer="adam(4e-3, gradient_accumulation_steps=2)"), TABLES),
        ("clipvalue", dict(hidden=h["relu4"], optimizer="sgd(0.1, clipvalue=0.5)"), TABLES),
        ("clipnorm", dict(hidden=h["elu3"], optimizer="sgd(0.1, clipnorm=1)"), TABLES),
        ("warm-up", dict(hidden=h["gelu4"], optimizer="adam(warmup(60, 4e-3))"), TABLES),
        ("one cycle", dict(hidden=h["relu2"], optimizer="sgd(one_cycle(0.1, all), momentum=0.9)"), TABLES),
        ("restarts", dict(hidden=h["relu2"], optimizer="sgd(cosine_decay_restarts(0.1, 200), momentum=0.8)"), TABLES),
        ("rate by epoch", dict(hidden=h["relu4"], optimizer="adam(per_epoch('0.004 * 0.95 ** epoch'))"), TABLES),
        ("flat, then falling", dict(hidden=h["relu2"], optimizer="adam(flat_cos(4e-3, all))"), TABLES),
        ("plateau", dict(hidden=h["relu2"], observers="reduce_lr_on_plateau(factor=0.5, patience=8)"), TABLES),
        ("early stopping", dict(hidden=h["gelu4"], epochs=80,
         observers="early_stopping(patience=15, restore_best_weights=true)"), TABLES),
        ("max_norm 2", dict(hidden=["2 * dense(44, activation=relu, kernel_constraint=max_norm(2))"]), TABLES),
        ("max_norm 1", dict(hidden=["2 * dense(44, activation=relu, kernel_constraint=max_norm(1))"]), TABLES),
        ("l2", dict(hidden=["2 * dense(44, activation=relu, kernel_regularizer=l2(2e-4))"]), TABLES),
        ("l1_l2", dict(hidden=["2 * dense(44, activation=elu, kernel_regularizer=l1_l2(1e-5, 1e-4))"]), TABLES),
        ("activity", dict(hidden=["2 * dense(44, activation=relu, activity_regularizer=l2(1e-4))"]), TABLES),
        ("noise", dict(hidden=["gaussian_noise(0.05)", *h["relu2"]]), TABLES),
        ("dropout .3", dict(hidden=[f"2 * dense(96, activation=relu, {HE}) | dropout(0.3)"], epochs=50), TABLES),
        ("alpha dropout", dict(hidden=[f"2 * dense(96, activation=selu, {LECUN}) | alpha_dropout(0.1)"], epochs=50), TABLES),
        ("biases of .1", dict(hidden=[f"2 * dense(44, activation=relu, {HE}, bias_initializer=constant(0.1))"]), TABLES),
        ("without biases", dict(hidden=[f"3 * dense(44, activation=tanh, use_bias=false)"]), TABLES),
        ("orthogonal", dict(hidden=["5 * dense(36, activation=tanh, kernel_initializer=orthogonal)"], optimizer="adam(2e-3)"), TABLES),
        ("14 layers of selu", dict(hidden=[f"14 * dense(22, activation=selu, {LECUN})"], optimizer="adam(1e-3)"), TABLES),
        ("8 normalized layers", dict(hidden=["8 * dense(28) | batch_normalization | relu"], optimizer="adam(2e-3)"), TABLES),
        ("momentum .9 of the norm", dict(hidden=["2 * dense(44) | batch_normalization(momentum=0.9) | relu"]), TABLES),
        ("layer norm, batch 4", dict(hidden=["2 * dense(36, activation=relu) | layer_normalization"], batch=4,
         optimizer="adam(5e-4)", epochs=20), TABLES),
        ("batch 8", dict(hidden=h["relu2"], batch=8, optimizer="adam(7e-4)"), TABLES),
        ("batch 120", dict(hidden=h["relu2"], batch=120, optimizer="adam(0.01)", epochs=60), TABLES),
        ("narrow middle", dict(hidden=[f"dense(44, activation=relu, {HE})", "dense(5)", f"dense(44, activation=relu, {HE})"]), TABLES),
        ("class weights", dict(hidden=h["relu2"], class_weight="balanced"), classes),
        ("smoothing", dict(hidden=h["relu2"], loss="binary_crossentropy(label_smoothing=0.1)"), ["cross", "tones"]),
        ("huber", dict(hidden=h["relu2"], loss="huber"), NUMBER_TABLES),
        ("log_cosh", dict(hidden=h["elu3"], loss="log_cosh"), NUMBER_TABLES),
        ("mae", dict(hidden=h["relu2"], loss="mae"), NUMBER_TABLES),
        ("zeros in the output", dict(hidden=h["relu2"], last="zeros"), TABLES),
    ]


FAULTS = [
    ("vanishing sigmoid", [13, 17], "petals quotient swarm",
     model("{s} * dense(28, activation=sigmoid)", optimizer="adam(1e-3)", layer="dense")),
    ("vanishing small weights", [0.012, 0.025], "grades cross", model(
        "7 * dense(36, activation=tanh, kernel_initializer=random_normal(stddev={s}))", optimizer="sgd(0.05)", layer="dense")),
    ("exploding weights", [1.1, 2.2], "swarm tones", model(
        "8 * dense(36, activation=relu, kernel_initializer=random_normal(stddev={s}))", optimizer="sgd(1e-3)")),
    ("dead by bias", [-7, -14], "cross petals", changed(HIDDEN["relu4"], (0, 1, 2), biased, "sgd(0.05)")),
    ("oscillating", [2.5, 6.0], "quotient swarm", with_keys(optimizer="sgd({s}, momentum=0.9)")),
    ("rate of adam too high", ["adam(0.6)", "rmsprop(0.6)", "nadam(0.8)"], "grades cross petals"),
    ("rate of sgd too high", [6.0, 40.0], "tones plant"),
    ("rate far too low", ["adam(2e-7)", "sgd(1e-6)", "rmsprop(5e-8)"], "cross petals quotient"),
    ("too few epochs", [1, 2], "petals quotient swarm tones", with_keys(epochs=int, optimizer=("sgd(0.005)", "adam(4e-4)"))),
    ("output without softmax", ["tanh", "softsign"], "grades petals"),
    ("output of one unit", ["sigmoid", "softmax"], "petals swarm"),
    ("bounded output", ["sigmoid", "softplus", "relu"], "peaks quotient plant"),
    ("loss of another task", ["mse", "huber"], "swarm survey"),
    ("raw inputs", ["raw 3", "raw 4"], "cross petals quotient", with_keys(optimizer="sgd(0.01)")),
    ("softmax twice", ["from_logits"], "grades"),
    ("equal weights", ["zeros", "constant(0.1)"], "swarm tones", changed(HIDDEN["tanh3"], (0, 1), initialized, "adam(3e-3)")),
    ("large weights", [5.0, 10.0], "petals quotient", changed(HIDDEN["relu4"], (1,), spread, "sgd(2e-3)")),
    ("saturated", [5.0, 10.0], "peaks grades", changed(HIDDEN["tanh3"], (0, 1), spread, "sgd(0.02)")),
    ("activation removed", ["all"], "peaks cross petals", model("3 * dense(36)")),
    ("softmax hidden", [2, 3], "quotient swarm", softmax_layers(28)),
    ("penalty too large", ["l2(2)", "l1(0.5)"], "grades cross",
     model("3 * dense(36, activation=relu, kernel_regularizer={s})")),
    ("dropout too large", [0.9, 0.94], "swarm tones", model(f"3 * dense(44, activation=relu, {HE}) | dropout({{s}})")),
    ("batch of all rows", [480], "cross petals", batch_of(optimizer="sgd(0.02)", epochs=15)),
    ("batch normalization of few rows", [1, 2], "peaks grades", few_normalized("2 * dense(36) | batch_normalization | relu")),
    ("labels permuted", ["permuted", "permuted .8", "shifted"], "grades cross petals"),
    ("label noise", ["noise .4", "noise .3", "noise .5"], "swarm petals grades",
     model(f"2 * dense(100, activation=relu, {HE})", epochs=50)),
    ("class lacking", ["lacking"], "petals swarm"),
    ("rare classes", ["rare .01", "rare .03"], "petals swarm"),
    ("leak", ["leak", "leak .02"], "quotient swarm"),
    ("rows twice", ["double 4"], "petals quotient"),
    ("outliers", ["outlier 1e5", "outlier 1e4"], "grades cross"),
    ("outliers of the target", ["far 1e4", "far 1e3"], "peaks quotient"),
    ("gaps", ["gap"], "tones"),
    ("sorted and not shuffled", ["sorted"], "swarm survey peaks quotient"),
    ("sorted and split", ["sorted"], "swarm grades peaks"),
    ("too few rows", ["few 30", "few 45"], "grades cross", model(f"2 * dense(100, activation=relu, {HE})")),
    ("targets in another unit", ["price 1000", "price 1e5"], "peaks quotient",
     with_keys(optimizer=("adam(1e-3)", "sgd(0.01)"))),
    ("frozen", ["all"], "cross", frozen(HIDDEN["relu2"])),
    ("clipped to nothing", [0.0002, 0.001], "petals quotient", with_keys(optimizer="sgd(0.1, clipnorm={s})")),
    ("schedule too short", ["cosine_decay(0.02, 45)", "exponential_decay(0.02, 8, 0.4)"], "swarm tones"),
    ("rate that rises", ["0.006 * 1.022 ** step", "0.002 * 1.028 ** step"], "tones plant"),
    ("momentum near 1", ["sgd(0.05, momentum=0.999)", "sgd(0.1, momentum=0.99)", "sgd(0.02, momentum=0.995)"],
     "peaks grades cross"),
    ("noise too large", [8, 15], "petals quotient", model("gaussian_noise({s})", f"2 * dense(44, activation=relu, {HE})")),
    ("noise between layers", [25, 12], "grades cross", model(
        f"dense(44, activation=relu, {HE})", "gaussian_noise({s})", f"dense(44, activation=relu, {HE})")),
    ("constraint too tight", [0.002, 0.05], "quotient swarm",
     model("3 * dense(36, activation=relu, kernel_constraint=max_norm({s}))")),
    ("penalty on outputs", ["l2(5)", "l1(1)"], "tones plant",
     model("2 * dense(44, activation=relu, activity_regularizer={s})")),
    ("decay too strong", ["sgd(0.1, weight_decay=0.5)", "sgd(0.05, weight_decay=1)"], "cross petals"),
    ("class weights far apart", [2000, 500], "survey tones grades"),
    ("tiny inputs", ["shrunk more", "shrunk"], "cross petals quotient", with_keys(optimizer=("adam(1e-3)", "sgd(0.02)"))),
    ("scaled again", ["1/255", "0.001"], "swarm tones", model("rescaling({s})", f"2 * dense(44, activation=relu, {HE})", optimizer="sgd(0.05)")),
    ("average of weights too long", ["adam(3e-3, use_ema=true, ema_momentum=0.9999)", "adam(3e-3, lookahead_steps=5, lookahead_rate=0.003)"],
     "grades cross"),
    ("warm-up too long", ["sgd(warmup(200000, 0.05))", "adam(warmup(50000, 3e-3))"], "quotient swarm"),
    ("gradients gathered too long", [60, 200], "peaks grades",
     with_keys(optimizer="sgd(0.05, gradient_accumulation_steps={s})")),
    ("elements clipped to nothing", [1e-05, 0.0001], "cross petals", with_keys(optimizer="sgd(0.05, clipvalue={s})")),
    ("biases that saturate", [12, -9], "petals quotient",
     model("3 * dense(36, activation=tanh, bias_initializer=constant({s}))", optimizer="sgd(0.03)")),
    ("one unit between layers", ["relu"], "swarm grades", model(
        f"dense(44, activation=relu, {HE})", "dense(1, activation={s})", f"dense(44, activation=relu, {HE})")),
    ("hidden layers frozen", [0.02, 0.05], "grades cross", model(
        "3 * dense(36, activation=relu, trainable=false, kernel_initializer=random_normal(stddev={s}))")),
    ("validation scaled otherwise", ["0.1", "20"], "grades cross"),
    ("stopped at once", [6, 3], "cross petals", with_keys(
        optimizer="sgd(0.004)", observers="early_stopping(monitor=val_loss, min_delta={s}, patience=1)")),
]
PAIRS = [("raw inputs", "rate far too low"), ("labels permuted", "rate of sgd too high")]


def scaled(frame):
    """Raw columns and targets with the layers that see to them."""
    out = []
    for table in ("grades", "peaks", "swarm"):
        out.append(frame.net("raw, normalized", "hard negative", table,
                             keys(table, ["normalization", *HIDDEN["relu2"]], epochs=40), "raw 3"))
    for table in ("peaks", "quotient"):
        base = keys(table, HIDDEN["elu3"], epochs=40)
        out.append(frame.net("price, normalized", "hard negative", table,
                             replaced(base, model=base["model"] + ["normalization(invert=true)"]), "price 1000"))
    return out


def nets():
    frame = Frame(PART, TABLES, HIDDEN, PLAIN)
    return frame.plain_nets(lambda i, k: i + 3 * k + k // 2) + frame.hard_negatives(hard_negatives(), 4) + scaled(frame) + \
        frame.faulty(FAULTS, PAIRS)
