"""The frame of drivers in Python. A driver gives main() a function make(net, x, y, threads) whose result has
    step()      trains on the next batch, or on several; returns (rows, a loss to be made a number by float())
    row()       predicts the first row; optional
Called as
    driver.py WORKLOAD THREADS MODE SECS DATADIR [first]   one net, the lines of bench/peers/README.md
    driver.py serve THREADS MODE - DATADIR                 reads "WORKLOAD<tab>SECS" lines; a RESULT or FAILED line for each
A serving driver keeps its nets, so that importing and compiling are paid once and not in each round."""
import sys
import time

from workloads import NETS, rows

HEAD, TAIL, ROWS_TIMED = 10, 10, 1000


def measured(trained, seconds, warm):
    """Trains for a fifth of `seconds` (and `warm`), then for `seconds`; the fields of a RESULT line."""
    begun, head = time.monotonic(), []
    while time.monotonic() - begun < 0.2 * seconds + warm or len(head) < 3:
        head.append(trained.step()[1])
    head = [float(loss) for loss in head[:HEAD]]
    tail, count, calls, cpu, begun, elapsed = [], 0, 0, time.process_time(), time.monotonic(), 0.0
    while elapsed < seconds:
        many = 10 if calls and elapsed / calls < seconds / 100 else 1
        calls += many
        for _ in range(many):
            done, loss = trained.step()
            count += done
        tail = (tail + [float(loss)])[-TAIL:]
        elapsed = time.monotonic() - begun
    cpu = (time.process_time() - cpu) / elapsed
    return (f"sps={count / elapsed:.1f} cpu={cpu:.3f} l0={sum(head) / len(head):.4f} "
            f"l1={sum(tail) / len(tail):.4f}")


def latency(trained):
    for _ in range(100):
        trained.row()
    begun = time.monotonic()
    for _ in range(ROWS_TIMED):
        trained.row()
    return (time.monotonic() - begun) / ROWS_TIMED * 1e6


def serve(make, threads, folder):
    kept = {}
    print("READY", flush=True)
    for line in sys.stdin:
        name, seconds = line.rstrip("\n").split("\t")
        try:
            fresh = name not in kept
            if fresh:
                kept.clear()
                kept[name] = make(NETS[name], *rows(folder, NETS[name], False), threads)
            print("RESULT", measured(kept[name], float(seconds), NETS[name].warm if fresh else 0), flush=True)
        except Exception as fault:  # noqa: BLE001: a peer that cannot is said by bench/run
            print("FAILED", type(fault).__name__, str(fault).split("\n")[0][:200], flush=True)


def main(make):
    name, threads, folder = sys.argv[1], int(sys.argv[2]), sys.argv[5]
    if name == "serve":
        return serve(make, threads, folder)
    first = len(sys.argv) > 6
    trained = make(NETS[name], *rows(folder, NETS[name], first), threads)
    float(trained.step()[1])
    print("FIRST", time.clock_gettime(time.CLOCK_MONOTONIC), flush=True)
    if not first:
        print("RESULT", measured(trained, float(sys.argv[4]), NETS[name].warm))
        if name == "W1" and hasattr(trained, "row"):
            print(f"LAT us={latency(trained):.2f}")
