"""The nineteenth set, by another author, with other tables, nets and strengths. The kinds of faults are as frequent as studies of
bugs and questions of users say; two thirds of the healthy nets look odd. No rule may be changed by it."""
import nineteenth_tables
from frame import Frame, fronted
from nets import HE, LECUN, Net
from sixteenth import fair, residual

PART = "nineteenth"
TABLES = list(nineteenth_tables.CLASSES)
NOISY = ["donors", "orchards", "reds", "limpets"]
BROAD = ["monograms", "ripples", "perfumes", "outlines", "postmarks", "cement", "barcodes", "arms", "lorries", "quilts", "mail"]
HIDDEN = {
    "relu2": [f"2 * dense(56, activation=relu, {HE})"],
    "relu 96, 48": ["dense(96, activation=relu)", "dense(48, activation=relu)"],
    "tanh2": ["2 * dense(44, activation=tanh)"],
    "swish3": [f"3 * dense(48, activation=swish, {HE})"],
    "elu2": [f"2 * dense(60, activation=elu, {HE})"],
    "leaky4": [f"4 * dense(40, activation=leaky_relu, {HE})"],
    "selu4": [f"4 * dense(40, activation=selu, {LECUN})"],
    "norm behind relu": [f"2 * dense(56, activation=relu, {HE}) | batch_normalization"],
    "layer norm tanh": ["3 * dense(40) | layer_normalization | activation(tanh)"],
    "residual relu": residual(3, 36, "relu", ", kernel_initializer=zeros"),
    "drop of .2": [f"2 * dense(110, activation=gelu, {HE}) | dropout(0.2)"],
    "hourglass": ["dense(64, activation=elu)", "dense(12, activation=elu)", "dense(64, activation=elu)"],
}
PLAIN = ["relu2", "tanh2", "swish3", "elu2", "leaky4"]
STOP = "early_stopping(patience=8, restore_best_weights=true)"


def odd_rates():
    """Optimizers, schedules and steps that look odd, and train."""
    h = HIDDEN
    return [
        ("sgd at .4", dict(hidden=h["tanh2"], optimizer="sgd(0.4)"), ["mail"]),
        ("adam at .015", dict(hidden=["dense(40, activation=tanh)"], optimizer="adam(0.015)"), ["monograms"]),
        ("rate 1e-4, 240 epochs", dict(hidden=h["elu2"], optimizer="adam(1e-4)", epochs=240), ["perfumes"]),
        ("lion", dict(hidden=h["relu2"], optimizer="lion(4e-4)"), ["postmarks"]),
        ("adagrad at .05", dict(hidden=h["relu2"], optimizer="adagrad(0.05)", epochs=60), ["perfumes"]),
        ("adadelta at 1", dict(hidden=h["tanh2"], optimizer="adadelta(1)"), ["arms"]),
        ("nesterov of .98", dict(hidden=h["tanh2"], optimizer="sgd(3e-3, momentum=0.98, nesterov=true)"), ["outlines"]),
        ("halved by steps", dict(hidden=h["elu2"], optimizer="adam(exponential_decay(6e-3, 0.2, 0.5, staircase=true))"), ["ripples"]),
        ("one cycle to .3", dict(hidden=h["relu2"], optimizer="sgd(one_cycle(0.3, all), momentum=0.8)"), ["barcodes"]),
        ("restarts", dict(hidden=h["swish3"], optimizer="adam(cosine_decay_restarts(5e-3, 300))"), ["arms"]),
        ("up and down", dict(hidden=h["tanh2"], optimizer="sgd(cyclical(0.01, 0.2, 200), momentum=0.8)"), ["lorries"]),
        ("warmed up for a third", dict(hidden=h["selu4"], optimizer="adam(warmup(400, constant(3e-3)))"), ["arms"]),
        ("clipped to norm 1", dict(hidden=h["relu2"], optimizer="sgd(0.2, global_clipnorm=1)"), ["lorries"]),
        ("decay of .05", dict(hidden=h["swish3"], optimizer="adamw(3e-3, weight_decay=0.05)"), ["monograms"]),
        ("falls on plateaus", dict(hidden=h["relu2"], optimizer="adam(8e-3)", epochs=70,
                                   observers="reduce_lr_on_plateau(factor=0.5, patience=4)"), ["cement"]),
        ("20 epochs are enough", dict(hidden=h["relu2"], optimizer="adam(4e-3)", epochs=20), ["mail"]),
    ]


