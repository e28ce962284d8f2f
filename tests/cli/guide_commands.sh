#!/bin/sh
# Every command that README, the pages of the guide and `plummet help` print does what a newcomer expects: it ends well.
# Trainings are shortened: one epoch, a few made-up pictures in place of Fashion-MNIST. The pages first-run, data and exercises, whose
# figures are compared, are in guide.sh, four-problems in doctor_stories.sh; the programs of embedding.md in tests/install.
# Numbers are compared, too, but for times, on pages whose commands are not shortened; those of tables are in figures.py.
#
#   PLUMMET=build/release/plummet sh tests/cli/guide_commands.sh PAGE...    these pages alone
. tests/cli/common
unset PLUMMET

# ---- a made-up Fashion-MNIST of 400 pictures ----
pixels=$((400 * 28 * 28))
for set in fashion-mnist mnist; do
    mkdir -p data/$set
    for part in train t10k; do
        { printf '\000\000\010\003\000\000\001\220\000\000\000\034\000\000\000\034'
            awk -v n=$pixels 'BEGIN { for (i = 0; i < n; i++) printf "%c", 33 + (i * 7 + int(i / 784) * 13) % 90 }'; } \
            > data/$set/$part-images-idx3-ubyte
        { printf '\000\000\010\001\000\000\001\220'
            i=0
            while [ $i -lt 40 ]; do printf '\000\001\002\003\004\005\006\007\010\011'; i=$((i + 1)); done; } \
            > data/$set/$part-labels-idx1-ubyte
    done
done
export PLUMMET_DATA="$work/data"

# ---- the command, shortened ----
mkdir bin
cat > bin/plummet <<END
#!/bin/sh
case \${1-}:\$* in
train:*--resume* | train:*vanishing*--watch* | train:*animals.csv*) exec "$plummet" "\$@" ;;
train:* | pretrain:*)
    for word; do # a key that is given twice is an error
        shift
        case \$word in epochs=*) ;; *) set -- "\$@" "\$word" ;; esac
    done
    exec "$plummet" "\$@" epochs=1 ;;
plot:*--table*) ;; # the table of the page is compared
plot:"plot init"*--depth*) exec "$plummet" "\$@" --nets 1 ;;
plot:"plot init"*) exec "$plummet" "\$@" --nets 1 --depth 2,10 ;;
esac
exec "$plummet" "\$@"
END
chmod +x bin/plummet
PATH=$work/bin:$PATH

# folder NAME: what lies in the folder of the sources, and what the pages speak of
folder()
{
    mkdir -p "$work/$1" && cd "$work/$1" || exit 1
    cp -r "$root/examples" examples
    ln -s "$root/src" src
    find examples -name '*.yaml' | while read -r file; do
        sed -E -i.old 's/ \| (skip|take)\([0-9]+\)//g; s/^(frozen_epochs): .*/\1: 1/; s/autoencoder\(5, /autoencoder(1, /' "$file"
    done
}

# Not run, and why. A pattern of awk, a tab, the reason.
cat > skipped <<'END'
^\./(demo|check)	they install, build and test everything
^(sudo )?(make|cmake) 	the build: tests/install installs it
^cc digits\.c	tests/install builds the program of README
END

# run_all PAGE: each N.run of the folder ends with 0. What stands in N.want, but for times and figures of trainings that are
# shortened here, is printed.
mask()
{
    case $name in
    activations | doctor | initializers | judging | lr-find | tables | words)
        sed -E 's/[0-9.]+ m?s( |,|$)/T s\1/g; s/(% +)[0-9]+\.[0-9]+$/\1T/; s/ {2,}/  /g; s/ +$//' "$1"
        ;;
    *) sed -E 's/[-+]?[0-9]+(\.[0-9]+)?(e[-+]?[0-9]+)?/N/g; s/N epochs?/N epochs/; s/ {2,}/  /g; s/ +$//' "$1" ;;
    esac
}

run_all()
{
    step=0
    while [ "$step" -lt "$2" ]; do
        step=$((step + 1))
        line=$(grep -v '^#' $step.run | head -n 1)
        if awk -F '\t' -v line="$line" 'line ~ $1 { found = 1 } END { exit !found }' "$work/skipped"; then
            continue
        fi
        sed -i.old 's/ -n [0-9]* / -n 2 /' $step.run # compare: of two seeds
        COLUMNS=80 sh -e $step.run > $step.got 2>&1 < /dev/null
        code=$?
        grep -q '^plummet: error' $step.want || # an error that the page shows is compared below
            is "$1: $line" "$code $(grep -m 1 -A 2 '^plummet: error' $step.got)" '0 '
        mask $step.got > got
        mask $step.want | grep -Fvx -f got > missing
        is "$1: $line: output" "$(cat missing)" ''
        done=${done-}x
    done
}

