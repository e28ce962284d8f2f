"""The twelfth set: faults as people meet them in courses, forums and bug studies (twelfth_faults.py), and nets that are healthy
though they look odd, on tables that are new (twelfth_tables.py). Its author had read no rule and no page of the doctor and tried
no rule on it, but had by chance seen the list of default values of the rules' arguments; strengths were chosen by measured harm
only. It is a set to change rules by; the thirteenth, of the same mind, is for judging them. A healthy net on a noisy table has the
same net, stopped at its best epoch, as its twin."""
import twelfth_tables
from frame import Frame
from nets import HE, LECUN

PART = "twelfth"
TABLES = list(twelfth_tables.CLASSES)
NOISY = ["infants", "orchard", "clinic", "calls"]
CLEAN = ["crane", "tiles", "sieve", "menus", "vowels", "curls", "batteries", "alarms", "islets", "locks", "gauge"]
BROAD = ["crane", "tiles", "menus", "vowels", "curls", "alarms", "islets"]  # without the tables that are hard for some
UNIFORM = "kernel_initializer=he_uniform"
HIDDEN = {
    "relu3": [f"3 * dense(50, activation=relu, {UNIFORM})"],
    "tanh2": ["2 * dense(54, activation=tanh)"],
    "gelu2": [f"2 * dense(66, activation=gelu, {HE})"],
    "silu4": [f"4 * dense(34, activation=silu, {HE})"],
    "softplus2": ["2 * dense(44, activation=softplus)"],
    "selu7": [f"7 * dense(30, activation=selu, {LECUN})"],
    "glu2": ["2 * dense(80) | activation(glu)"],
    "batch norm leaky5": [f"5 * dense(36, {HE}, use_bias=false) | batch_normalization | leaky_relu(0.1)"],
    "layer norm relu4": [f"4 * dense(40, {HE}) | layer_normalization | relu"],
    "pyramid": [f"dense(96, activation=relu, {HE})", f"dense(48, activation=relu, {HE})", f"dense(24, activation=relu, {HE})"],
    "towers": [f"dense(36, activation=relu, {HE}, name=a)", f"dense(24, activation=relu, {HE}, name=b)", "concatenate() <- a b",
               f"dense(30, activation=elu, {HE})"],
    "prelu3": [f"3 * dense(38, {HE}) | prelu(constant(0.25))"],
}
PLAIN = ["relu3", "tanh2", "gelu2", "silu4"]
STOP = "early_stopping(patience=9, restore_best_weights=true)"
ONE = [f"dense(84, activation=relu, {HE})"]


def residual(count, width, norm):
    """Residual blocks of two layers, with a normalization in front of each."""
    out, last = [f"dense({width}, name=r0)"], "r0"
    for k in range(count):
        out += [f"{norm}(name=n{k}) <- {last}", f"dense({width}, activation=silu, {HE}, name=u{k})", f"dense({width}, name=v{k})",
                f"add(name=s{k}) <- {last} v{k}"]
        last = f"s{k}"
    return out + [norm]


def one_hot(table):
    """Keys of a net whose targets are rows of zeros with a one."""
    return dict(data=f"csv('{table}.csv', target=y) | one_hot | shuffle | batch(32)",
                test=f"csv('{table}_test.csv', target=y) | one_hot")


