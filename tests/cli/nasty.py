"""Tables as people have them: writes each file, has the command read it, and compares what it says.

A case is a file's bytes and what must come: the columns with words of their line in the report, and
the number of rows; or an error, with the line and column it names; and warnings for what was left
out. No file may end the command by a signal or be read in silence as something else.

    nasty.py PLUMMET FOLDER          runs all cases
    nasty.py PLUMMET FOLDER NAME     runs one, and prints what the command says
"""
import gzip
import json
import os
import re
import subprocess
import sys

ROWS = 30
CASES = {}
KIND = {"kind": "category.*2 classes"}


def case(name, content, columns=None, rows=ROWS, error=None, warns=(), arguments=(), target="kind", file="t.csv", spec="", size=0):
    """columns: name -> pattern for the rest of its line in the report; None = the file is refused.
    size: bytes to which the file is made longer, by a hole."""
    if isinstance(content, str):
        content = content.encode()
    assert name not in CASES, name
    CASES[name] = dict(content=content, columns=columns, rows=rows, error=error, warns=warns,
                       arguments=list(arguments), target=target, file=file, spec=spec, size=size)


def table(cells, head="x,v,kind", rows=ROWS, d=",", end="\n", last=True):
    """x counts 0.5, 1.5, ... with a jump, v is what the case is about, kind is a or b."""
    lines = [head.replace(",", d)] if head else []
    for i in range(rows):
        lines.append(d.join([f"{i * 7 % 31}.5", cells(i), "ab"[i % 2]]))
    return end.join(lines) + (end if last else "")


def column(name, cells, pattern, d=",", rows=ROWS, **more):
    case(name, table(cells, d=d, rows=rows), {"x": "number", "v": pattern, **KIND}, rows=rows, **more)


def quoted(text):
    return f'"{text}"'


plain = table(lambda i: str(i % 13))
good = {"x": "number", "v": "number *whole numbers", **KIND}

# ---- numbers ----
column("thousands", lambda i: quoted(f"{i + 1},{100 + i}.43"), "number *numbers .*standardized")
column("thousands that are whole", lambda i: quoted(f"{i + 1},{100 + i}"), "number *whole numbers")
case("thousands or decimals", table(lambda i: quoted(f"{i + 1},{100 + i}")).replace(".5,", "5,"),
     {"v": "number *whole numbers, with thousands marks or decimals: read as decimal point", **KIND})
for name in "v, w", "v: w", "v" * 70:
    case(f"thousands or decimals, a name that is hard to say: {name}", table(lambda i: quoted(f"{i + 1},{100 + i}"), head="x,NAME,kind").replace("NAME", quoted(name)).replace(".5,", "5,"),
         {"x": "number"}, target="1", warns=["columns='1=decimal_comma' reads it in the other way"])
case("thousands or decimals, as the target", table(lambda i: quoted(f"{i + 1},{100 + i}")).replace(".5,", "5,"),
     {"v": "number *.*learned: a number"}, target="v", warns=["'1,100' in the target 'v' is read as 1100; columns='v=decimal_comma'"])
column("decimal comma", lambda i: f"{i},{i % 10}5", "number *numbers, decimal comma", d=";")
column("decimal comma, tabs", lambda i: f"{i},{i % 10}5", "number *numbers, decimal comma", d="\t")
column("decimal comma in quotes", lambda i: quoted(f"{i},{i % 10}5"), "number *numbers, decimal comma")
column("points for thousands", lambda i: f"{i + 1}.{100 + i},56", "number *numbers, decimal comma", d=";")
column("points for thousands, some without decimals",
       lambda i: f"{i + 1}.{100 + i}" if i % 3 else f"{i},5", "number *numbers, decimal comma", d=";")
dots = lambda i: f"{i + 1}.{100 + i}" if i % 3 else f"{100 + i * 29}"
case("points for thousands, and small numbers", table(dots, d=";").replace(".5;", ";"), {"v": "number *whole numbers, decimal comma", **KIND})
case("points for thousands, and small numbers, between commas", table(dots).replace(".5,", ","),
     {"v": "number *whole numbers, with thousands marks or decimals: read as decimal comma", **KIND},
     warns=["'2.101' in the column 'v' is read as 2101; columns='v=decimal_point' reads it"])
case("points for thousands beside a column of decimal points", table(dots), {"v": "number *numbers, with thousands marks or decimals: read as decimal point", **KIND},
     warns=["'2.101' in the column 'v' is read as 2.101; columns='v=decimal_comma'"])
case("round thousands", table(lambda i: f"{i + 1}.000" if i % 3 == 0 else f"{10 + i}").replace(".5,", ","),
     {"v": "number *whole numbers, with thousands marks or decimals: read as decimal comma", **KIND}, warns=["'1.000' in the column 'v' is read as 1000"])
column("three decimals beside small numbers", lambda i: ["3", "3.333", "3.667", "0", "2.333"][i % 5], "number|category")
column("three decimals beside large numbers", lambda i: f"{i + 1}.{100 + i}" if i % 3 else f"{1000 + i}", "number *numbers +standardized")
column("three decimals in all cells", lambda i: f"{i + 1}.{100 + i}", "number *numbers +standardized")
case("three decimals in all cells of the target", table(lambda i: f"{i + 1}.{100 + i}", d=";").replace(".5;", ";"), {"v": "number.*learned: a number"}, target="v",
     warns=["'1.100' in the target 'v' is read as 1.1; columns='v=decimal_comma'"])
