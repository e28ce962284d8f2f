#!/bin/sh
# pictures: every number of charts, tables and pictures, held against pictures.expected; PNG against SVG, dot by dot;
# the limits of what plot takes, on either side.
#
#   PLUMMET=build/release/plummet sh tests/cli/pictures.sh --update    writes pictures.expected anew: read the difference
. tests/cli/common
export LC_ALL=C

# figures ARGUMENTS: the same without the words, which are not the matter here
figures() { show "$@" | sed 's/[A-Za-z]\{3,\}/~/g'; }

# drawn ARGUMENTS: the same for the picture
drawn()
{
    "$plummet" "$@" -o drawn.svg > "$out" 2>&1 < /dev/null || echo "exit $?"
    echo "\$ plummet $* -o drawn.svg"
    cat drawn.svg
    rm drawn.svg
    echo
}

{ echo x,y; i=0; while [ $i -lt 32 ]; do echo 1,0; echo -1,0; i=$((i + 1)); done; } > square.csv
cat > square.yaml <<'END'
data: csv('square.csv') | batch(64)
model: [dense(1, use_bias=false, kernel_initializer=ones)]
optimizer: sgd
loss: mse
END
cat > net.yaml <<'END'
data: digits | take(64) | batch(16)
validation: digits | skip(1740)
model: [rescaling(1/16), dense(12, activation=relu), dense(9, name='a "b", c'), dense(10, activation=softmax)]
optimizer: sgd(0.3)
metrics: [accuracy]
doctor: true
END
run train net.yaml epochs=6 out=one -q
run train net.yaml epochs=3 out=two -q optimizer='sgd(1.5, momentum=0.9)'
run train net.yaml epochs=2 out=third -q validation=none metrics='[]' optimizer='sgd(exponential_decay(0.3, 2, 0.5))'

{
    # ---- letters, braille, narrow and wide terminals ----
    show plot activation tanh elu 'relu(max_value=2)'
    show plot activation linear leaky_relu --from 0.5 --to 0.625
    COLUMNS=50 show plot activation relu linear --from -100 --to 100
    LC_ALL=C.UTF-8 show plot activation gelu
    LC_ALL=de_DE.utf8 COLUMNS=24 show plot activation softsign --from 1 --to 3
    # ---- tables of variances ----
    few="random_normal(stddev=1), zeros, he_normal, random_uniform(-0.3, 0.3)"
    table="^Variance|outputs going"
    show plot init --activation tanh,relu --initializer "$few" --depth 2,9,40,170 --width 20 --nets 4 --table | grep -Ev "$table"
    show plot init --activation 'elu(alpha=0.5)' --initializer "$few" --depth 3 --width 7 --nets 1 --seed 0 --table | grep -Ev "$table"
    show plot init --activation selu,sigmoid --initializer "$few" --depth 1,6 --width 12 --nets 3 --json
    # ---- a range test, trials ----
    figures lr-find square.yaml --from 1e-3 --to 10 --steps 60
    figures lr-find square.yaml --from 1e-3 --to 10 --steps 60 --try --try-steps 10
    show lr-find square.yaml --from 0.02 --to 0.5 --steps 11 --json
    show lr-find square.yaml --steps 23 --try --try-steps 12 --json optimizer='sgd(cosine_decay(0.1, 5))'
    # ---- pictures ----
    drawn plot activation relu 'leaky_relu(negative_slope=0.3)' linear elu
    drawn plot activation 'elu(alpha=2)' --from -0.3 --to 99
    drawn plot init --activation tanh,relu --initializer "$few" --depth 2,9,40 --width 20 --nets 1
    drawn plot init --activation relu --initializer "zeros, he_normal" --depth 12 --width 20,10 --nets 1 --dark
    drawn lr-find square.yaml --from 1e-3 --to 10 --steps 60
    drawn lr-find square.yaml --from 0.02 --to 0.5 --steps 11
    # ---- of runs ----
    show plot history one
    show plot history two one third
    show plot history third
    drawn plot history one
    drawn plot history one two third --dark
    show plot doctor one
    show plot doctor two update
    show plot doctor two dead
    drawn plot doctor two dead
    # ---- schedules, weights, samples ----
    show plot schedule 'warmup(5, exponential_decay(0.1, 10, 0.5))' 'cosine_decay(0.05, all)' 0.02 --epochs 3 --steps 10
    drawn plot schedule 'piecewise_constant_decay([7, 12], [0.1, 0.05, 0.01])' --epochs 2 --steps 10
    show plot initializer glorot_uniform --fan 30,10
    show plot initializer he_normal zeros 'random_normal(stddev=0.05)'
    drawn plot initializer 'truncated_normal(stddev=0.1)' --fan 20,4
    show plot samples digits --count 11
    drawn plot samples digits --count 3
} > pictures
matches "${1-}" pictures

