# strip.awk: C without comments and without what stands in quotes, line by line, so that patterns find code only.
# With keep=1 the quoted text stays.
function strip(line,    out, i, c, two) {
    out = ""
    for (i = 1; i <= length(line); i++) {
        c = substr(line, i, 1)
        two = substr(line, i, 2)
        if (in_comment) {
            if (two == "*/") {
                in_comment = 0
                i++
            }
        } else if (quote != "") {
            if (c == "\\") {
                if (keep)
                    out = out two
                i++
            } else {
                if (keep || c == quote)
                    out = out c
                if (c == quote)
                    quote = ""
            }
        } else if (two == "/*") {
            in_comment = 1
            i++
        } else if (two == "//") {
            break
        } else {
            if (c == "\"" || c == "'")
                quote = c
            out = out c
        }
    }
    if (quote != "" && substr(line, length(line), 1) != "\\")
        quote = ""
    return out
}
FNR == 1 {
    in_comment = 0
    quote = ""
}
{ code = strip($0) }
