"""watch.py COLUMNS LINES COMMAND...: runs the command on a terminal of that size and prints all lines that it has left there
in the end, with those that scrolled away. It knows the few sequences that the command uses. At the end it prints how often
the cursor went up, and says what went wrong: a line that is too wide, a cursor that left the terminal."""
import fcntl
import os
import pty
import re
import struct
import sys
import termios


def shown(columns, lines, command):
    """All that the command writes to the terminal."""
    pid, terminal = pty.fork()
    if pid == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        os.environ.update(TERM="xterm", **({} if os.environ.get("COLOUR") else {"NO_COLOR": "1"}))
        os.environ.pop("COLUMNS", None)
        os.execvp(command[0], command)
    text = b""
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        text += piece
    return text.decode("utf-8", "replace"), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def main():
    columns, height = int(sys.argv[1]), int(sys.argv[2])
    text, code = shown(columns, height, sys.argv[3:])
    lines, at, column, ups, faults = [""], 0, 0, 0, set()
    for part in re.findall("\x1b\\[[0-9;]*[A-Za-z]|\r|\n|[^\x1b\r\n]+", text):
        if part == "\r":
            column = 0
        elif part == "\n":
            at += 1
            if at == len(lines):
                lines.append("")
        elif part[0] != "\x1b":
            lines[at] = lines[at][:column].ljust(column) + part + lines[at][column + len(part):]
            column += len(part)
            if column > columns:
                faults.add("a line is wider than the terminal: " + lines[at])
        elif part[-1] == "A":
            at -= int(part[2:-1])
            ups += 1
            if at < max(0, len(lines) - height):
                faults.add("the cursor left the terminal")
        elif part[-1] == "J":
            lines[at] = lines[at][:column]
            del lines[at + 1:]
        elif part[-1] == "K":
            lines[at] = lines[at][:column]
        elif part[-1] != "m":
            faults.add("an unknown sequence " + repr(part))
    sys.stdout.write("\n".join(lines) + f"\nup: {ups}\n")
    for fault in sorted(faults):
        sys.stdout.write("FAULT: " + fault + "\n")
    return code


sys.exit(main())
