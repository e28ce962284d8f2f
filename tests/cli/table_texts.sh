#!/bin/sh
# Every word about the columns of a table, for tables of each kind: types, notations, gaps, headers, series, and what is
# refused. Held against table_texts.expected.
#
#   PLUMMET=build/release/plummet sh tests/cli/table_texts.sh --update    writes it anew: read the difference
. tests/cli/common
run doctor digits --data
[ "$code" -eq 0 ] || exit 77 # a build that reads no run files

# columns: of what train --dry-run prints, messages and the report of the columns
columns()
{
    awk '/^(# |data:)/ { skip = 1 } /^column / { skip = 0 } /^Layer / { skip = 2 } !skip || /^(exit|input)/ { print }'
}

# tells ARGUMENTS: train --dry-run prints this of the columns
tells()
{
    show train "$@" --dry-run | columns
}

# column WORDS: a table of 24 rows whose column x repeats these words, by their number; its columns as train reports them
column()
{
    awk -v words="$1" -v extra="${2-}" 'BEGIN {
        n = split(words, word, "|"); print "x,y"
        for (i = 0; i < 24; i++) print word[1 + i % n] "," i * 7 % 5
        if (extra != "") print extra ",1" }' > x.csv
    echo "# x: $1 ${2-}"
    shift
    [ $# -eq 0 ] || shift
    "$plummet" train x.csv target=y test=none --dry-run "$@" < /dev/null 2>&1 | columns
}

# rows NAME LINE...: a table of these lines
rows()
{
    name=$1
    shift
    printf '%s\n' "$@" > "$name"
}

