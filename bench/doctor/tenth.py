"""The tenth judged set: faults as people ask about them in forums, many of kinds that the sets before do not have
(tenth_faults.py), and odd nets that are healthy, on real tables and pictures that are new and on tables made by rules
(tenth_tables.py). It was written before its author had read any rule, and before any rule was tried on it. A healthy net on a
noisy table has the same net, stopped at its best epoch, as its twin."""
import tenth_tables
from frame import Frame
from nets import HE, LECUN

PART = "tenth"
TABLES = list(tenth_tables.CLASSES)
NOISY = ["loans", "red", "tails", "polls", "photos"]
NUMBER_TABLES = [t for t in TABLES if tenth_tables.CLASSES[t] == 0]
CLASS_TABLES = [t for t in TABLES if tenth_tables.CLASSES[t] > 2]
TWO = ["ink", "checker", "answers0"]
CLEAN = ["strokes", "arm", "spirals", "tunes", "tribes", "ink", "checker", "answers0", "birds"]
HIDDEN = {
    "relu2": [f"2 * dense(60, activation=relu, {HE})"],
    "relu6": [f"6 * dense(34, activation=relu, {HE})"],
    "tanh2": ["2 * dense(48, activation=tanh)"],
    "gelu3": [f"3 * dense(42, activation=gelu, {HE})"],
    "silu2": [f"2 * dense(54, activation=silu, {HE})"],
    "selu5": [f"5 * dense(30, activation=selu, {LECUN})"],
    "leaky3": [f"3 * dense(40, activation=leaky_relu, {HE})"],
    "reglu": [f"2 * dense(72, {HE}) | activation(reglu)"],
    "norm tanh3": ["3 * dense(40) | batch_normalization | activation(tanh)"],
    "layer norm5": [f"5 * dense(34, {HE}) | layer_normalization | relu"],
    "orthogonal tanh12": ["12 * dense(30, activation=tanh, kernel_initializer=orthogonal)"],
    "maximum": [f"dense(44, {HE}, name=a)", f"dense(44, {HE}, name=b)", "maximum() <- a b"],
    "wide and deep": [f"dense(90, activation=relu, {HE})", "3 * dense(30, activation=elu, kernel_initializer=he_uniform)"],
}
PLAIN = ["relu2", "tanh2", "gelu3", "silu2"]
STOP = "early_stopping(patience=8, restore_best_weights=true)"


def residual(blocks, width, begin):
    """A net of residual blocks; the second layer of each begins with `begin`."""
    out, last = [f"dense({width}, activation=relu, {HE}, name=r0)"], "r0"
    for k in range(blocks):
        out += [f"dense({width}, activation=relu, {HE}, name=u{k}) <- {last}", f"dense({width}, {begin}, name=v{k})",
                f"add(name=s{k}) <- {last} v{k}"]
        last = f"s{k}"
    return out


def one_hot(table):
    """Keys of a net whose targets are rows of zeros with a one."""
    return dict(data=f"csv('{table}.csv', target=y) | one_hot | shuffle | batch(32)",
                test=f"csv('{table}_test.csv', target=y) | one_hot")


