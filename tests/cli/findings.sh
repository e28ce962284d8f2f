#!/bin/sh
# Every finding of the doctor has a run with the fault, in which it must be found, and a near miss, in which it must not
# be. They are in tests/findings/NAME.txt, a line each:
#   make FILE COMMAND          writes a file by a command of the shell
#   found LEVEL ARGUMENTS      plummet doctor ARGUMENTS finds it, at this level
#   says PATTERN               ... and says so, in a line of the text for the run above
#   none ARGUMENTS             plummet doctor ARGUMENTS does not find it
. tests/cli/common

# The level of finding $1 in the JSON of the doctor; empty = it is not there.
level_of()
{
    sed -n "s/.*\"code\":\"$1\",\"name\":\"[a-z_]*\",\"level\":\"\([a-z]*\)\".*/\1/p"
}

# check NAME CODE: all lines of its file
check()
{
    founds=0
    nones=0
    while read -r word rest; do
        wanted=
        case $word in
        make)
            eval "${rest#* } > ${rest%% *}"
            continue
            ;;
        found)
            wanted=${rest%% *}
            rest=${rest#* }
            founds=$((founds + 1))
            ;;
        says)
            eval "\"\$plummet\" doctor $above" > said 2> /dev/null
            has "$1: doctor $above" said "$rest"
            continue
            ;;
        none) nones=$((nones + 1)) ;;
        *) continue ;;
        esac
        above=$rest
        is "$1: doctor $rest" "$(eval "\"\$plummet\" doctor --json $rest" 2> /dev/null | level_of "$2")" "$wanted"
    done < "$root/tests/findings/$1.txt"
    [ $founds -gt 0 ] && [ $nones -gt 0 ] || fail "tests/findings/$1.txt needs a line found and a line none"
}

run doctor digits --data
[ "$code" -eq 0 ] || exit 77 # a build that reads no run files

# A table is examined as it is, one of words by the types of its columns.
printf 'size,town,price\n1,Bonn,9.5\n2,Ulm,8.25\n3,Bonn,7\n4,Ulm,2\n' > homes.csv
run doctor homes.csv target=price
has 'a table with words' "$out" 'homes.csv: 4 rows of [0-9]* numbers$'
run doctor homes.csv target=town
has 'words as classes' "$out" 'homes.csv: 4 rows of [0-9]* numbers, 2 classes$'
cp homes.csv HOMES.CSV
run doctor HOMES.CSV target=-1
has 'a table by its ending, a target by its number' "$out" 'HOMES.CSV: 4 rows of [0-9]* numbers$'
run doctor homes.csv target=price lags=1 columns='town=drop' delimiter=comma effort=quick
has 'a table as train reads it' "$out" 'homes.csv: 3 rows of [0-9]* numbers$'
awk 'BEGIN { OFS = ","; print "size,town,price"; for (i = 0; i < 200; i++) print i % 37, i % 3 ? "Bonn" : "Ulm", i % 37 * i % 11 }' > many.csv
run doctor many.csv target=price optimizer='adam(10)' --init
has 'a table with a key of the net' "$out" 'many.csv: 200 rows of [0-9]* numbers; [0-9]* layers'
has 'the net of a table' "$out" 'S305'
run doctor many.csv target=price optimizer='adam(10)' --data
lacks 'only the rows of a table' "$out" 'S305'
run doctor homes.csv skip=1 header=false
has 'its last column is the target' "$out" 'homes.csv: 4 rows of [0-9]* numbers$'
awk 'BEGIN { OFS = ","; print "a,b,y"; for (i = 0; i < 700; i++) { a = i * 7 % 401 / 200 - 1; print a, i * 11 % 397 / 200 - 1, int(17 * (a + 1) + 3) } }' > counts.csv
run doctor counts.csv target=y
has 'whole numbers that are no classes' "$out" 'counts.csv: 700 rows of 2 numbers$'
has 'evidence is broken at a blank' "$out" 'equal in [0-9.]* % of the$'
has 'evidence is broken at a blank' "$out" '^  |    rows$'
run doctor homes.csv target=price lagz=1
is 'an unknown key' "$code" 2
has 'an unknown key' "$err" 'lags'
run doctor homes.csv target=price lags=9
has 'too many lags' "$out" 'too few for lags=9'
printf '1,2\n3\n' > broken.csv
run doctor digits --static model='[rescaling(1/16), dense(50, activation=relu), dropout(0.9), dense(10, activation=softmax)]'
has 'a value by its position' "$out" "help: model.2='dropout(0.3)'"
run doctor broken.csv target=1
has 'refused' "$out" '1 error, 0 warnings, 0 notes; the parts after this error could not be examined'
printf 'a,b,c,y\n' > flat.csv
awk 'BEGIN { OFS = ","; for (i = 0; i < 60; i++) print 3, i % 5, i % 7, i % 2 }' >> flat.csv
printf 'data: csv(flat.csv, target=y) | shuffle | batch(8)\nmodel: [dense(1, activation=sigmoid)]\n' > flat.yaml
run doctor flat.yaml --static
has 'columns to keep, to paste' "$out" "data='csv(flat.csv, target=y, inputs=\[b, c\]) | shuffle | batch(8)'"
run doctor flat.yaml --static data='csv(flat.csv, target=y, inputs=[b, c]) | shuffle | batch(8)'
lacks 'pasted' "$out" 'D204'
run doctor digits --init model='[rescaling(1/16), 20 * dense(50, activation=relu, kernel_initializer=zeros), dense(10, activation=softmax)]'
has 'all layers with the fault' "$out" 'all units of dense to dense_19 begin'
run doctor digits optimizer='sgd(1e9)'
has 'a consequence below its cause' "$out" '  = so G110: '
has 'the usual rate instead of an absurd one' "$out" "^help: optimizer='sgd(learning_rate=0.01)'"
run doctor digits --rules 'dead_units, rate_too_high(warning=1e30, error=1e31, growth=1e30)' optimizer='sgd(3, momentum=0.9)'
lacks 'another threshold' "$out" 'S305'
run doctor digits --rules 'no_such_rule'
has 'an unknown rule' "$err" "unknown finding 'no_such_rule'"
for name in $("$plummet" describe finding | sed -n 's/^\([a-z_]*\) .*/\1/p'); do
    number=$("$plummet" describe finding "$name" | sed -n '1s/.*(also \([DGSO][0-9]*\)).*/\1/p')
    [ -n "$number" ] || fail "$name has no code"
    [ -f "$root/tests/findings/$name.txt" ] || { fail "tests/findings/$name.txt is missing"; continue; }
    check "$name" "$number"
done
finish
