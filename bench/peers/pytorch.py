#!/usr/bin/python3
"""PyTorch, eager: pytorch.py WORKLOAD THREADS MODE SECS DATADIR [first]. The same arithmetic as plummet's."""
import sys
import time

name, threads, mode, seconds, folder = sys.argv[1], int(sys.argv[2]), sys.argv[3], float(sys.argv[4]), sys.argv[5]
first = len(sys.argv) > 6
import torch  # noqa: E402
from torch import nn  # noqa: E402

from workloads import WORKLOADS, rows  # noqa: E402

torch.set_num_threads(threads)
torch.manual_seed(1)
widths, activation, batch, optimizer, rate = WORKLOADS[name]
layers = []
for fan_in, units in zip(widths, widths[1:]):
    linear = nn.Linear(fan_in, units)
    nn.init.xavier_uniform_(linear.weight)
    nn.init.zeros_(linear.bias)
    layers += [linear, nn.ELU() if activation == "elu" else nn.ReLU()]
net = nn.Sequential(*layers[:-1])
x, y = rows(folder, name, first)
x = torch.from_numpy(x)
y = torch.from_numpy(y).unsqueeze(1) if widths[-1] == 1 else torch.from_numpy(y).long()
loss_of = nn.MSELoss() if widths[-1] == 1 else nn.CrossEntropyLoss()
if optimizer == "adam":
    update = torch.optim.Adam(net.parameters(), lr=rate)
else:
    update = torch.optim.SGD(net.parameters(), lr=rate, momentum=0.9)
whole, at = len(x) // batch * batch, 0


def step():
    global at
    rows_now = slice(at, at + batch)
    at = (at + batch) % whole
    update.zero_grad(set_to_none=True)
    loss = loss_of(net(x[rows_now]), y[rows_now])
    loss.backward()
    update.step()
    return loss


head = [step().item()]
print("FIRST", time.clock_gettime(time.CLOCK_MONOTONIC), flush=True)
if first:
    sys.exit(0)
begun = time.monotonic()
while time.monotonic() - begun < 0.2 * seconds or len(head) < 10:
    head.append(step().item())
tail, steps, cpu, begun, elapsed = [], 0, time.process_time(), time.monotonic(), 0.0
while elapsed < seconds:
    for _ in range(10):
        loss = step()
    tail.append(loss.item())
    steps += 10
    elapsed = time.monotonic() - begun
cpu = (time.process_time() - cpu) / elapsed
tail = tail[-10:]
print(f"RESULT sps={steps * batch / elapsed:.1f} cpu={cpu:.2f} l0={sum(head[:10]) / 10:.4f} "
      f"l1={sum(tail) / len(tail):.4f} steps={steps}")
if name == "W1":
    with torch.inference_mode():
        for i in range(-100, 2000):
            if i == 0:
                begun = time.monotonic()
            net(x[:1])
    print(f"LAT us={(time.monotonic() - begun) / 2000 * 1e6:.2f}")