def odd_training():
    """Optimizers, schedules and batches that look odd, and train."""
    h = HIDDEN
    return [
        ("warm-up of ten epochs", dict(hidden=h["silu4"], optimizer="adam(warmup(300, 5e-3))"), BROAD),
        ("warm-up, then cosine", dict(hidden=residual(6, 32, "layer_normalization"), optimizer="adamw(cosine_decay(1e-4, all, "
         "warmup_target=4e-3, warmup_steps=100), weight_decay=0.05)"), BROAD),
        ("rate 1 of sgd", dict(hidden=["dense(30, activation=tanh)"], optimizer="sgd(0.8)"), ["menus", "curls", "alarms"]),
        ("small rate, 200 epochs", dict(hidden=h["gelu2"], optimizer="adam(1e-4)", epochs=200), ["curls", "menus", "crane"]),
        ("batch 4", dict(hidden=ONE, batch=4, optimizer="adam(4e-4)", epochs=12), BROAD),
        ("batch 1, 12 epochs", dict(hidden=ONE, batch=1, optimizer="sgd(5e-3)", epochs=12), ["menus", "alarms", "curls"]),
        ("batch 300", dict(hidden=h["relu3"], batch=300, optimizer="adam(0.01)", epochs=120), BROAD),
        ("all rows at once", dict(hidden=["dense(20, activation=tanh)"], batch=1000, optimizer="adam(0.03)", epochs=250),
         ["flights", "tumours"]),
        ("clipped by norm, always", dict(hidden=h["pyramid"], optimizer="sgd(0.4, global_clipnorm=0.2)", epochs=60), BROAD),
        ("clipped, adam", dict(hidden=h["gelu2"], optimizer="adam(3e-3, clipvalue=1e-3)"), BROAD),
        ("a tenth every 15 epochs", dict(hidden=h["relu3"], optimizer="adam(per_epoch('0.006 * 0.2 ** floor(epoch / 15)'))"),
         BROAD),
        ("lion, 2e-4", dict(hidden=h["pyramid"], optimizer="lion(3e-4, weight_decay=0.3)"), BROAD),
        ("sixteen batches", dict(hidden=h["gelu2"], batch=8, optimizer="adam(6e-3, gradient_accumulation_steps=8)"), BROAD),
        ("slow body, fast head", dict(hidden=h["relu3"], learning_rate_factors="['dense*=0.3', 'dense_3=1']", epochs=60), BROAD),
        ("stopped, 300 epochs planned", dict(hidden=h["tanh2"],
         observers="early_stopping(patience=20, restore_best_weights=true)",
                                             epochs=300), ["vowels", "crane"]),
    ]


def odd_nets():
    """Layers that look odd, and learn."""
    h = HIDDEN
    thin = f"25 * dense(24, activation=selu, {LECUN})"
    return [
        ("12 blocks", dict(hidden=residual(12, 28, "rms_normalization"), optimizer="adam(1e-3)"), BROAD),
        ("25 layers of selu", dict(hidden=[thin], optimizer="adam(6e-4)", epochs=60), ["curls", "vowels"]),
        ("15 plain layers of tanh", dict(hidden=["15 * dense(32, activation=tanh, kernel_initializer=orthogonal)"],
                                         optimizer="adam(8e-4)", epochs=50), ["alarms", "curls", "crane"]),
        ("last layer of 600", dict(hidden=[f"dense(40, activation=relu, {HE})", f"dense(600, activation=relu, {HE})"],
                                   optimizer="adam(1e-3)"), BROAD),
        ("wide 3000", dict(hidden=[f"dense(3000, activation=relu, {HE})"], optimizer="adam(2e-4)", epochs=10), ["vowels"]),
        ("bottleneck of 3", dict(hidden=[f"dense(64, activation=relu, {HE})", "dense(3, activation=tanh)", *ONE], epochs=60),
         ["curls", "alarms", "vowels"]),
        ("one layer of sigmoid", dict(hidden=["dense(90, activation=sigmoid)"], optimizer="adam(0.015)", epochs=60), BROAD),
        ("sparsemax as attention", dict(hidden=[f"dense(48, {HE}, name=v)", "dense(48, activation=sparsemax, name=w)",
         "multiply() <- v w", "rescaling(16)", *ONE]), BROAD),
        ("a product with the inputs", dict(hidden=["identity(name=x)", "dense(60, name=p)", "dense(60, name=q) <- x",
         "multiply() <- p q", *ONE], optimizer="adam(2e-3)"), ["sieve"]),
        ("gamma that begins at 0", dict(hidden=[f"dense(44, activation=relu, {HE}, name=a)", f"dense(44, {HE})",
         "batch_normalization(gamma_initializer=zeros, name=b)", "add() <- a b"]), BROAD),
        ("dropout .5, twice", dict(hidden=[f"2 * dense(300, activation=relu, {HE}) | dropout(0.5)"], epochs=60), ["curls",
         "menus", "vowels"]),
        ("dropout .2 on inputs", dict(hidden=["dropout(0.2)", f"dense(200, activation=relu, {HE})"], epochs=60), ["menus",
         "curls"]),
        ("max norm 1", dict(hidden=["2 * dense(90, activation=relu, kernel_constraint=max_norm(1))"]), BROAD),
        ("random first layer", dict(hidden=[f"dense(300, activation=relu, {HE}, trainable=false)", *ONE]), ["alarms", "tiles"]),
        ("linear, normalized", dict(hidden=["batch_normalization"], optimizer="adam(0.02)", epochs=100), ["tumours", "sexes"]),
    ]


