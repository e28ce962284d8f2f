#!/usr/bin/env python3
"""A whole training as a user's script does it, from a file to a saved model: whole_training.py WHO TASK FOLDER THREADS.

WHO: sklearn, keras (on JAX), torch. TASK: table (16,384 rows of a CSV file; 8-30-30-1, 20 epochs of batch 32, columns
normalized, a fifth held out), images (60,000 rows of 784 bytes as IDX; 784-300-100-10, 3 epochs of batch 32, momentum).
WHO make writes both files."""
import os
import sys

who, task, folder, threads = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
EPOCHS = {"table": 20, "images": 3}


def make():
    import numpy as np
    random = np.random.default_rng(1)
    x = random.uniform(-1, 1, (16384, 8))
    y = np.tanh(x @ random.standard_normal(8)) * np.tanh(x @ random.standard_normal(8))
    head = ",".join([f"x{i}" for i in range(8)] + ["y"])
    np.savetxt(f"{folder}/table.csv", np.column_stack([x * [1, 10, 100, 1, 5, 1, 1000, 1], y]), "%.6f", ",", header=head,
               comments="")
    label = random.integers(0, 10, 60000)
    drawn = np.clip(random.uniform(-200, 255, (10, 784))[label] + random.normal(0, 60, (60000, 784)), 0, 255)
    with open(f"{folder}/images.idx", "wb") as f:
        f.write(bytes([0, 0, 8, 3]) + np.array([60000, 28, 28], ">i4").tobytes() + drawn.astype(np.uint8).tobytes())
    with open(f"{folder}/labels.idx", "wb") as f:
        f.write(bytes([0, 0, 8, 1]) + np.array([60000], ">i4").tobytes() + label.astype(np.uint8).tobytes())


def table():
    """Training and held-out rows, normalized by the training rows."""
    import pandas
    rows = pandas.read_csv(f"{folder}/table.csv").to_numpy("float32")
    cut = len(rows) * 4 // 5
    mean, std = rows[:cut, :-1].mean(0), rows[:cut, :-1].std(0)
    x, y = (rows[:, :-1] - mean) / std, rows[:, -1]
    return x[:cut], y[:cut], x[cut:], y[cut:]


def images():
    import numpy as np
    x = np.fromfile(f"{folder}/images.idx", np.uint8)[16:].reshape(-1, 784)
    y = np.fromfile(f"{folder}/labels.idx", np.uint8)[8:]
    return x, y


def sklearn():
    import pickle
    import warnings
    from sklearn.neural_network import MLPClassifier, MLPRegressor
    warnings.filterwarnings("ignore")
    same = dict(batch_size=32, alpha=0, max_iter=EPOCHS[task], n_iter_no_change=10**6, tol=0, random_state=1)
    if task == "table":
        x, y, held_x, held_y = table()
        net = MLPRegressor(hidden_layer_sizes=(30, 30), solver="adam", **same).fit(x, y)
        score = ((net.predict(held_x) - held_y) ** 2).mean()
    else:
        x, y = images()
        net = MLPClassifier(hidden_layer_sizes=(300, 100), solver="sgd", learning_rate_init=0.01, momentum=0.9, nesterovs_momentum=False,
                            **same).fit(x / 255.0, y)
        score = net.loss_
    with open(f"{folder}/sklearn.pickle", "wb") as f:
        pickle.dump(net, f)
    return score


def keras():
    os.environ["KERAS_BACKEND"], os.environ["JAX_PLATFORMS"] = "jax", "cpu"
    import keras as k
    if task == "table":
        x, y, held_x, held_y = table()
        net = k.Sequential([k.Input((8,)), k.layers.Dense(30, "relu"), k.layers.Dense(30, "relu"), k.layers.Dense(1)])
        net.compile(k.optimizers.Adam(1e-3), "mse")
    else:
        x, y = images()
        net = k.Sequential([k.Input((784,)), k.layers.Rescaling(1 / 255), k.layers.Dense(300, "elu"),
                            k.layers.Dense(100, "elu"), k.layers.Dense(10, "softmax")])
        net.compile(k.optimizers.SGD(0.01, momentum=0.9), "sparse_categorical_crossentropy")
    seen = net.fit(x, y, batch_size=32, epochs=EPOCHS[task], verbose=0)
    score = net.evaluate(held_x, held_y, verbose=0) if task == "table" else seen.history["loss"][-1]
    net.save(f"{folder}/keras.keras")
    return score


def torch():
    import torch as t
    from torch import nn
    t.set_num_threads(threads)
    if task == "table":
        x, y, held_x, held_y = (t.from_numpy(a) for a in table())
        y, held_y = y[:, None], held_y[:, None]
        net = nn.Sequential(nn.Linear(8, 30), nn.ReLU(), nn.Linear(30, 30), nn.ReLU(), nn.Linear(30, 1))
        update, loss_of = t.optim.Adam(net.parameters(), 1e-3, fused=True), nn.MSELoss()
        take = lambda rows: x[rows]  # noqa: E731
    else:
        x, y = (t.from_numpy(a.copy()) for a in images())
        y = y.long()
        net = nn.Sequential(nn.Linear(784, 300), nn.ELU(), nn.Linear(300, 100), nn.ELU(), nn.Linear(100, 10))
        update, loss_of = t.optim.SGD(net.parameters(), 0.01, momentum=0.9, fused=True), nn.CrossEntropyLoss()
        take = lambda rows: x[rows].float() / 255  # noqa: E731
    for _ in range(EPOCHS[task]):
        for rows in t.randperm(len(x)).split(32):
            update.zero_grad(set_to_none=True)
            loss = loss_of(net(take(rows)), y[rows])
            loss.backward()
            update.step()
    with t.inference_mode():
        score = float(loss_of(net(held_x), held_y)) if task == "table" else float(loss)
    t.save(net.state_dict(), f"{folder}/torch.pt")
    return score


if task == "make":
    make()
else:
    print(f"SCORE {float({'sklearn': sklearn, 'keras': keras, 'torch': torch}[who]()):.5f}")