column("commas for thousands, and small numbers", lambda i: quoted(f"{i + 1},{100 + i}" if i % 3 else f"{100 + i * 29}"), "number *whole numbers +standardized")
column("points for thousands, said", lambda i: f"{i + 1}.{100 + i}" if i % 3 else f"{i}", "number *as you have set it", arguments=["columns=v=decimal_comma"])
case("points for decimals, but decimal comma is said", table(lambda i: f"{i}.5"), error="line 2, column 'v': 0.5 is not a number with a decimal comma",
     arguments=["columns=v=decimal_comma"])
column("three decimals in a column with points", lambda i: f"{i}.{100 + i}" if i % 3 else f"{i}.5", "number *numbers ")
column("blanks for thousands", lambda i: f"{i + 1} {100 + i}", "number *whole numbers")
column("hard blanks for thousands", lambda i: f"{i + 1}\u00a0{100 + i}", "number *whole numbers")
column("apostrophes for thousands", lambda i: f"{i + 1}'{100 + i}.5", "number *numbers")
column("lakh", lambda i: quoted(f"{i % 9 + 1},{10 + i},{100 + i}"), "number *whole numbers")
column("percent", lambda i: f"{i * 3 % 17} %", "number *whole numbers, percent")
case("percent or dollars", table(lambda i: f"{i + 1}%" if i % 2 else f"${i + 1}"), error="'v' do not agree: only some numbers have a percent sign")
case("percent of some", table(lambda i: f"{i + 1} %" if i % 2 else f"{i + 1}"), error="'v' do not agree: only some numbers have a percent sign")
column("percent of some, as numbers", lambda i: f"{i + 1} %" if i % 2 else f"{i + 1}", "number", arguments=["columns=v=number"])
column("dollars", lambda i: quoted(f"${i + 1},{100 + i}.50"), r"number *numbers, in \$")
column("euros", lambda i: f"\u20ac {i * 3 % 17}", "number *whole numbers, in \u20ac")
column("euros behind", lambda i: f"{i},50 EUR", "number *numbers, decimal comma, in", d=";")
case("two currencies", table(lambda i: f"${i}" if i % 2 else f"\u20ac{i}"), error="'v' do not agree: signs of several currencies")
column("brackets", lambda i: f"({i}.25)" if i % 2 else f"{i}.25", "number *numbers")
column("real minus", lambda i: f"\u2212{i}.25" if i % 2 else f"{i}.25", "number *numbers")
column("exponents", lambda i: f"{i}e-3", "number *numbers")
column("points at the end", lambda i: f"{i * 3 % 17}.", "number *whole numbers")
column("no digit before the point", lambda i: f".{i + 10}", "number *numbers")
column("plus", lambda i: f"+{i}.5", "number *numbers")
column("leading zeros", lambda i: f"{i:05d}", "number *whole numbers|identifier")
column("leading zeros are words", lambda i: f"{i % 3:05d}", "category .*one-hot", arguments=["columns=v=category"])
column("19 digits", lambda i: f"{10**18 + i * 977}", "number|identifier")
case("a word among numbers", table(lambda i: "n.v." if i == 20 else f"{i}.25"), error="column 'v' has numbers, but 'n.v.' in line 22")
case("a mark of missing cells that is not known", table(lambda i: "k.A." if i % 4 == 1 else f"{i}.25", rows=100), rows=100,
     error="column 'v' has numbers, but 'k.A.' in line 3")
case("many marks that are not known", table(lambda i: "k.A." if i % 3 else f"{i}.25", rows=100), error="column 'v' has numbers, but 'k.A.' in line 3")
case("below a limit", table(lambda i: "<0.1" if i % 7 == 2 else f"{i}.25", rows=100), error="column 'v' has numbers, but '<0.1' in line 4")
case("units", table(lambda i: f"{i}.3 cm"), error="column 'v' has numbers with signs or units, such as '0.3 cm'")
case("units without a blank", table(lambda i: f"{i}kg" if i % 3 else f"{i}", rows=60), error="column 'v' has numbers with signs or units, such as '1kg'")
case("bounds", table(lambda i: f"<{i}.5" if i % 2 else f">={i}", rows=60), error="column 'v' has numbers with signs or units, such as '>=0'")
column("units in few words", lambda i: f"{i % 5} cm", "category *5 different words")
column("units, said", lambda i: f"{i % 15} cm", "category", arguments=["columns=v=category"])
case("durations", table(lambda i: f"{20 + i}:30:{10 + i}"), error="column 'v' has durations, such as '24:30:14'")
column("numbers of houses", lambda i: f"{i * 7}{'abcde'[i % 5]}" if i % 3 == 0 else f"{i * 7}", "identifier", rows=120)
column("tickets", lambda i: f"PC {i * 7919}" if i % 3 == 0 else f"{i * 7919}", "identifier", rows=120)
column("postal codes", lambda i: ["01234", "02345", "90210", "12345"][i % 4], "category *codes with leading zeros *one-hot")
column("postal codes, nearly all different", lambda i: f"{1000 + i * 3331 % 89999:05d}", "identifier *codes with leading zeros")
column("phone numbers", lambda i: f"0{i * 7919 + 1000}", "identifier *codes with leading zeros")
column("hours with a zero", lambda i: f"{i % 24:02d}", "number *whole numbers")
column("one number with zeros", lambda i: "007" if i == 7 else f"{i * 977}", "number *whole numbers")
column("postal codes, as numbers", lambda i: ["01234", "02345", "90210", "12345"][i % 4], "number", arguments=["columns=v=number"])
case("names as the target", table(lambda i: f"n{i}"), target="v", warns=["v +identifier .* nothing: the column cannot be used"], error="cannot be learned: nearly every row")
case("infinity", table(lambda i: "inf" if i == 20 else f"{i}.25"), error="'inf' in line 22")
case("hexadecimal", table(lambda i: f"0x{i:02x}"), {"x": "number", "v": "identifier", **KIND})
column("marks of gaps", lambda i: ["NA", "n/a", "", "null", "?", "-", "#N/A", "#DIV/0!", "\\N"][i % 9] if i % 3 else f"{i}.5",
       "number *numbers *20 *standardized, gaps")
