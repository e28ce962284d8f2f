"""The workloads for drivers in Python: layer widths, activation, batch, optimizer, learning rate; and their rows."""
import numpy as np

WORKLOADS = {
    "W1": ([784, 300, 100, 10], "elu", 32, "momentum", 0.01),
    "W2": ([784, 300, 100, 10], "elu", 256, "adam", 1e-3),
    "W3": ([784] + [100] * 20 + [10], "elu", 32, "momentum", 0.01),
    "W4": ([1024, 1024, 1024, 1024, 10], "elu", 128, "adam", 3e-4),
    "W5": ([16, 32, 32, 1], "relu", 32, "adam", 1e-3),
}


def rows(folder, name, first):
    """x [rows, width] and y: class numbers, or for W5 numbers. first: one batch made in memory."""
    widths, _, batch, _, _ = WORKLOADS[name]
    label = np.float32 if widths[-1] == 1 else np.uint8
    if first:
        return np.random.default_rng(1).standard_normal((batch, widths[0]), dtype=np.float32), np.zeros(batch, label)
    x = np.fromfile(f"{folder}/x{widths[0]}.bin", np.float32).reshape(-1, widths[0])
    return x, np.fromfile(f"{folder}/y{widths[0]}.bin", label)
