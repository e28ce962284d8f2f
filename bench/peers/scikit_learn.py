#!/usr/bin/python3
"""scikit-learn's MLP: scikit_learn.py WORKLOAD THREADS MODE SECS DATADIR [first]. ReLU, for it has no ELU; it shuffles.
Threads are those of its BLAS. Steps cannot be counted from outside: whole fits are timed."""
import sys
import time
import warnings

name, threads, mode, seconds, folder = sys.argv[1], int(sys.argv[2]), sys.argv[3], float(sys.argv[4]), sys.argv[5]
first = len(sys.argv) > 6
import numpy as np  # noqa: E402
from sklearn.neural_network import MLPClassifier, MLPRegressor  # noqa: E402

from workloads import WORKLOADS, rows  # noqa: E402

warnings.filterwarnings("ignore")
widths, _, batch, optimizer, rate = WORKLOADS[name]
x, y = rows(folder, name, first)
if first and widths[-1] > 1:
    y = (np.arange(len(x)) % 10).astype(np.uint8)


def fitted(count, epochs):
    kind = MLPRegressor if widths[-1] == 1 else MLPClassifier
    net = kind(hidden_layer_sizes=widths[1:-1], activation="relu", batch_size=batch, alpha=0, learning_rate_init=rate,
               solver="adam" if optimizer == "adam" else "sgd", momentum=0.9, nesterovs_momentum=False,
               max_iter=epochs, n_iter_no_change=10**6, tol=0, random_state=1)
    return net.fit(x[:count], y[:count])


def timed(count, epochs):
    begun = time.monotonic()
    net = fitted(count, epochs)
    return net, time.monotonic() - begun


fitted(batch, 1)
print("FIRST", time.clock_gettime(time.CLOCK_MONOTONIC), flush=True)
if first:
    sys.exit(0)
count = min(len(x), max(20 * batch, 4096)) // batch * batch
_, once = timed(count, 1)
_, once = timed(count, 1)
many = min(len(x), max(count, int(count * seconds / once))) // batch * batch
epochs = max(2, round(seconds * count / (once * many)))
cpu = time.process_time()
net, elapsed = timed(many, epochs)
cpu = (time.process_time() - cpu) / elapsed
curve = net.loss_curve_
print(f"RESULT sps={many * epochs / elapsed:.1f} cpu={cpu:.2f} l0={curve[0]:.4f} l1={curve[-1]:.4f} "
      f"steps={many // batch * epochs}")
if name == "W1":
    for i in range(-20, 300):
        if i == 0:
            begun = time.monotonic()
        net.predict_proba(x[:1])
    print(f"LAT us={(time.monotonic() - begun) / 300 * 1e6:.2f}")