column("all gaps", lambda i: "", "empty *no cell has a value")

column("NaN and Inf as words", lambda i: ["NaN", "nan", "NAN", "NULL"][i % 4] if i % 3 == 0 else f"{i}.25", "number *numbers *10 *standardized, gaps")
case("infinities of all kinds", table(lambda i: ["Inf", "-inf", "Infinity"][i % 3] if i > 26 else f"{i}.25"), error="'Inf' in line 29|'-inf' in line")
case("overflow", table(lambda i: "1e999" if i == 7 else f"{i}.25"), error="'1e999' in line 9")
column("underflow", lambda i: "1e-999" if i == 7 else f"{i}.25", "number *numbers")
column("large and small", lambda i: f"{i + 1}e{i * 5 - 130}", "number *numbers")
case("too large for the net", table(lambda i: "1e200" if i == 7 else f"{i}.25"), error=r"line 9, column 'v': the number 1e\+200 is too large")
case("too large a target", table(lambda i: "-1e39" if i == 8 else f"{i}.25"), target="v", error=r"line 10, column 'v': the number -1e\+39 is too large")
column("exponents of all kinds", lambda i: [f"{i}E+3", f"{i}.5e-2", f"-{i}.e1", f"+.{i}e0"][i % 4], "number *numbers")
column("Fortran's exponents are words", lambda i: f"{i % 3}.5D+03", "category .*3 different words")
column("decimal commas and percent", lambda i: f"{i},{i % 10}5 %", "number *numbers, decimal comma, percent", d=";")
column("euros, points and commas", lambda i: f"{i + 1}.{100 + i},50 \u20ac", "number *numbers, decimal comma, in \u20ac", d=";")
column("dollars in brackets", lambda i: f"($ {i}.50)" if i % 2 else f"$ {i}.25", r"number *numbers, in \$")
case("both signs", table(lambda i: f"-+{i}" if i == 9 else f"{i}.5"), error="'-.9' in line 11")
case("two points", table(lambda i: f"1.2.{i}" if i == 9 else f"{i}.5"), error="'1.2.9' in line 11")
case("points and commas mixed", table(lambda i: f"{i},5" if i % 2 else f"{i}.5", d=";"),
     error="'v' do not agree: some numbers have a decimal point, others a decimal comma")
column("arabic digits are words", lambda i: "\u0661\u0662\u0663"[i % 3], "category .*3 different words")
column("full-width digits are words", lambda i: "\uff11\uff12\uff13"[i % 3], "category .*3 different words")
column("30 digits with a point", lambda i: f"{i}.{'123456789' * 3}{i}", "number *numbers")
column("a number in quotes with blanks", lambda i: quoted(f"  {i}.5 "), "number *numbers")

# ---- dates ----
column("year/month/day", lambda i: f"2024/{1 + i % 12:02d}/{1 + i % 28:02d}", "date *dates")
column("year.month.day", lambda i: f"2024.{1 + i % 12:02d}.{1 + i % 28:02d}", "date *dates")
column("day-month-year", lambda i: f"{1 + i % 28:02d}-{1 + i % 12:02d}-2024", "date *dates, day/month")
column("day-Mon-yy", lambda i: f"{1 + i % 28:02d}-{['Jan', 'FEB', 'mar'][i % 3]}-24", "date *dates")
column("names of days", lambda i: quoted(f"{['Monday', 'Tue'][i % 2]}, {1 + i % 28} March 2024"), "date *dates|identifier|category")
column("ISO in UTC", lambda i: f"2024-12-{1 + i:02d}T10:{i:02d}:00Z", "date *dates")
column("ISO with a blank", lambda i: f"2024-12-{1 + i:02d} 10:{i:02d}", "date *dates")
column("before 1970", lambda i: f"{1870 + i}-0{1 + i % 9}-11", "date *dates")
case("leap day in a leap year", table(lambda i: "2024-02-29" if i == 4 else f"2024-01-{1 + i:02d}"), {"v": "date *dates", **KIND})
case("a month that is none", table(lambda i: "2024-13-01" if i == 4 else f"2024-01-{1 + i:02d}"), error="'2024-13-01' in line 6")
case("an hour that is none", table(lambda i: "25:10" if i == 4 else f"{i % 24}:{10 + i}"), error="'25:10' in line 6")
column("years are numbers", lambda i: f"{1990 + i * 7 % 31}", "number *whole numbers")
column("seconds since 1970 are numbers", lambda i: f"{1700000000 + i * 86399}", "number|identifier")
column("dates with gaps", lambda i: "" if i % 3 == 0 else f"2024-01-{1 + i:02d}", "date *dates *10 ")

column("month/day", lambda i: f"{1 + i % 12}/{1 + i % 28}/2024", "date *dates, month/day")
column("day/month", lambda i: f"{1 + i % 28}/{1 + i % 12}/2024", "date *dates, day/month")
case("day or month", table(lambda i: f"{1 + i % 12:02d}/{1 + i % 11:02d}/2024"),
     error="column 'v', such as '12/01/2024', may be day/month or month/day")
column("day or month, said", lambda i: f"{1 + i % 12:02d}/{1 + i % 11:02d}/2024", "date", arguments=["columns=v=dmy"])
case("another column says the order", table(lambda i: f"{1 + i % 12}/{1 + i % 11}/2024,{1 + i % 12}/{28 - i % 9}/2023", head="x,v,w,kind"),
     {"v": "date *dates, month/day", "w": "date *dates, month/day"})