def odd_batches():
    """Batches, starts and layers that look odd, and learn."""
    h = HIDDEN
    return [
        ("batch 4", dict(hidden=h["tanh2"], batch=4, optimizer="sgd(0.01)", epochs=20), ["ripples"]),
        ("batch 1", dict(hidden=["dense(32, activation=tanh)"], batch=1, optimizer="sgd(5e-3)", epochs=25), ["monograms"]),
        ("all rows a batch", dict(hidden=h["relu2"], batch=1040, optimizer="adam(0.01)", epochs=250), ["barcodes"]),
        ("batch 300", dict(hidden=h["elu2"], batch=300, optimizer="adam(0.01)", epochs=150), ["arms"]),
        ("30 residual blocks", dict(hidden=residual(30, 16, "relu", ", kernel_initializer=zeros"), optimizer="adam(1e-3)"),
         ["perfumes"]),
        ("10 layers of tanh", dict(hidden=["10 * dense(36, activation=tanh)"], optimizer="adam(1e-3)"), ["perfumes"]),
        ("12 layers of selu", dict(hidden=[f"12 * dense(30, activation=selu, {LECUN})"], optimizer="adam(1e-3)"), ["arms"]),
        ("two sigmoids", dict(hidden=["2 * dense(64, activation=sigmoid)"], optimizer="adam(8e-3)", epochs=60), ["mail"]),
        ("hard sigmoid", dict(hidden=["dense(80, activation=hard_sigmoid)"], optimizer="adam(0.01)"), ["postmarks"]),
        ("1500 units", dict(hidden=[f"dense(1500, activation=relu, {HE})"], optimizer="adam(4e-4)", epochs=15), ["postmarks"]),
        ("dropout .6 of 400", dict(hidden=[f"dense(400, activation=relu, {HE}) | dropout(0.6)"], epochs=40), ["outlines"]),
        ("noise of .2", dict(hidden=["gaussian_noise(0.2)", *h["relu2"]]), ["mail"]),
        ("six numbers between", dict(hidden=[f"dense(64, activation=relu, {HE})", "dense(6)", f"dense(64, activation=relu, {HE})"]),
         ["perfumes"]),
        ("random first layer of 800", dict(hidden=[f"dense(800, activation=relu, {HE}, trainable=false)"]), ["perfumes"]),
        ("biases of .5", dict(hidden=[f"2 * dense(60, activation=relu, {HE}, bias_initializer=constant(0.5))"]), ["ripples"]),
        ("weights begin small", dict(hidden=["2 * dense(60, activation=relu, kernel_initializer=random_normal(stddev=0.05))"]),
         ["postmarks"]),
        ("last layer begins with 0", dict(hidden=h["tanh2"], last="zeros"), ["outlines"]),
        ("norms of at most 2", dict(hidden=["2 * dense(64, activation=relu, kernel_constraint=max_norm(2))"]), ["cement"]),
        ("penalty of 1e-4", dict(hidden=["2 * dense(64, activation=relu, kernel_regularizer=l2(1e-4))"]), ["barcodes"]),
        ("no hidden layer", dict(hidden=[], optimizer="adam(0.02)", epochs=60), ["postmarks"]),
        ("softmax of logits apart", dict(hidden=h["relu2"], last="dense(5) | softmax"), ["barcodes"]),
    ]


