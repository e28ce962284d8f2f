"""narrow.py COLUMNS COMMAND...: runs the command on a terminal of that width and prints what it shows, without colours. A line
that is wider begins with "WIDE: "; of a line of progress that is drawn again the last drawing counts."""
import fcntl
import os
import pty
import re
import struct
import sys
import termios


def main():
    width = int(sys.argv[1])
    pid, terminal = pty.fork()
    if pid == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
        os.environ.update(TERM="xterm", NO_COLOR="1")
        os.environ.pop("COLUMNS", None)
        os.execvp(sys.argv[2], sys.argv[2:])
    shown = b""
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        shown += piece
    for line in shown.decode("utf-8", "replace").replace("\r\n", "\n").splitlines():
        line = re.sub("\x1b\\[[0-9;?]*[A-Za-z]", "", line.split("\r")[-1])
        sys.stdout.buffer.write((("WIDE: " if len(line) > width else "") + line + "\n").encode())
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


sys.exit(main())