column("points", lambda i: f"{1 + i % 12:02d}.{1 + i % 11:02d}.2024", "date *dates, day/month")
column("ISO with time", lambda i: f"2024-12-{1 + i:02d}T10:{i:02d}", "date *dates")
column("ISO with zone", lambda i: f"2024-12-{1 + i:02d}T10:{i:02d}:00.250+01:00", "date *dates")
column("AM and PM", lambda i: f"12/{1 + i % 28}/24 {1 + i % 12}:05 {'AP'[i % 2]}M", "date *dates, month/day")
column("names of months", lambda i: f"{1 + i % 28} {['Jan', 'February', 'sept.'][i % 3]} 2024", "date *dates")
column("names first", lambda i: quoted(f"March {1 + i % 28}, 2024"), "date *dates")
column("months", lambda i: f"{2000 + i}-{1 + i % 12:02d}", "date *dates")
column("times", lambda i: f"{i % 24}:{i + 10}", "date *times of the day")
case("a word among dates", table(lambda i: "soon" if i == 25 else f"2024-01-{1 + i:02d}"), error="column 'v' has dates, but 'soon' in line 27")
case("dates in two notations", table(lambda i: f"2024-03-{1 + i:02d}" if i % 2 else f"{1 + i:02d}.03.2024"),
     {"v": "date *dates, day/month", **KIND})
case("a year in front does not say what 1/3 is", table(lambda i: f"2024-03-{1 + i % 28:02d}" if i % 2 else f"{1 + i % 12}/3/2024"),
     error="the dates of column 'v', such as '.*', may be day/month or month/day")
case("dates with slashes in two notations", table(lambda i: f"{13 + i % 15:02d}/{1 + i % 12:02d}/2024" if i % 3 else f"{1 + i % 12:02d}/{13 + i % 15:02d}/2024", rows=80),
     error="column 'v' has dates in several notations: '01/13/2024', '14/02/2024'", rows=80)
case("two of many dates contradict each other", table(lambda i: "13/01/2024" if i == 40 else "02/14/2024" if i == 60 else f"{1 + i * 5 % 12:02d}/{1 + i * 7 % 12:02d}/2024", rows=80),
     error="column 'v' has dates in several notations: '13/01/2024', '02/14/2024'", rows=80)
case("day numbers of a spreadsheet among dates", table(lambda i: f"{45292 + i}" if i % 2 else f"{1 + i % 28:02d}.{1 + i % 12:02d}.2024", rows=80),
     error="column 'v' has dates and numbers, such as '.*2024' and '45293'", rows=80)
case("dates with and without marks", table(lambda i: f"202403{1 + i % 28:02d}" if i % 3 else f"2024-{1 + i % 12:02d}-{1 + i % 28:02d}", rows=80),
     error="column 'v' has dates and numbers, such as '2024-01-01' and '20240302'", rows=80)
column("quarters", lambda i: f"{2000 + i // 4}Q{1 + i % 4}", "date *dates *time and cycles")
column("weeks", lambda i: f"{2000 + i // 52}-W{1 + i % 52:02d}", "date *dates *time and cycles")
case("a column for each quarter", "kind,2001Q1,2001Q2\n" + "".join(f"{'ab'[i % 2]},{i}.5,{i * 7 % 30}\n" for i in range(ROWS)),
     {"2001Q1": "number", "2001Q2": "number", **KIND})
case("a column for each month", "kind,2001-01,2001-02\n" + "".join(f"{'ab'[i % 2]},{i}.5,{i * 7 % 30}\n" for i in range(ROWS)),
     {"2001-01": "number", "2001-02": "number", **KIND})
case("dates and times", table(lambda i: f"2024-03-{1 + i:02d}" if i % 2 else f"10:{10 + i}"), error="column 'v' has dates in several notations")
case("a date as the target", table(lambda i: f"2024-03-{1 + i:02d}"), target="v", error="the target 'v' cannot be learned: dates")
case("sentences as the target", table(lambda i: f"it is the {i}th day"), target="v", error="the target 'v' cannot be learned: sentences")
case("measures as the target", table(lambda i: f"{i} cm"), target="v", error="the target 'v' cannot be learned: numbers with signs or units")
case("few dates as the target", table(lambda i: f"2024-03-{1 + i % 3:02d}"), {"v": "category *3 different words *learned: 3 classes", "x": "number"}, target="v")
case("a day that is none", table(lambda i: "2023-02-29" if i == 4 else f"2024-01-{1 + i:02d}"), error="'2023-02-29' in line 6")

# ---- encodings ----
words = table(lambda i: ["Z\u00fcrich", "K\u00f6ln", "Gen\u00e8ve"][i % 3])
letters = {"x": "number", "v": "category *3 different words", **KIND}
case("UTF-8", words, letters)
case("UTF-8 with a mark", b"\xef\xbb\xbf" + words.encode(), letters)
case("Latin-1", words.encode("latin-1"), letters, warns=["read as Windows-1252"])
case("Windows-1252", words.replace("K\u00f6ln", "5\u20ac").encode("cp1252"), letters, warns=["read as Windows-1252"])
case("Windows-1252, said", words.encode("cp1252"), letters, arguments=["encoding=windows-1252"])
case("UTF-16", words.encode("utf-16"), letters)
case("UTF-16, high byte first", b"\xfe\xff" + words.encode("utf-16-be"), letters)
case("UTF-16 without a mark", words.encode("utf-16-le"), error="zero byte")
case("UTF-16 without a mark, said", words.encode("utf-16-le"), letters, arguments=["encoding=utf-16le"])
case("UTF-16 cut off", words.encode("utf-16")[:-1], error="half a letter")
case("two encodings", words.encode() + "1.5,Gen\u00e8ve,a\n".encode("latin-1"), error="line 32: the bytes e8 76 are not valid UTF-8")
case("a zero byte", plain.replace("12", "1\0"), error="line 14: the file has a zero byte")
case("a zero byte within quotes", plain.replace(",12,", ',"1\0",'), error="line 14: the file has a zero byte")
case("names in Latin-1", "gr\u00f6\u00dfe,kind\n".encode("latin-1") + b"1,a\n2,b\n3,a\n5,b\n", {"gr\u00f6\u00dfe": "number", **KIND}, rows=4,
     warns=["Windows-1252"])