# ---- a PNG shows what the SVG shows ----
if "$plummet" --version | grep -q 'pictures .*svg png' && command -v python3 > /dev/null; then
    for what in 'plot activation relu linear' 'lr-find square.yaml --from 1e-3 --to 10 --steps 60'; do
        # shellcheck disable=SC2086 # words
        run $what -o one.svg
        # shellcheck disable=SC2086 # words
        run $what -o one.png
        python3 "$root/tests/cli/pictures.py" one.svg one.png > report 2>&1
        is "$what: PNG and SVG" "$? $(cat report)" '0 '
    done
else
    echo 'PNG: not tried, no cairo or no python3'
fi

# ---- an SVG follows its viewer: with its dark colours it is what --dark draws, and a page that prefers light sees no change ----
for what in 'plot activation sigmoid' 'plot init --activation tanh,relu --initializer he_normal,zeros --depth 2,9 --nets 1 --width 20' \
    'plot samples digits' 'plot initializer he_normal'; do
    # shellcheck disable=SC2086 # words
    run $what -o both.svg
    # shellcheck disable=SC2086 # words
    "$plummet" $what --dark -o dark.svg > "$out" 2>&1 < /dev/null
    sed -E '/^<style>/d; s/fill="[^"]*" stroke="[^"]*" style="--f:([^;]*);--s:([^"]*)"/fill="\1" stroke="\2"/
        s/fill="[^"]*" style="--f:([^"]*)"/fill="\1"/; s/stroke="[^"]*" style="--s:([^"]*)"/stroke="\1"/' both.svg > seen
    is "$what: the dark colours of an SVG" "$(cmp seen dark.svg 2>&1)" ''
    is "$what: the rule that takes them" "$(grep -c 'prefers-color-scheme:dark' both.svg) $(grep -c style dark.svg)" '1 0'
done

# ---- limits: the last number that is taken, the first that is not ----
limit() # CODE ARGUMENTS...
{
    wanted=$1
    shift
    run plot "$@"
    is "plot $*" "$code" "$wanted"
}
small='--activation relu --initializer he_normal'
for words in '0 --width 2 --nets 1 --depth 1' '2 --width 1 --nets 1 --depth 1' '0 --width 512 --nets 1 --depth 1' \
    '2 --width 513 --nets 1 --depth 1' '2 --nets 0 --depth 1' '0 --nets 99 --width 2 --depth 1' '2 --nets 100 --depth 1' \
    '0 --depth 200 --width 2 --nets 1' '2 --depth 201 --width 2 --nets 1' '2 --depth 0 --nets 1' '2 --depth 3,3 --nets 1' \
    '0 --depth 1,2,3,4 --nets 1 --width 2' '2 --depth 1,2,3,4,5 --nets 1 --width 2' '0 --seed 1000000000 --depth 1 --nets 1' \
    '2 --seed 1000000001 --depth 1 --nets 1' '2 --seed -1 --depth 1 --nets 1'; do
    # shellcheck disable=SC2086 # words
    limit ${words%% *} init $small ${words#* }
done
kinds=zeros
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23; do kinds=$kinds,ones; done
limit 0 init --activation relu --initializer $kinds --depth 1 --nets 1 --width 2
limit 2 init --activation relu --initializer $kinds,ones --depth 1 --nets 1 --width 2
for rate in 0 -1 inf nan x '' 1e-400; do
    run lr-find square.yaml --from "$rate"
    is "lr-find --from '$rate'" "$code" 2
    has "lr-find --from '$rate'" "$err" 'where: --from'
    run lr-find square.yaml --to "$rate"
    is "lr-find --to '$rate'" "$code" 2
    has "lr-find --to '$rate'" "$err" "a learning rate cannot be '$rate'"
done
limit 0 activation relu --from -100 --to 100
limit 2 activation relu --from -100.01
limit 2 activation relu --to 100.01
limit 0 activation relu --from 0 --to 0.1
limit 2 activation relu --from 0 --to 0.0999
limit 0 activation relu elu selu tanh gelu silu mish
limit 2 activation relu elu selu tanh gelu silu mish celu
finish
