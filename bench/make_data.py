#!/usr/bin/env python3
"""Writes the data of the workloads: rows of normal numbers, labels of a fixed linear teacher (W5: a product of two tanh).

usage: make_data.py FOLDER   ->   x784.bin y784.bin x1024.bin y1024.bin x16.bin y16.bin (float32; labels uint8, W5 float32)
"""
import os
import sys

import numpy as np

folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)
for width, rows in ((784, 60000), (1024, 8192)):
    random = np.random.default_rng(1)
    x = random.standard_normal((rows, width), dtype=np.float32)
    teacher = random.standard_normal((width, 10), dtype=np.float32)
    (x @ teacher).argmax(1).astype(np.uint8).tofile(f"{folder}/y{width}.bin")
    x.tofile(f"{folder}/x{width}.bin")
random = np.random.default_rng(1)
x = random.standard_normal((60000, 16), dtype=np.float32)
teacher = random.standard_normal((16, 2), dtype=np.float32) / 4
x.tofile(f"{folder}/x16.bin")
(np.tanh(x @ teacher[:, 0]) * np.tanh(x @ teacher[:, 1])).astype(np.float32).tofile(f"{folder}/y16.bin")