def odd_training():
    """Optimizers, schedules and batches that look odd, and train."""
    h = HIDDEN
    one = [f"dense(80, activation=relu, {HE})"]
    return [
        ("adam, 1e-4, long", dict(hidden=one, optimizer="adam(2e-4)", epochs=150), CLEAN),
        ("sgd, 1e-3, momentum .95, long", dict(hidden=h["relu2"], optimizer="sgd(2e-3, momentum=0.95)", epochs=100), CLEAN),
        ("adam, 2e-2", dict(hidden=["dense(40, activation=tanh)"], optimizer="adam(0.02)"), CLEAN),
        ("batch of a half, adam", dict(hidden=one, batch=240, optimizer="adam(0.01)", epochs=150), CLEAN),
        ("batch 1", dict(hidden=one, batch=1, optimizer="sgd(3e-3)", epochs=20), CLEAN),
        ("batch 3", dict(hidden=h["relu2"], batch=3, optimizer="adam(3e-4)", epochs=15), CLEAN),
        ("clipnorm .01, adam", dict(hidden=h["relu2"], optimizer="adam(3e-3, clipnorm=0.01)"), CLEAN),
        ("clipvalue .5", dict(hidden=h["tanh2"], optimizer="sgd(0.05, momentum=0.9, clipvalue=0.5)"), CLEAN),
        ("loss summed, adam", dict(hidden=h["relu2"], loss="sparse_categorical_crossentropy(reduction=sum)"), ["spirals", "tribes"]),
        ("loss summed, small rate", dict(hidden=h["relu2"], loss="mse(reduction=sum)", optimizer="sgd(1e-3)"), ["arm"]),
        ("cyclical", dict(hidden=h["relu2"], optimizer="sgd(cyclical(0.01, 0.1, step_size=60), momentum=0.8)"), CLEAN),
        ("restarts", dict(hidden=h["gelu3"], optimizer="adam(cosine_decay_restarts(4e-3, 80))", epochs=60), CLEAN),
        ("polynomial", dict(hidden=h["relu2"], optimizer="adam(polynomial_decay(5e-3, all))"), CLEAN),
        ("flat, then cosine", dict(hidden=h["silu2"], optimizer="adam(flat_cos(3e-3, all))"), CLEAN),
        ("warm-up a fifth", dict(hidden=h["relu6"], optimizer="adam(warmup(0.2, 2e-3))"), CLEAN),
        ("adagrad .05", dict(hidden=h["relu2"], optimizer="adagrad(0.05)"), CLEAN),
        ("adadelta 1", dict(hidden=h["relu2"], optimizer="adadelta(1)", epochs=60), CLEAN),
        ("adamax", dict(hidden=h["silu2"], optimizer="adamax(6e-3)"), CLEAN),
        ("lamb", dict(hidden=h["relu2"], optimizer="lamb(8e-3)"), CLEAN),
        ("muon", dict(hidden=h["gelu3"], optimizer="muon(4e-3)"), CLEAN),
        ("lookahead, sgd", dict(hidden=h["relu2"], optimizer="sgd(0.06, momentum=0.9, lookahead_steps=5)"), CLEAN),
        ("rate lowered twice", dict(hidden=h["relu2"], observers="reduce_lr_on_plateau(factor=0.3, patience=5)"), CLEAN),
        ("factor .3 in front", dict(hidden=h["leaky3"], learning_rate_factors="['dense=0.3']"), CLEAN),
        ("decay .01", dict(hidden=h["relu2"], optimizer="adamw(3e-3, weight_decay=0.1)"), CLEAN),
        ("average .98", dict(hidden=h["silu2"], optimizer="sgd(0.05, momentum=0.9, use_ema=true, ema_momentum=0.98)"), CLEAN),
    ]