def odd_data():
    """Losses and data that look odd, and can be learned."""
    h = HIDDEN
    return [
        *[("stopped early", dict(hidden=["dense(32, activation=tanh)"], epochs=80, observers=STOP), [table])
          for table in ("donors", "reds", "limpets")],
        ("stopped early", dict(hidden=[f"dense(80, activation=relu, {HE}) | dropout(0.3)"], epochs=80, observers=STOP), ["orchards"]),
        ("one in four", dict(hidden=["dense(12, activation=tanh)"], optimizer="adam(2e-3)", epochs=20), ["payslips"]),
        ("one in twelve", dict(hidden=["dense(16, activation=tanh)"], optimizer="adam(2e-3)", epochs=20), ["defects"]),
        ("140 seeds", dict(hidden=["dense(6, activation=tanh)"], batch=8, optimizer="adam(5e-3)", epochs=40), ["pods"]),
        ("230 echoes", dict(hidden=["dense(40, activation=relu)"], batch=16, optimizer="adam(2e-3)", epochs=30), ["antennas"]),
        ("340 hearts", dict(hidden=["dense(8, activation=tanh)"], batch=16, optimizer="adam(2e-3)", epochs=30), ["heartbeats"]),
        ("380 tumours", dict(hidden=["dense(8, activation=relu)"], batch=16, optimizer="adam(2e-3)", epochs=40), ["smears"]),
        ("140 spectra", dict(hidden=["dense(12, activation=tanh)"], batch=8, optimizer="adam(5e-3)", epochs=150), ["mince"]),
        ("failures, exponential", dict(hidden=["dense(24, activation=tanh)"], loss="poisson", last="dense(1, activation=exponential)",
                                       optimizer="adam(2e-3)", epochs=30), ["repairs"]),
        ("absolute errors", dict(hidden=h["elu2"], loss="mae"), ["ripples"]),
        ("huber", dict(hidden=h["swish3"], loss="huber"), ["cement"]),
        ("logits", dict(hidden=h["relu2"], last="dense(7)", loss="sparse_categorical_crossentropy(from_logits=true)"), ["monograms"]),
        ("a logit", dict(hidden=h["tanh2"], last="dense(1)", loss="binary_crossentropy(from_logits=true)", metrics="accuracy"),
         ["quilts"]),
        ("two constants beside", dict(hidden=h["relu2"], change="two constants"), ["perfumes"]),
        ("a column twice", dict(hidden=h["relu2"], change="a column twice"), ["monograms"]),
        ("one class of five is rarer", dict(hidden=h["tanh2"], change="a class is rarer"), ["barcodes"]),
        ("a few labels are wrong", dict(hidden=["dense(48, activation=tanh)"], change="3 in 100", epochs=30),
         ["perfumes"]),
        ("columns in other units", dict(hidden=["normalization", *h["tanh2"]], change="in other units"), ["ripples"]),
        ("pixels below .5", dict(hidden=h["relu2"], change="half as bright"), ["postmarks"]),
    ]


def special():
    """Embeddings, one-hot codes, and skips from the inputs."""
    import nineteenth_faults as f
    join = ["identity(name=in)", f"2 * dense(36, activation=relu, {HE})", "identity(name=up)", "concatenate() <- in up"]
    return [(f"{name} {PART}", "stalls", made) for name, made in [("codes as vectors", f.coded()), ("codes as vectors of 12", f.coded(
        front=("embedding(18, 12)", "flatten"), epochs=20)), ("vectors of codes and a skip", f.coded(hidden=join))]]


def nets():
    import nineteenth_faults  # uses the lists above
    frame = Frame(PART, BROAD, HIDDEN, PLAIN, NOISY, STOP)
    plain = frame.plain_nets(lambda i, k: 2 * i + 5 * k + i // 4)[::2]
    own = [Net(name, "hard negative", table, made, part=PART) for name, table, made in special()]
    return fronted(plain + frame.hard_negatives(odd_rates() + odd_batches() + odd_data(), 4) + own +
                   fair(frame.faulty(nineteenth_faults.FAULTS, nineteenth_faults.PAIRS), nineteenth_faults.RATES),
                   nineteenth_tables.UNITS, nineteenth_faults.LEFT)
