"""Drivers in Python that stay: one process a peer and number of threads, asked for net after net (bench/peers/frame.py)."""
import os
import select
import subprocess

from measure import cores, environment, fields

WAIT = 240  # seconds for one answer, imports and compiling included


class Server:
    def __init__(self, command, threads, folder, extra=None):
        self.command, self.threads, self.folder, self.extra = command, threads, folder, extra or {}
        self.process, self.said = None, b""

    def start(self):
        program, mode = self.command[:-1], self.command[-1]
        allowed = cores(self.threads)
        self.process = subprocess.Popen(
            [*program, "serve", str(self.threads), mode, "-", self.folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=None if os.environ.get("BENCH_ERRORS") else subprocess.DEVNULL,
            env=dict(environment(self.threads), **self.extra), preexec_fn=lambda: os.sched_setaffinity(0, allowed))
        return self.line() == "READY"

    def line(self):
        while b"\n" not in self.said:
            ready, _, _ = select.select([self.process.stdout], [], [], WAIT)
            more = os.read(self.process.stdout.fileno(), 65536) if ready else b""
            if not more:
                self.stop()
                return ""
            self.said += more
        line, _, self.said = self.said.partition(b"\n")
        return line.decode(errors="replace")

    def ask(self, work, seconds):
        """{} where the peer cannot, or is gone."""
        if self.process is None and not self.start():
            return {}
        if self.process.poll() is not None:
            return {}
        self.process.stdin.write(f"{work}\t{seconds}\n".encode())
        self.process.stdin.flush()
        word, *rest = self.line().split() or [""]
        if word != "RESULT":
            if os.environ.get("BENCH_ERRORS") and rest:
                print(self.command[1], work, word, *rest)
            return {}
        return {k: float(v) for k, v in fields(rest).items()}

    def used(self):
        """CPU seconds so far."""
        try:
            with open(f"/proc/{self.process.pid}/stat") as f:
                user, system = f.read().rpartition(")")[2].split()[11:13]
            return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
        except (OSError, AttributeError, ValueError):
            return 0.0

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
