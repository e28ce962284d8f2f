# Takes a page of the guide apart: its programs into files by the names they begin with, its blocks of sh and the
# commands of its consoles into N.run, what stands below a command into N.want. Prints the number of commands.
/^```/ { block = block == "" ? substr($0, 4) : ""; file = ""; if (block == "sh") step(); next }
block == "c" || block == "cpp" {
    if (file == "" && match($0, /[a-z_]+\.cc?:/))
        file = substr($0, RSTART, RLENGTH - 1)
    if (file != "")
        print > file
}
block == "sh" { print > (n ".run") }
block == "console" && /^\$ / { step(); print substr($0, 3) > (n ".run"); next }
block == "console" { print > (n ".want") }
function step() { n++; printf "" > (n ".run"); printf "" > (n ".want") }
END { print n }