def odd_nets():
    """Layers that look odd, and learn."""
    h, waves = HIDDEN, "activation=sin, kernel_initializer=random_uniform(-0.35, 0.35)"
    zeros = "kernel_initializer=zeros"
    return [
        ("20 residual blocks", dict(hidden=residual(20, 24, zeros), optimizer="adam(1e-3)"), CLEAN),
        ("6 residual blocks", dict(hidden=residual(6, 32, "kernel_initializer=random_normal(stddev=0.05)"), optimizer="adam(2e-3)"),
         CLEAN),
        ("scale that begins at 0", dict(hidden=[f"dense(40, activation=relu, {HE}, name=a)", f"dense(40, activation=relu, {HE})",
         "scale(scale_initializer=zeros, name=b)", "add() <- a b"]), CLEAN),
        ("sines", dict(hidden=[f"2 * dense(50, {waves})"], optimizer="adam(2e-3)"), ["arm", "spirals", "wave", "tribes"]),
        ("waves of columns", dict(hidden=["periodic_embedding", "flatten", *h["relu2"]]), ["checker", "arm"]),
        ("prelu", dict(hidden=[f"2 * dense(50, {HE}) | prelu"]), CLEAN),
        ("relu6", dict(hidden=[f"2 * dense(50, activation=relu6, {HE})"]), CLEAN),
        ("squared relu", dict(hidden=[f"2 * dense(44, activation=relu_squared)"], optimizer="adam(1e-3)"), CLEAN),
        ("normalization behind", dict(hidden=[f"3 * dense(40, activation=relu, {HE}) | batch_normalization"]), CLEAN),
        ("momentum .9 of averages", dict(hidden=["2 * dense(44) | batch_normalization(momentum=0.9) | relu"]), CLEAN),
        ("wide 1000", dict(hidden=[f"dense(1000, activation=relu, {HE})"], optimizer="adam(5e-4)", epochs=15), CLEAN),
        ("random features", dict(hidden=[f"dense(600, activation=relu, {HE}, trainable=false)"], optimizer="adam(3e-3)", epochs=60),
         ["tribes", "birds", "spirals"]),
        ("narrow 6", dict(hidden=["dense(6, activation=tanh)"], optimizer="adam(0.01)", epochs=80), ["birds", "kernels", "wave"]),
        ("linear", dict(hidden=[]), ["birds", "kernels", "vines"]),
        ("truncated .1", dict(hidden=["2 * dense(60, activation=relu, kernel_initializer=truncated_normal(stddev=0.1))"]), CLEAN),
        ("orthogonal", dict(hidden=["4 * dense(36, activation=tanh, kernel_initializer=orthogonal)"]), CLEAN),
        ("one hard sigmoid", dict(hidden=["dense(60, activation=hard_sigmoid)"], optimizer="adam(0.01)", epochs=60), CLEAN),
        ("softmax of two", dict(hidden=h["relu2"], last="dense(2, activation=softmax)"), TWO),
        ("logits", dict(hidden=h["relu2"], last="dense(1)", loss="binary_crossentropy(from_logits=true)"), TWO),
        ("dropout .5, wide", dict(hidden=[f"dense(300, activation=relu, {HE}) | dropout(0.5)"]), CLEAN),
        ("penalty 1e-4", dict(hidden=[f"2 * dense(60, activation=relu, {HE}, kernel_regularizer=l1_l2(1e-5, 1e-4))"]), CLEAN),
        ("spectral", dict(hidden=["2 * dense(50, activation=relu, kernel_constraint=max_norm(3))"]), CLEAN),
        ("noise .05", dict(hidden=["gaussian_noise(0.05)", *h["leaky3"]]), CLEAN),
        ("standardized inside", dict(hidden=["normalization", *h["relu2"]]), CLEAN),
        ("robust, outliers", dict(hidden=["normalization(method=robust)", "smooth_clip(3)", *h["relu2"]], change="unknown 1e4"),
         ["tribes"]),
    ]