# ---- quotes ----
case("an open quote", plain.replace("28.5,4", '28.5,"4', 1), error='line .*quote that opens here is never closed')
stray = [line for line in table(lambda i: f"w{i % 3}", rows=200).split("\n")]
stray[10] = stray[10].replace("w", '"w')
stray[150] = stray[150].replace("w0", 'w0"').replace("w1", 'w1"').replace("w2", 'w2"')
case("two stray quotes", "\n".join(stray), error="line 11: a cell in quotes begins here and continues to line 151")
stray = [line for line in table(lambda i: f"w{i % 3}").split("\n")]
stray[10] = stray[10].replace("w", '"w')
stray[11] = stray[11].replace("w0", 'w0"').replace("w1", 'w1"').replace("w2", 'w2"')
case("two stray quotes in neighbours", "\n".join(stray), error="line 11: a cell in quotes begins here and continues to line 12")
case("text behind a quote", plain.replace("7.5,1", '7.5,"1"x', 1), error="line 3: there is text after a closing quote")
case("cells of several lines", table(lambda i: quoted(f"first\nsecond {i}")), {"x": "number", "v": "text|identifier", **KIND})
case("doubled quotes", table(lambda i: quoted(f'a ""{"xyz"[i % 3]}""')), letters)
case("quotes within words", table(lambda i: f'5" {"xyz"[i % 3]}'), letters)
case("quotes as letters", table(lambda i: f'"{"xyz"[i % 3]}'), letters, arguments=["quotes=false"])
case("all in quotes", "\n".join(",".join(quoted(c) for c in line.split(",")) for line in plain.split("\n")[:-1]), good)
case("delimiters within quotes", table(lambda i: quoted(f'{"xyz"[i % 3]},1')), letters)

# ---- before the header ----
case("title", "Sales 2024\n\n" + plain, good, warns=["line 1 is skipped.*'Sales 2024'"])
case("padded title", "Sales 2024,,\n,,\n" + plain, good, warns=["skipped.*'Sales 2024,"])
case("title of two cells", "Station,Berlin\nUnit,mm\n" + plain, good, warns=["lines 1 to 2 are skipped"])
case("title that is kept", "Sales 2024\n" + plain, error="line 2", arguments=["skip=0"], target="-1")
case("comments", "# made by hand\n# in May, and June\n" + plain, good)
case("comments within", "# made by hand\n" + plain.replace("7.5,1", "# no, not this one\n7.5,1", 1), good, warns=["1 line with #|2 lines with #"])
case("comments within alone", plain.replace("7.5,1", "# no\n7.5,1", 1), good, warns=["1 line with # .*the first is line 3"])
case("header in a comment", "# x v kind\n" + table(lambda i: str(i % 13), head=None, d=" "), good)
case("sep=", "sep=;\n" + plain.replace(",", ";"), good)
case("sep= of another sign", "sep=|\r\n" + plain.replace(",", "|").replace("\n", "\r\n"), good)
case("count", "30,2,one,two\n" + table(lambda i: str(i % 13), head=None), {"0": "number", "2": "category"}, target="2",
     warns=["it only gives the number of rows and columns"])
case("count alone", "30\n" + table(lambda i: str(i % 13), head=None), {"0": "number", "2": "category"}, target="2", warns=["line 1 is skipped"])
case("no header", table(lambda i: str(i % 13), head=None), {"0": "number", "1": "number", "2": "category"}, target="2")
case("numbers as names", plain.replace("x,v", "2023,2024", 1), {"2023": "number", "2024": "number", **KIND}, warns=["2 of them are numbers"])
case("names of rows", "x,v,kind\n" + "".join(f"r{i},{line}\n" for i, line in enumerate(plain.split("\n")[1:-1])),
     {"unnamed_0": "identifier", **good}, warns=["line 1 has one name less than the rows have cells"])
case("a delimiter in cells without quotes", "x,v,kind\n" + "".join(f"{i}.5,{line}\n" for i, line in enumerate(plain.split("\n")[1:-1])),
     error="line 1: the row has 3 cells, but the rows below have 4")
case("a header without the first name", "," + plain.replace("\n", "\n7,"). rstrip("7,") + "\n", {"unnamed_0": "", **good})
case("two columns of one name", plain.replace("x,v", "v,v", 1), error="columns 0 and 1 have the same name, 'v'")
case("names in other cases", plain.replace("x,v", "V,v", 1), {"V": "number", "v": "number", **KIND})
case("names without a letter", plain.replace("x,v", " ,", 1), {"unnamed_0": "number", "unnamed_1": "number", **KIND})
case("an empty name that is taken", plain.replace("x,v", "unnamed_1,", 1), error="the same name, 'unnamed_1'")
case("names with delimiters and quotes", plain.replace("x,v", '"x, ""y""",v', 1), {'x, "y"': "number", "v": "number", **KIND})
case("a target with a comma", plain.replace("kind", '"kind, of x"', 1), target='"kind, of x"', error="put a name that has a comma in two pairs of quotes: target=\"'kind, of x'\"")
case("a target with a comma, in quotes", plain.replace("kind", '"kind, of x"', 1), {"kind, of x": "category"}, target="'kind, of x'")
case("names of two lines", plain.replace("x,v", '"x\nof y",v', 1), {"v": "number", **KIND})
case("the target twice", plain.replace("x,v", "kind,v", 1), error="columns 0 and 2 have the same name, 'kind'")
case("a long name", plain.replace("x,v", "x" * 5000 + ",v", 1), {"v": "number", **KIND})
case("a name too many", plain.replace("kind", "kind,more", 1), error="line 1|line 2: the row has 3 cells, but the header has 4")
case("delimiters at the ends", plain.replace("\n", ",\n"), {"unnamed_3": "empty", **good})
case("delimiters at the ends of rows", plain.replace("\n", ",\n").replace("kind,", "kind", 1), {"unnamed_3": "empty", **good})