{
    # ---- words, numbers, dates and their notations ----
    column '1|2|3'
    column '1.5|-2|+3e2|.5|4.'
    column '1,5|2,25'
    column '"1,5"|"2,25"|"1000,75"'
    column '"1,234"|"5,678"|"12,345,678"'
    column '"1.234,5"|"5.678,25"|"1.000,00"'
    column "1'234|5'678|12'345'678"
    column '1 234|5 678|12 345'
    column '$1|$2.50|$3'
    column '1 EUR|2 EUR|3 EUR'
    column '$1|€2|$3'
    column '1%|2%|50 %'
    column '1%|2|50%'
    column '(1)|2|(3.5)'
    column '1-|2-|3'
    column '5 kg|6 kg|7 kg'
    column '<5|>6|7'
    column '1:30|2:45|12:05'
    column '1:30:05|0:45:10|100:00:00'
    column '0x1f|0x2a|0x3b'
    column '1e400|2|3'
    column 'inf|2|-inf'
    column '1e39|2|3'
    column '007|012|099'
    column '007|012|7'
    column '00001|00002|00003|00004|00005|00006|00007|00008|00009|00010|00011|00012|00013|00014|00015|00016|00017|00018|00019|00020|00021|00022|00023|00024'
    column '1000001|1000002|1000003|1000004|1000005|1000006|1000007|1000008|1000009|1000010|1000011|1000012'
    column '2024-01-31|2023-12-01|2022-06-15'
    column '31.1.2024|1.12.2023|15.6.2022'
    column '1/31/2024|12/1/2023|2/3/2022'
    column '31/1/2024|1/12/2023|2/3/2022'
    column '1/2/2024|3/4/2023|5/6/2022'
    column '1/31/2024|31/1/2024|1/2/2024'
    column '2024-01-31|31.1.2024|1.2.2024'
    column '01/2024|12/2023|7/2022'
    column '01-2024|12-2023|7-2022'
    column '2024/01|2023/12|2022/7'
    column '2024-01/31|2023-12/01|2022-07/15'
    column '31.01/2024|01.12/2023|15.07/2022'
    column '2024-01 10:30|2023-12 23:59|2022-07 00:00'
    column 'Jan-24|Dec-23|Jul-98'
    column '2024 Jan|2023-Dec|Jul 2022'
    column '13/2024|12/2023|7/2022'
    column '01.2024|12.2023|07.2022'
    column '202401|202312|202207' '' columns=x=date
    column '20240131|20231201|20220615' '' columns=x=date
    column '202401|202313|202207' '' columns=x=date
    column '2024-01-31 10:30|2024-02-01 23:59:59|2024-05-31 00:00'
    column '2024-01-31T10:30:00Z|2024-02-01T00:00:00+02:00|2024-02-01T00:00:00-05:30'
    column '2024-01-31 10:30|2024-02-01|2024-03-01 11:00'
    column '5 Jan 2024|17 Mar 2023|2 December 2022'
    column 'Jan 5 2024|March 17 2023|May 1, 2022'
    column 'Jan 2024|Feb 2024|Dec 2025'
    column '2024-02-30|2024-01-01|2024-03-01'
    column '2024Q1|2024Q2|2024Q3'
    column '2024-W05|2024-W06|2023-W53'
    column '2024-01|2024-02|2024-12'
    column '20240131|20240201|20231231'
    column '0000-00-00|2024-01-01|2024-02-01'
    column 'yes|no'
    column 'Yes|yes|NO|no'
    column 'true|false|True'
    column 'y|n'
    column '0|1'
    column 'yes|no|'
    column 'Berlin|berlin|Ulm'
    column 'red|red |blue'
    column 'NA|a|b'
    column 'NA|1|2'
    column 'n/a|-|?|1|2'
    column 'none|null|nan|3'
    column '|1|2'
    column '||1'
    column ''
    column 'a'
    column '5'
    column 'a|b|3'
    column '1|2|3' 'many'
    column '1|2|3' '4x'
    column '1|2|3' '1,5'
    column 'a|b|c' '7'
    column 'one line|"two
lines"|three'
    column 'a;b|b;c|a'
    column 'ä|ö|ü'
    column 'this is a long word that is cut somewhere in the report of the columns|another long word of the column, which is cut'
    column 'a1|a2|a3|a4|a5|a6|a7|a8|a9|a10|a11|a12|a13|a14|a15|a16|a17|a18|a19|a20|a21|a22|a23|a24'
    # ---- types that are given ----
    for type in number category words date labels id drop min_max log quantile mean decimal_comma decimal_point dmy mdy ymd colour; do
        column '1|2|3' '' columns="x=$type"
        column 'a|NA|b' '' columns="x=$type"
    done
    column '"1,5"|"2,5"|"3"' '' columns=x=decimal_comma
    column '1/2/2024|3/4/2023|5/6/2022' '' columns=x=dmy
    column '1/2/2024|3/4/2023|5/6/2022' '' columns=x=mdy
    column '1|2|3' '' columns=z=drop
    column '1|2|3' '' columns=x
    column '1|2|3' '' columns='x=number, x=drop'
    column '1|2|3' '' columns='y=category'
    column 'a|b|c|d' '' embed=2
    column 'a|b|c|d' '' embed=4
    # ---- headers, lines, signs between cells ----
    rows t.csv 1,2 3,4 5,6 7,8 9,10 11,12
    tells t.csv target=1
    tells t.csv target=-1 header=true
    tells t.csv target=2
    rows t.csv 'a;b;c' '1;2;3' '4;5;6' '7;8;9' '1;1;2' '2;3;4' '5;6;7'
    tells t.csv target=c
    tells t.csv target=c delimiter=comma
    rows t.csv 'Report of 2024' '' 'a,b' 1,2 2,3 3,4 4,5 5,6 6,7
    tells t.csv target=b
    tells t.csv target=b skip=0
    rows t.csv 'a,a,b' 1,2,3 2,3,4 3,4,5 4,5,6
    tells t.csv target=b
    rows t.csv 'a,,b' 1,2,3 2,3,4 3,4,5 4,5,6
    tells t.csv target=b
    rows t.csv 'a,b' 1,2 3 4,5 6,7
    tells t.csv target=b
    rows t.csv 'a,b' 1,2 3,4,5 4,5 6,7
    tells t.csv target=b
    rows t.csv 'a,b' 1,2 '3,"4' 4,5
    tells t.csv target=b
    rows t.csv 'a,b' '# a comment' 1,2 3,4 4,5 6,7
    tells t.csv target=b
    tells t.csv target=b comments=true
    rows t.csv 'a,b'
    tells t.csv target=b
    rows t.csv 'a,b' 1,2
    tells t.csv target=b
    rows t.csv 'a,b' 1,2 2,3 3,4
    tells t.csv target=b
    : > t.csv
    tells t.csv target=b
    rows t.csv 'a,b' 1,x 2,x 3,x 4,x 5,x
    tells t.csv target=b
    rows t.csv 'a,b' 1,x 2,y 3, 4,x 5,y
    tells t.csv target=b
    rows t.csv 'a,b' 1,1.5 2,2.5 3, 4,3.5 5,4
    tells t.csv target=b
    rows t.csv 'a,b,w' 1,x,1 2,y,2 3,x,0.5 4,x,1 5,y,1 6,y,2
    tells t.csv target=b weight=w
    tells t.csv target=b weight=b
    tells t.csv target=b weight=v
    tells t.csv target=b group=b
    tells t.csv target=b group=w
    tells t.csv target=B
    tells t.csv target=9
    rows t.csv 'a,b,w' 1,x,1 2,y,-2 3,x,0.5 4,x,1 5,y,1 6,y,2
    tells t.csv target=b weight=w
    rows t.csv 'a,b,w' 1,x,-1 2,y,2 3,x,0.5 4,x,1 5,y,1 6,y,2
    tells t.csv target=b weight=w
    rows t.csv 'a,b' 1,red\;big 2,big 3, 4,red 5,red\;small 6,small\;big
    tells t.csv target=b
    tells t.csv target=b columns=b=labels
    tells t.csv target=a columns=b=labels
    # ---- series ----
    rows t.csv 'day,v' 2024-01-01,1 2024-01-02,2 2024-01-03,4 2024-01-05,3 2024-01-04,5 2024-01-06,6 2024-01-07,8 2024-01-08,7 \
        2024-01-09,9 2024-01-10,3
    tells t.csv target=v lags=2
    tells t.csv target=v windows=2
    tells t.csv target=v lags=2 windows=2
    tells t.csv target=v lags=0
    tells t.csv target=v lags=20
    tells t.csv target=day lags=2
    tells t.csv target=v lags=2 order=w
    tells t.csv target=v order=day
    rows t.csv 'year,shop,n,v' 2001,a,1,5 2002,a,2,6 2003,a,3,7 2004,a,4,6 2005,a,4,8 2006,a,5,9 2001,b,1,5 2002,b,2,6 2003,b,3,7 \
        2004,b,4,6 2005,b,4,8 2006,b,5,9 2003,c,1,1
    tells t.csv target=v lags=2 group=shop
    tells t.csv target=v windows=2 group=shop
    tells t.csv target=v lags=2
    tells t.csv target=v lags=2 order=n group=shop
    tells t.csv target=v lags=2 order=shop
    tells t.csv target=v lags=2 group=year
} > table_texts
matches "${1-}" table_texts
finish
