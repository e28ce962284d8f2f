#!/bin/sh
# Every word that the doctor says of the runs in tests/findings, and in its other forms, held against doctor_texts.expected.
#
#   PLUMMET=build/release/plummet sh tests/cli/doctor_texts.sh --update    writes it anew: read the difference
. tests/cli/common
run doctor digits --data
[ "$code" -eq 0 ] || exit 77 # a build that reads no run files

# texts NAME: of the lines "found" of a finding
texts()
{
    while read -r word rest; do
        case $word in
        make) { eval "${rest#* } > ${rest%% *}"; } > /dev/null 2>&1 ;;
        found) eval "show doctor ${rest#* }" ;;
        esac
    done < "$root/tests/findings/$1.txt"
}

small='data=digits | take(200) | batch(20)'
deep='model=[rescaling(1/16), 12 * dense(20, activation=sigmoid), dense(10, activation=softmax)]'
{
    for file in "$root"/tests/findings/*.txt; do
        name=${file##*/}
        texts "${name%.txt}"
    done
    # ---- other forms ----
    printf 'a,b,y\n1,2,0\n2,1,1\n1,3,0\n4,1,1\n' > tiny.csv
    show doctor digits "$small" epochs=3
    show doctor digits "$small" --static
    show doctor digits "$small" --data
    show doctor digits "$small" --init
    show doctor digits "$small" --overfit-one-batch
    show doctor digits "$small" "$deep" --json epochs=20
    COLUMNS=50 show doctor digits "$small" "$deep" epochs=20
    show doctor digits "$small" "$deep" --fail-on warning --rules 'vanishing_gradient(warning=0.5)'
    show doctor digits "$small" --watch epochs=40
    # readings of a run that became not finite: the layer is named again
    tail -n 1 growing/readings.csv
    show doctor growing --json
    show doctor tiny.csv
    show doctor tiny.csv target=a --json
    show doctor tiny.csv target=c
    show doctor nowhere.csv
    show doctor nowhere.yaml
    show doctor digits model='[dense(8, activaton=relu), dense(10)]'
    show doctor digits --rules 'no_such_rule'
    show doctor digits --fail-on note
} > doctor_texts
matches "${1-}" doctor_texts
finish
