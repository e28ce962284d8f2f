"""The nets that are compared, once for plummet and for every peer, and their rows.

A net is a text of layers, such as "dense 300 elu | dense 100 elu | dense 10": plummet() writes it in plummet's notation,
the drivers in Python build it from layers(). Words: dense UNITS [ACTIVATION], batch_norm, layer_norm, ACTIVATION,
noise STDDEV (Gaussian), residual UNITS (x + dense(relu(dense(x)))). targets: "classes" (softmax and cross-entropy),
"numbers" (mean squared error), "self" (the row itself, between 0 and 1: sigmoid and binary cross-entropy).
"""
ACTIVATIONS = ("relu", "elu", "sigmoid", "swish", "gelu")


class Net:
    def __init__(self, title, inputs, text, targets, batch, optimizer, rate, warm=0.0):
        self.title, self.inputs, self.text, self.targets = title, inputs, text, targets
        self.batch, self.optimizer, self.rate, self.warm = batch, optimizer, rate, warm

    def layers(self):
        """[(word, argument, activation)]"""
        out = []
        for said in self.text.split(" | "):
            word, *rest = said.split()
            out.append((word, float(rest[0]) if rest else None, rest[1] if len(rest) > 1 else None))
        return out

    def dense(self):
        """[(inputs, outputs)] of every product."""
        out, width = [], self.inputs
        for word, units, _ in self.layers():
            for _ in range({"dense": 1, "residual": 2}.get(word, 0)):
                out.append((width, int(units)))
                width = int(units)
        return out

    def outputs(self):
        return self.dense()[-1][1]

    def flop(self):
        """Of training one row: 6 for each multiply-add of the forward pass, less the gradient of the input."""
        return 6 * sum(a * b for a, b in self.dense()) - 2 * self.dense()[0][0] * self.dense()[0][1]


def chain(*layers):
    return " | ".join(layers)


NETS = {
    "W1": Net("784-300-100-10, ELU, batch 32, momentum", 784, "dense 300 elu | dense 100 elu | dense 10", "classes", 32,
              "momentum", 0.01),
    "W2": Net("the same, batch 256, Adam", 784, "dense 300 elu | dense 100 elu | dense 10", "classes", 256, "adam", 1e-3),
    "W3": Net("20 layers of 100, ELU, batch 32, momentum", 784, chain(*["dense 100 elu"] * 20, "dense 10"), "classes", 32,
              "momentum", 0.01),
    "W4": Net("1024-1024-1024-1024-10, ELU, batch 128, Adam", 1024, chain(*["dense 1024 elu"] * 3, "dense 10"), "classes",
              128, "adam", 3e-4),
    "W5": Net("16-32-32-1, ReLU, batch 32, Adam", 16, chain(*["dense 32 relu"] * 2, "dense 1"), "numbers", 32, "adam", 1e-3),
}
ODD = "dense 513 relu | dense 257 relu | dense 129 relu | dense 3"
NETS.update({f"odd {batch}": Net(f"97-513-257-129-3, ReLU, batch {batch}, Adam", 97, ODD, "classes", batch, "adam", 1e-3)
             for batch in (1, 7, 50, 1000)})
NETS.update({
    "batch norm": Net("784-300-200-100-10, batch normalization, swish, batch 128, Adam", 784,
                      chain(*[f"dense {n} | batch_norm | swish" for n in (300, 200, 100)], "dense 10"), "classes", 128,
                      "adam", 1e-3),
    "batch norm x 20": Net("20 layers of 100, batch normalization, swish, batch 32, Adam", 784,
                           chain(*["dense 100 | batch_norm | swish"] * 20, "dense 10"), "classes", 32, "adam", 1e-3),
    "layer norm": Net("four layers of 256, layer normalization, GELU, batch 64, AdamW", 784,
                      chain(*["dense 256 | layer_norm | gelu"] * 4, "dense 10"), "classes", 64, "adamw", 1e-3),
    "residual": Net("97-128, six residual blocks of 128, batch 64, Adam", 97,
                    chain("dense 128 relu", *["residual 128"] * 6, "dense 3"), "classes", 64, "adam", 1e-3),
    "autoencoder": Net("784-64-784, ReLU, binary cross-entropy, batch 128, Adam", 784, "dense 64 relu | dense 784", "self",
                       128, "adam", 1e-3),
    "denoising": Net("784-100-784, Gaussian noise, binary cross-entropy, batch 32, Adam", 784,
                     "noise 0.3 | dense 100 relu | dense 784", "self", 32, "adam", 1e-3),
    "10000 classes": Net("256-512-10000, ReLU, batch 64, Adam", 256, "dense 512 relu | dense 10000", "classes", 64, "adam",
                          1e-3),
    "sigmoid x 100": Net("784, 100 layers of 100, sigmoid, batch 32, momentum", 784,
                         chain(*["dense 100 sigmoid"] * 100, "dense 10"), "classes", 32, "momentum", 0.01),
    "long run": Net("8-30-30-1, ReLU, batch 32, Adam, after a second of training", 8,
                    chain(*["dense 30 relu"] * 2, "dense 1"), "numbers", 32, "adam", 1e-3, warm=1.0),
})


def plummet(net):
    """What bench/plummet-bench reads: INPUTS;BATCH;TARGETS;OPTIMIZER;FLOP;WARM;layer;layer..., in plummet's notation."""
    rate = {"momentum": f"sgd({net.rate}, momentum=0.9)"}.get(net.optimizer, f"{net.optimizer}({net.rate})")
    out, at, head = [], 0, {"classes": "softmax", "self": "sigmoid", "numbers": None}[net.targets]
    words = net.layers()
    for i, (word, number, activation) in enumerate(words):
        if word == "dense":
            activation = head if i == len(words) - 1 else activation
            out.append(f"dense({int(number)}" + (f", activation={activation})" if activation else ")"))
        elif word == "residual":
            at += 1
            out += [f"identity(name=given{at})", f"dense({int(number)}, activation=relu)",
                    f"dense({int(number)}, name=made{at})", f"add() <- given{at} made{at}"]
        else:
            out.append({"batch_norm": "batch_normalization", "layer_norm": "layer_normalization",
                        "noise": f"gaussian_noise({number})"}.get(word, f"activation({word})"))
    return ";".join([str(net.inputs), str(net.batch), net.targets, rate, str(net.flop()), str(net.warm), *out])


def rows(folder, net, first):
    """x [rows, inputs] and the targets: class numbers, numbers [rows, 1], or x itself. first: one batch made in memory."""
    import numpy as np
    if first:
        x = np.random.default_rng(1).standard_normal((net.batch, net.inputs), dtype=np.float32)
        y = np.arange(net.batch) % net.outputs()
    else:
        x = np.fromfile(f"{folder}/x{net.inputs}.bin", np.float32).reshape(-1, net.inputs)
        y = np.fromfile(f"{folder}/y{net.inputs}.bin", np.uint8 if net.inputs > 16 else np.float32)
    if net.targets == "self":
        x = np.clip(0.5 + 0.25 * x, 0, 1)
        return x, x
    if net.targets == "numbers":
        return x, y.astype(np.float32)[:, None]
    classes = net.outputs()
    return x, (np.arange(len(x)) * 7919 % classes if classes > 10 else y % classes).astype(np.int32)