# ---- rows ----
case("a short row", plain.replace("7.5,1,b", "7.5,1", 1), error="line 3: the row has 2 cells, but the header has 3")
case("a long row", plain.replace("7.5,1,b", "7.5,1,b,c", 1), error="line 3: the row has 4 cells, but the header has 3")
case("a decimal comma too many", plain.replace("7.5,1,b", "7,5,1,b", 1), error="line 3: the row has 4 cells")
case("cut off", plain[:-3], error="line 31: the row has 2 cells")
case("many short rows", plain.replace(",b\n", "\n"), error="line 3: the row has 2 cells|line 2: the row")
case("rows of blanks within", plain.replace("7.5,1,b\n", " , , \n", 1), {"x": "number *numbers *1 ", **KIND}, rows=29,
     warns=["1 of 30 rows lacks? the target"])
case("blank lines of blanks", plain.replace("7.5,1,b\n", "   \n7.5,1,b\n", 1), good)
case("line ends mixed in every way", plain.replace("\n", "\r\n", 5).replace("a\n", "a\r", 4), good)
case("CR at the end alone", plain[:-1] + "\r", good)
case("quotes over CRLF", table(lambda i: quoted(f"{'xyz'[i % 3]}\r\nz")).replace("\n", "\r\n").replace("\r\r", "\r"), {"x": "number", "v": "category *3 different", **KIND})
case("a mark within", plain.replace("7.5,1,b", "\ufeff7.5,1,b", 1), error="column 'x' has numbers, but '.*7.5' in line 3")
case("an old end of file", plain + "\x1a", good, warns=["line 32 is skipped as a note"])
case("blank lines",  plain.replace("\n", "\n\n"), good)
case("CRLF", plain.replace("\n", "\r\n"), good)
case("CR", plain.replace("\n", "\r"), good)
case("line ends of all kinds", plain.replace("\n", "\r\n", 9).replace("b\n", "b\r", 4), good)
case("no line end at the end", plain[:-1], good)
case("empty rows at the end", plain + ",,\n,,\n\n", good, warns=["2 empty rows at the end are skipped"])
case("totals", plain + "Total,99,\n", good, warns=["line 32 is skipped, since it has the totals"])
case("totals of all shops", plain.replace("x,v", "v,x", 1) + "Grand total for all shops,99,\n", {"v": "number", **KIND}, warns=["line 32 is skipped, since it has the totals"])
case("a word that is no total", table(lambda i: "Total" if i % 5 == 0 else "part", head="v,x,kind").replace("v,x", "x,v"),
     {"v": "yes_no|category", **KIND})
case("notes", plain + "\nSource: the office\n(*) guessed\n", good, warns=["line 33 is skipped as a note .*'Source"])
note = lambda line, text: f"line {line} is skipped as a note after the table: '{text}'"
case("a padded note", plain + "Source: the office,,\n", good, warns=[note(32, "Source: the office")])
case("a padded note in another column", plain + ",* guessed,\n", good, warns=[note(32, r"\* guessed")])
case("a padded note that is no usual one", plain + "see below,,\n", good, warns=[note(32, "see below")])
case("padded notes below totals", plain + "Total,99,\n,,\nSource: the office,,\nas of May,,\n,,\n", good,
     warns=["line 32 is skipped, since it has the totals", note(34, "Source: the office"), note(35, "as of May"), "2 empty rows at the end are skipped"])
case("totals above an empty row", plain + "Total,99,\n,,\n", good, warns=["line 32 is skipped, since it has the totals", "1 empty row at the end is skipped"])
case("a balance", plain + "Kontostand,99,\n", good, warns=["line 32 is skipped, since it has the totals of the table: 'Kontostand'"])
for name in "customerId", "customerID", "customer id", "Customer-ID":
    case(f"an id: {name}", table(lambda i: str(1000 + i * 3), head=f"x,{name},kind"), {name: "identifier *its name is that of an id", **KIND})
for name in "paid", "PAID", "Covid":
    case(f"no id: {name}", table(lambda i: str(1000 + i * 3), head=f"x,{name},kind"), {name: "number", **KIND})
column("times with the name of a zone", lambda i: f"2024/01/{1 + i % 28:02d} {1 + i % 11}:30:00 AM MEZ", "date *dates")
column("times with the name of no zone", lambda i: f"2024/01/{1 + i % 28:02d} {1 + i % 11}:30:00 AM XYZ", "text|identifier|mixed|category")
case("a mark or nothing", table(lambda i: "x" if i % 3 else ""), {"v": "category *one word, or empty", **KIND})
case("only sentences", "t,kind\n" + "".join(f"it is the {i}th day of all,{'ab'[i % 2]}\n" for i in range(30)), error="none of the 2 columns can be used as an input")
case("two lines of totals", plain + "Subtotal,99,\nTotal,99,\n", good, warns=["line 32 is skipped, since it has the totals", "line 33 is skipped, since it has the totals"])
case("a mean at the end", plain + "Average,9,\n", good, warns=["line 32 is skipped, since it has the totals of the table: 'Average'"])
case("a padded note between the rows", plain.replace("7.5,1,b", "Source: x,,\n7.5,1,b", 1), error="column 'x' has numbers, but 'Source: x' in line 3")
words = table(lambda i: f"{'xyz'[i % 3]}", head="v,x,kind").replace("v,x", "x,v")
case("a row of a word at the end", "".join(",".join([line.split(",")[1], line.split(",")[0], line.split(",")[2]]) + "\n" for line in words.split("\n")[:-1]) + "w,,\n",
     {"v": "category *4 different words", "x": "number", **KIND}, rows=30, warns=["1 of 31 rows lack the target"])