def odd_data():
    """Losses, outputs and data that look odd, and can be learned."""
    h = HIDDEN
    return [
        ("stopped early", dict(hidden=[f"dense(40, activation=relu, {HE}, kernel_regularizer=l2(8e-3))"], epochs=80,
                               observers=STOP), NOISY),
        ("small on noise", dict(hidden=["dense(5, activation=tanh)"], optimizer="adam(4e-3)", epochs=25), ["clinic"]),
        ("strong penalty on noise", dict(hidden=[f"dense(64, activation=relu, {HE}, kernel_regularizer=l2(0.02))"], epochs=30),
         NOISY),
        ("counts by poisson", dict(hidden=["dense(12, activation=tanh)"], last="dense(1, activation=exponential)", loss="poisson",
                                   observers=STOP), ["calls"]),
        ("infants, balanced", dict(hidden=["dense(6, activation=tanh)"], class_weight="balanced", epochs=25), ["infants"]),
        ("soils", dict(hidden=["dense(20, activation=tanh)"], epochs=30), ["meadows"]),
        ("soils, focal", dict(hidden=h["tanh2"], loss="categorical_focal_crossentropy(gamma=1)", epochs=25, **one_hot("meadows")),
         ["meadows"]),
        ("garments, stopped", dict(hidden=h["pyramid"], observers=STOP, epochs=60), ["garments"]),
        ("150 spectra", dict(hidden=["dense(20, activation=tanh)"], batch=8, optimizer="adam(3e-3)", epochs=300), ["moisture"]),
        ("90 months, linear", dict(hidden=[], batch=8, optimizer="adam(0.01)", epochs=150), ["flights"]),
        ("220 birds", dict(hidden=["dense(10, activation=tanh)"], batch=10, epochs=50), ["sexes"]),
        ("skewed, huber", dict(hidden=h["relu3"], loss="huber(0.5)"), ["batteries"]),
        ("skewed, positive", dict(hidden=h["gelu2"], last="dense(1, activation=exponential) | rescaling(0.55, -0.8)"),
         ["batteries"]),
        ("one column of a wave", dict(hidden=["3 * dense(40, activation=tanh)"], optimizer="adam(4e-3)", epochs=250), ["gauge"]),
        ("waves of one column", dict(hidden=["periodic_embedding", "flatten", *ONE], epochs=150), ["gauge"]),
        ("codes, embedded", dict(hidden=["embedding(6, 6)", "flatten", *h["relu3"]]), ["stamps2"]),
        ("bits", dict(hidden=h["tanh2"], loss="squared_hinge", last="dense(1, activation=tanh)"), ["locks"]),
        ("two outputs for yes or no", dict(hidden=h["gelu2"], last="dense(2, activation=softmax)"), ["sieve"]),
        ("smoothed .2", dict(hidden=h["silu4"], loss="categorical_crossentropy(label_smoothing=0.2)", **one_hot("tiles")),
         ["tiles"]),
        ("three units too many", dict(hidden=h["gelu2"], last="dense(11, activation=softmax)"), ["tiles"]),
        ("columns of other sizes, adam", dict(hidden=h["relu3"], change="sizes", epochs=60), ["tiles", "crane"]),
        ("a long tail, clipped", dict(hidden=["normalization(method=robust)", "smooth_clip(4)", *h["gelu2"]], change="tails"),
         ["tiles"]),
        ("few outliers of the target, mae", dict(hidden=h["relu3"], loss="mae", change="spikes"), ["crane"]),
        ("a few labels wrong", dict(hidden=["dense(30, activation=tanh)"], epochs=20, change="wrong .04"), ["curls"]),
    ]


def nets():
    import twelfth_faults  # uses the lists above
    frame = Frame(PART, BROAD, HIDDEN, PLAIN, NOISY, STOP)
    plain = frame.plain_nets(lambda i, k: 3 * i + 2 * k)[::3]
    return plain + frame.hard_negatives(odd_training() + odd_nets() + odd_data(), 5) + \
        frame.raw(("crane", "vowels"), HIDDEN["tanh2"]) + frame.faulty(twelfth_faults.FAULTS, twelfth_faults.PAIRS)
