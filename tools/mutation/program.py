"""A test of a build as a program: its command, its environment, and how several are run."""
import json
import os
import signal
import subprocess
import time

from mutation.copy import CORES, run

SKIPPED = 77  # the exit code of a test that cannot run here


class Program:
    def __init__(self, told):
        """`told`: what ctest says of the test."""
        properties = {each["name"]: each["value"] for each in told.get("properties", [])}
        self.name, self.command = told["name"], told.get("command", [])
        self.folder = properties.get("WORKING_DIRECTORY", ".")
        self.environment = dict(entry.split("=", 1) for entry in properties.get("ENVIRONMENT", []))

    def start(self, **environment):
        """Starts it in a group of its own. A test of signals needs the usual ones, also under nohup."""
        return subprocess.Popen(self.command, cwd=self.folder, env={**os.environ, **self.environment, **environment},
                                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                start_new_session=True,
                                preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL))

    def seconds(self, limit, **environment):
        """Runs it. Returns the processor time of it and of all it started, which other work on the machine does not
        change; None = it failed, was skipped, or took longer than the limit, in seconds of the clock."""
        process, last = self.start(**environment), time.monotonic() + limit
        try:
            while time.monotonic() < last:
                pid, status, used = os.wait4(process.pid, os.WNOHANG)
                if pid:
                    process.returncode = os.waitstatus_to_exitcode(status)
                    return used.ru_utime + used.ru_stime if process.returncode == 0 else None
                time.sleep(0.01)
            return None
        finally:
            end(process)


def programs(build):
    """{name: Program} of a build."""
    _, output = run(["ctest", "--test-dir", build, "--show-only=json-v1"], 60)
    return {told["name"]: Program(told) for told in json.loads(output[output.index("{"):])["tests"]}


def end(process):
    """Ends a test with all that it started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


def first_failure(chosen, limits):
    """Runs tests in this order, as many at a time as there are cores, until one fails or takes longer than its limit.
    Returns its name; None = all pass. What still runs then is ended."""
    waiting, running = list(chosen), {}
    try:
        while waiting or running:
            while waiting and len(running) < int(CORES):
                program = waiting.pop(0)
                running[program] = (program.start(), time.monotonic() + limits[program.name])
            for program, (process, last) in list(running.items()):
                if process.poll() not in (None, 0, SKIPPED) or process.returncode is None and time.monotonic() > last:
                    return program.name
                if process.returncode is not None:
                    end(running.pop(program)[0])
            time.sleep(0.01)
        return None
    finally:
        for process, _ in running.values():
            end(process)