case("the account above a table", "Account;DE12 3456;;;;\nFrom;1.1.2024;;;;\n;;;;;\na;b;c;d;e;kind\n"
     + "".join(f"{i};{i * 7 % 11};{i * 3 % 13};{i % 5};{i % 7};{'ab'[i % 2]}\n" for i in range(30)), {"b": "number", **KIND},
     warns=["lines 1 to 3 are skipped, since the table begins below: 'Account,"])
case("the header again", plain + plain, good, rows=2 * ROWS, warns=["line 32 and other lines are skipped, since the names.*header=false|line 32 is skipped, since the names.*header=false"])
case("targets missing", plain.replace("7.5,1,b", "7.5,1,", 1).replace("4.5,5,b", "4.5,5,NA", 1), good, rows=28,
     warns=["2 of 30 rows lack the target and are not used, the first in line 3; marks such as NA"])
case("no target at all", table(lambda i: str(i % 13)).replace(",a\n", ",\n").replace(",b\n", ",\n"), error="target 'kind' cannot be learned: no cell has a value")
case("empty", "", error="the file is empty")
case("only line ends", "\n\n\n", error="the file is empty")
case("only a header", "x,v,kind\n", error="no rows after the header")
case("one row", "x,v,kind\n1,2,a\n", error="always 'a'")

# ---- delimiters ----
for sign, d in {"tabs": "\t", "semicolons": ";", "pipes": "|", "blanks": " "}.items():
    case(sign, plain.replace(",", d), good)
case("blanks in columns", "\n".join("".join(f"{c:>8}" for c in line.split(",")) for line in plain.split("\n")[:-1]), good)
case("commas in a table of tabs", table(lambda i: f"{'xyz'[i % 3]}, {'uv'[i % 2]}", d="\t"), {"v": "category", **KIND})
case("one column", "kind\n" + "a\nb\n" * 15, error="the table has 1 column, so the target has no inputs")
case("another sign", plain.replace(",", "^"), good, arguments=["delimiter=^"])

# ---- large ----
case("many columns", ",".join(f"c{i}" for i in range(3000)) + ",kind\n"
     + "".join(",".join(str(i * k % 17) for k in range(3000)) + f",{'ab'[i % 2]}\n" for i in range(12)), {"c0": "constant", "c1 ... c16 (16 columns)": "number", **KIND}, rows=12)
case("10000 columns", ",".join(f"c{i}" for i in range(10000)) + ",kind\n"
     + "".join(",".join(str(i * k % 17) for k in range(10000)) + f",{'ab'[i % 2]}\n" for i in range(20)), {"c9997 ... c9999 (3 columns)": "number", **KIND}, rows=20)
case("a cell of 1 MB", table(lambda i: "x" * (1 << 20) if i == 3 else f"w{i % 3}"), {"v": "category", **KIND})
case("a cell of 1 MB in quotes", table(lambda i: quoted("a,\"\"\n" * (1 << 18)) if i == 3 else f"w{i % 3}"), {"v": "category", **KIND}, arguments=["quotes=true"])
case("a column of 1 MB numbers", table(lambda i: "1" + "0" * (1 << 20) if i == 3 else f"{i}.5"), error="column 'v' has numbers, but '1000")
case("too many columns", plain, error="line 1: the row has too many columns, the limit is 2", spec="max_columns=2")
case("a long cell", table(lambda i: "long " * 100000 if i == 3 else f"w{i % 3}"), {"v": "category", **KIND})
case("a line too long", table(lambda i: "long " * 100000 if i == 3 else f"w{i % 3}"), error="line 5: the row has too many bytes", spec="max_line=100000")
case("memory", plain, error="more than 1000 bytes of memory", spec="max_memory=1000")
case("larger than the memory", table(lambda i: str(i % 13), rows=2000), size=1 << 43,
     error="larger than memory=BYTES, and a temporary file in .* cannot be made")
case("bytes of any kind", bytes(range(256)) * 40, error="line|empty|column|quote")
case("a picture", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 4, error="zero byte")

case("two rows", "x,v,kind\n1,2,a\n2,3,b\n", {"kind": "category|yes_no|text|identifier"}, rows=2,
     warns=["only 2 rows: metrics of so few rows mean little"])
case("one column and words", "kind\n" + "a\n" * 30, error="always 'a'|can be used as an input")

# ---- JSON lines, gzip ----
objects = [{"x": i * 7 % 31 + .5, "v": i % 13, "kind": "ab"[i % 2]} for i in range(ROWS)]
lines = "".join(json.dumps(o) + "\n" for o in objects)
case("JSON lines", lines, good, file="t.jsonl")
case("JSON lines with gaps", "".join(json.dumps({k: v for k, v in o.items() if k != "v" or i % 4}) + "\n" for i, o in enumerate(objects)),
     {"x": "number", "v": "number *whole numbers *8 ", **KIND}, file="t.jsonl")