def odd_data():
    """Data that look odd, and can be learned."""
    h = HIDDEN
    one = [f"dense(60, activation=relu, {HE})"]
    return [
        ("stopped early", dict(hidden=h["relu2"], epochs=80, observers=STOP), NOISY),
        ("stopped, wide", dict(hidden=[f"dense(400, activation=relu, {HE})"], epochs=40, observers=STOP), NOISY),
        ("best kept", dict(hidden=h["tanh2"], keep="best", epochs=40), NOISY),
        ("small on noise", dict(hidden=["dense(5, activation=tanh)"], optimizer="adam(4e-3)", epochs=30), NOISY),
        ("linear on noise", dict(hidden=[], epochs=30), NOISY),
        ("heavy tails, mae", dict(hidden=h["silu2"], loss="mae", epochs=60, observers=STOP), ["tails"]),
        ("heavy tails, huber", dict(hidden=h["relu2"], loss="huber(0.5)", epochs=60, observers=STOP), ["tails"]),
        ("heavy tails, 12 epochs", dict(hidden=one, epochs=12), ["tails"]),
        ("seldom", dict(hidden=h["relu2"], epochs=60), ["seldom2"]),
        ("seldom, weights", dict(hidden=h["relu2"], class_weight="balanced", epochs=60), ["seldom2"]),
        ("seldom, focal", dict(hidden=h["silu2"], loss="binary_focal_crossentropy", epochs=60), ["seldom2"]),
        ("counts, mse", dict(hidden=h["tanh2"], epochs=40, observers=STOP), ["claims"]),
        ("counts, poisson", dict(hidden=["dense(20, activation=tanh)"], last="dense(1, activation=softplus)", loss="poisson",
                                 observers=STOP), ["claims"]),
        ("ratings as numbers", dict(hidden=h["relu2"]), ["ratings"]),
        ("ratings, softplus", dict(hidden=h["tanh2"], last="dense(1, activation=softplus)"), ["ratings"]),
        ("ratings, relu", dict(hidden=h["relu2"], last="dense(1, activation=relu, bias_initializer=constant(3))"), ["ratings"]),
        ("one column", dict(hidden=h["tanh2"], epochs=80), ["wave"]),
        ("one column, small", dict(hidden=["dense(12, activation=tanh)"], optimizer="adam(0.02)", epochs=80), ["wave"]),
        ("channels that are nearly equal", dict(hidden=["dense(16, activation=tanh)"], optimizer="adam(3e-3)", epochs=300, batch=16),
         ["spectra"]),
        ("120 rows", dict(hidden=["dense(20, activation=tanh)"], epochs=60, batch=8), ["vines", "kernels"]),
        ("120 rows, linear", dict(hidden=[], epochs=80, batch=8, optimizer="adam(0.01)"), ["vines"]),
        ("raw columns, normalized by batches", dict(hidden=["batch_normalization", *h["relu2"]], change="raw 3"), ["tribes"]),
        ("prices, standardized", dict(hidden=h["relu2"], last="dense(1) | normalization(invert=true)", change="price 1e5"),
         ["ratings"]),
        ("column of dates, normalized", dict(hidden=["normalization", *h["relu2"]], change="dates"), ["tunes"]),
        ("a few rows twice", dict(hidden=h["relu2"], change="copied .02"), ["tribes", "strokes"]),
        ("3 % of labels wrong", dict(hidden=one, epochs=25, change="wrong .03"), ["tribes", "birds"]),
        ("sorted, shuffled", dict(hidden=h["relu2"], change="sorted"), ["tunes", "spirals", "birds"]),
        ("a column that says much", dict(hidden=h["relu2"], change="proxy"), ["tunes", "arm"]),
        ("a column of zeros", dict(hidden=h["silu2"], change="zero column"), ["tribes", "arm"]),
        ("one_hot targets", dict(hidden=h["relu2"], loss="categorical_crossentropy(label_smoothing=0.1)", **one_hot("tribes")),
         ["tribes"]),
        ("hinge", dict(hidden=h["relu2"], last="dense(1, activation=tanh)", loss="hinge"), ["checker"]),
        ("stratified", dict(hidden=h["relu2"], validation="split(0.15, shuffle=true, stratify=true)"), CLEAN),
        ("seven epochs of much", dict(hidden=h["relu2"], epochs=8, optimizer="adam(5e-3)", batch=8), CLEAN),
        ("plateau, then learning", dict(hidden=["2 * dense(50, activation=tanh)"], optimizer="sgd(0.05, momentum=0.9)", epochs=120),
         ["checker", "spirals"]),
        ("sigmoids, plateau", dict(hidden=["2 * dense(40, activation=sigmoid)"], optimizer="adam(5e-3)", epochs=120),
         ["checker", "tribes"]),
    ]


def nets():
    import tenth_faults  # uses the lists above
    frame = Frame(PART, TABLES, HIDDEN, PLAIN, NOISY, STOP)
    hard = [h for h in odd_training() + odd_nets() + odd_data() if h[2]]
    small = {n.name: n for n in frame.plain_nets(lambda i, k: 4 * i + 7 * k)[::2]}
    return list(small.values()) + frame.hard_negatives(hard, 5) + frame.raw(("strokes", "birds"), HIDDEN["silu2"]) + \
        frame.faulty(tenth_faults.FAULTS, tenth_faults.PAIRS)