# A block of sh is run as a whole, a console command by command; a block of text right below one of sh is what that prints.
take()
{
    awk '
        /^```/ && block == "" {
            block = substr($0, 4) == "" ? "other" : substr($0, 4)
            if (block == "text" && last == "sh") block = "printed"
            if (block == "sh") new()
            next
        }
        /^```/ { last = block; block = ""; next }
        block == "" && !/^$/ { last = "" }
        block == "sh" { print > (n ".run") }
        block == "console" && /^\$ / { new(); print substr($0, 3) > (n ".run"); next }
        (block == "console" || block == "printed") && !/^\.\.\.$/ && !/^$/ { print > (n ".want") }
        function new() { n++; printf "" > (n ".run"); printf "" > (n ".want") }
        END { print n + 0 }' "$1"
}

# ---- a reader types all pages in one folder: a table of the same name is the same on all pages ----
for page in "$root"/docs/guide/*.md; do
    awk '/^```/ { inside = $0 == "```sh"; next } !inside { next }
        /^(awk|printf) / { text = "" }
        { text = text $0 "\\n" }
        match($0, / > [a-z]*\.csv$/) { print substr($0, RSTART + 3) "\t" text; text = "" }' "$page"
done | sort -u > made
is 'tables of the guide' "$([ "$(wc -l < made)" -ge 15 ] && echo enough)" enough
is 'tables that pages make in two ways' "$(cut -f1 made | uniq -d)" ''

# ---- ... and a run gets a folder of its own: in a folder that holds a run, train stops with an error ----
grep -hE '^(\$ )?plummet (train|pretrain) ' "$root"/docs/guide/*.md "$root"/docs/guide/doctor/*.md | grep -o ' out=[^ ]*' > folders
is 'folders of the guide' "$([ "$(wc -l < folders)" -ge 30 ] && echo enough)" enough
is 'folders of two runs' "$(sort folders | uniq -d)" ''

# ---- the guide ----
for page in "$root"/docs/guide/*.md; do
    name=$(basename "$page" .md)
    case " ${*:-$name} " in *" $name "*) ;; *) continue ;; esac
    case $name in first-run | data | embedding | exercises | four-problems) continue ;; esac
    folder "$name"
    run_all "$name" "$(take "$page")"
done
[ $# -eq 0 ] || finish
name=
is 'commands of the guide' "$([ ${#done} -ge 18 ] && echo enough)" enough

# penguins: a table of words, numbers and gaps, and new rows of it
penguins()
{
    awk 'BEGIN { print "species,island,bill_length_mm,bill_depth_mm,flipper_length_mm,body_mass_g,sex"
        split("Adelie Chinstrap Gentoo", s, " "); split("Torgersen Dream Biscoe", i, " ")
        for (n = 0; n < 120; n++) { k = n * 7 % 3
            printf "%s,%s,%s,%.1f,%d,%d,%s\n", s[k + 1], i[1 + n * 5 % 3], n % 11 ? 38 + 5 * k + n % 7 : "",
                18 - k + n % 5 / 2, 185 + 12 * k + n % 9, 3500 + 700 * k + n * 13 % 200, n % 17 ? (n % 2 ? "male" : "female") : "" } }' > penguins.csv
    head -n 4 penguins.csv | cut -d, -f2- > new-penguins.csv
}

# ---- README: after the first run, whose run and table it names; a block is run line by line ----
folder readme
awk 'BEGIN { print "width,height,depth,fits"
    for (i = 0; i < 200; i++) printf "%d,%d,%d,%d\n", i % 90 + 5, i * 7 % 90 + 5, i * 13 % 90 + 5, i % 90 < 50 }' > boxes.csv
printf 'width,height,depth\n20,30,40\n' > new.csv
penguins
awk '/^```/ { inside = $0 == "```yaml" && !done; done = done || inside; next } inside' "$root/docs/guide/first-run.md" > boxes.yaml
plummet train boxes.yaml -q > made 2>&1 && plummet train examples/fashion-mnist.yaml -q >> made 2>&1
is 'README: the runs that it names' "$? $(ls runs)" "$(printf '0 boxes-0001\nfashion-mnist-0001')"
steps=0
awk '/^```/ { inside = $0 == "```sh"; next } inside' "$root/README.md" > lines
while read -r line; do
    steps=$((steps + 1))
    printf '%s\n' "$line" > $steps.run
    : > $steps.want
done < lines
run_all README $steps

# ---- the examples of the help ----
folder help
cp ../readme/boxes.csv iris.csv
printf 'data: digits | shuffle\ntest: split(0.2)\nmodel: [flatten, rescaling(1/16), dense(10), "dense(10, activation=softmax)"]\n' > net.yaml
printf "data: csv('new.csv', inputs=[size, age], target=price)\nmodel: [normalization, dense(1)]\n" > price.yaml
awk 'BEGIN { print "customer,size,age,price"; for (i = 0; i < 60; i++) printf "c%d,%d,%d,%d\n", i, i, i * 37 % 90, 3 * i + 1 }' > new.csv
gzip -k new.csv
cp examples/pretraining/few-labels.yaml few-labels.yaml
for n in 1 2 3; do
    plummet train price.yaml out=runs/net-000$n seed=$n -q > /dev/null 2>&1
done
awk 'BEGIN { print "age,education_num,workclass,income"; split("private state none", c, " ")
    for (i = 0; i < 120; i++) printf "%d,%d,%s,%s\n", 18 + i % 40, i % 16, c[1 + i % 3], (i % 16 > 9 ? ">50K" : "<=50K") }' > adult.csv
awk 'BEGIN { print "size,town,price"; for (i = 0; i < 60; i++) printf "%d,%s,%.1f\n", i, i % 2 ? "Ulm" : "Bonn", 3.5 * i }' > houses.csv
awk 'BEGIN { print "acid,sugar,quality"; for (i = 0; i < 90; i++) printf "%.2f,%.1f,%d\n", i * 7 % 90 / 30, i * 37 % 90 / 40, i % 3 }' > wine.csv
awk 'BEGIN { print "month,sales"; for (i = 0; i < 60; i++) printf "20%02d-%02d,%d\n", 10 + int(i / 12), 1 + i % 12, 50 + 3 * i + i * 5 % 12 }' > sales.csv
plummet train sales.csv target=sales lags=12 effort=quick epochs=2 -q > /dev/null 2>&1
plummet train digits doctor=true -q > /dev/null 2>&1
cp runs/net-0001/model.safetensors net.safetensors
steps=0
for verb in describe doctor evaluate help join lr-find plot pretrain summary train explain report predict init runs; do
    "$plummet" help $verb | awk '/^EXAMPLES/ { inside = 1; next } /^[A-Z]/ { inside = 0 } inside && /^  plummet|^  [a-z]+ .*plummet/' > lines
    is "help $verb: examples" "$([ -s lines ] && echo some)" some
    while read -r line; do
        case $line in
        *mnist\(test\)* | *task.yaml*) continue ;; # another net than net.yaml: the form is that of the lines before
        *'man -l'*) command -v man > /dev/null || continue ;;
        esac
        steps=$((steps + 1))
        printf '%s\n' "$line" > $steps.run
        : > $steps.want
    done < lines
done
run_all help $steps

# ---- commands within sentences, where they are whole ----
cat "$root/README.md" "$root"/docs/guide/*.md | tr '\n' ' ' | grep -o '`plummet [a-z-]* [^`]*`' | tr -d '`' | sort -u \
    | grep -v -e '[A-Z][A-Z]' -e '\.\.\.' -e '--resume$' > lines
is 'commands within sentences' "$([ "$(wc -l < lines)" -ge 8 ] && echo enough)" enough
steps=0
while read -r line; do
    steps=$((steps + 1))
    printf '%s\n' "$line" > $steps.run
    : > $steps.want
done < lines
run_all 'within sentences' $steps

# ---- C in pages other than embedding: pieces of a program ----
command -v cc > /dev/null || finish
for page in "$root"/README.md "$root"/docs/guide/*.md; do
    name=$(basename "$page" .md)
    [ "$name" != embedding ] || continue
    cd "$work" && rm -f piece.*
    awk '/^```/ { inside = $0 == "```c"; n += inside; next } inside { print > ("piece." n) }' "$page"
    for piece in piece.*; do
        [ -f "$piece" ] || continue
        if grep -q 'int main' "$piece"; then
            cp "$piece" program.c
        else
            { echo '#include <plummet.h>'; echo 'plm *w; plm_model *donor; plm_data *data; plm_view x[4], y[4], weights;'
                echo 'void piece(void);'; echo 'void piece(void)'; echo '{'; cat "$piece"; echo '}'; } > program.c
        fi
        cc -std=c11 -Wall -Wno-unused-result -Wno-unused-variable -fsyntax-only -I"$root/include" program.c > compiled 2>&1
        is "$name: C" "$? $(head -n 3 compiled)" '0 '
    done
done
finish