case("JSON null", lines.replace('"v": 3', '"v": null'), {"v": "number *whole numbers *3 ", **KIND}, file="t.jsonl")
case("JSON with a list", lines.replace('"v": 3', '"v": [3]', 1), error="line 4, column 'v': the cell is a list or an object", file="t.jsonl")
case("JSON that is wrong", lines.replace('"v": 3,', '"v": 3', 1), error="line 4", file="t.jsonl")
case("JSON of another kind", lines + "[1, 2]\n", error="line 31 is not a JSON object", file="t.jsonl")
case("JSON lines called .json", lines, good, file="t.json")
case("JSON array", json.dumps(objects), good, file="t.json")
case("JSON array of several lines", "\n" + json.dumps(objects, indent=2), good, file="t.json")
case("JSON array with braces in texts", json.dumps([dict(o, v="}\\" if i % 2 else '"{') for i, o in enumerate(objects)]), {"v": "yes_no", **KIND}, file="t.json")
case("JSON array with a list", json.dumps([dict(o, v=[3]) if i == 3 else o for i, o in enumerate(objects)], indent=1),
     error="line 17, column 'v': the cell is a list or an object", file="t.json")
case("JSON array that ends early", json.dumps(objects, indent=1)[:-20], error="has no end", file="t.json")
case("JSON array without an end", json.dumps(objects)[:-1], error="the array of objects has no end", file="t.json")
case("JSON array and more", json.dumps(objects) + "x", error="line 1 has text after the end of the array", file="t.json")
case("JSON array of numbers", "[1,\n2]", error="line 1 has an element that is not an object", file="t.json")
case("JSON array without elements", "[]", error="no rows", file="t.json")
case("JSON nested names", lines.replace('"v"', '"v.w"'), {"v.w": "number", **KIND}, file="t.jsonl")
case("JSON with the same name twice", lines.replace('"v": 3,', '"v": 3, "v": 4,', 1), error="line 4|duplicate", file="t.jsonl")
case("JSON of bools", "".join(json.dumps({**o, "v": i % 3 == 0}) + "\n" for i, o in enumerate(objects)), {"v": "yes_no", **KIND}, file="t.jsonl")
case("JSON with large numbers", "".join(json.dumps({**o, "v": 2 ** 53 + i * 977}) + "\n" for i, o in enumerate(objects)), {"v": "number|identifier", **KIND}, file="t.jsonl")
case("JSON with escapes", "".join(json.dumps({**o, "v": f"\u00fc\"{i % 3}"}) + "\n" for i, o in enumerate(objects)), letters, file="t.jsonl")
case("JSON, CRLF and blank lines", lines.replace("\n", "\r\n\r\n"), good, file="t.jsonl")
case("JSON cut off", lines[:-5], error="line 30", file="t.jsonl")
case("JSON with a zero", lines.replace('"kind": "a"', '"kind": "a\\u0000"', 1), error="line 1", file="t.jsonl")
case("gzip of two members", gzip.compress(plain[:100].encode()) + gzip.compress(plain[100:].encode()), good, file="t.csv.gz")
case("gzip without its name", gzip.compress(plain.encode()), good)
case("gzip and more", gzip.compress(plain.encode()) + b"junk", error="gzip", file="t.csv.gz")
case("gzip", gzip.compress(plain.encode()), good, file="t.csv.gz")
case("gzip cut off", gzip.compress(plain.encode())[:-9], error="gzip", file="t.csv.gz")
case("gzip of JSON", gzip.compress(lines.encode()), good, file="t.jsonl.gz")


def check(name, plummet, folder, show=False):
    c = CASES[name]
    path = f"{folder}/{c['file']}"
    with open(path, "wb") as f:
        f.write(c["content"])
        try:
            f.truncate(max(c["size"], len(c["content"])))
        except OSError:
            return True  # the system has no such files
    given = [path, f"target={c['target']}"]
    if c["spec"]:
        given = [f"{folder}/t.yaml"]
        with open(given[0], "w") as f:
            f.write(f"data: table('{path}', target={c['target']}, {c['spec']})\n")
    command = [plummet, "train", *given, "--dry-run", "test=none", "validation=none", *c["arguments"]]
    run = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=60,
                         env={**os.environ, "COLUMNS": "200"})  # a line for each column of the table
    if show:
        print(run.stdout, run.stderr, sep="\n")
    wrong = []
    if c["columns"] is None:
        if run.returncode not in (2, 3, 5) or not re.search("error: (.|\n)*(" + c["error"] + ")", run.stderr):
            wrong.append(f"ends with {run.returncode} without the error /{c['error']}/")
    else:
        if run.returncode != 0:
            wrong.append(f"ends with {run.returncode}")
        for column, pattern in c["columns"].items():
            if not re.search(rf"^{re.escape(column)} +({pattern})", run.stdout, re.M):
                wrong.append(f"column {column} is not /{pattern}/")
        if not re.search(rf"^{c['rows']} rows to train on", run.stdout, re.M):
            wrong.append(f"there are not {c['rows']} rows")
    for pattern in c["warns"]:
        if not re.search("warning: (?:.*cannot be used; its columns:\\n(?:.*\\n)*)?.*(" + pattern + ")", run.stderr):
            wrong.append(f"no warning /{pattern}/")
    if c["columns"] is not None and not c["warns"] and "warning" in run.stderr:
        wrong.append("it warns")
    if wrong:
        said = "\n".join("    " + line[:110] for line in (run.stderr + "\n" + run.stdout.partition("\n\n")[2]).split("\n")[:9])
        print(f"FAILED: {name}: " + "; ".join(wrong) + "\n" + said)
    return not wrong


def main():
    plummet, folder = sys.argv[1:3]
    if len(sys.argv) > 3:
        return not check(sys.argv[3], plummet, folder, show=True)
    failed = sum(not check(name, plummet, folder) for name in CASES)
    print(f"{len(CASES)} tables, {failed} failed")
    return failed > 0


sys.exit(main())
