#!/bin/sh
# What was measured on this machine is kept in the cache folder; the model does not depend on it, and
# a file that is damaged or cannot be written is no error.
set -eu
cd "$BUILD"
rm -rf tuning && mkdir tuning && cd tuning
train() {
    "$PLUMMET" train digits epochs=1 "data=digits | batch(128)" out=run overwrite=true --quiet >out 2>err
    [ ! -s err ]
}
export XDG_CACHE_HOME="$PWD/cache"
file=cache/plummet/tuning
train && cp run/model.safetensors first
if [ -e "$file" ]; then # this machine's kernels can pack, so they were measured
    grep -q ': packing=\(yes\|no\)\( roots=\(yes\|no\)\)\{0,1\}$' "$file"
    for choice in yes no; do
        sed "s/=yes\|=no/=$choice/g" "$file" >forced && cp forced "$file"
        train && cmp run/model.safetensors first
        cmp "$file" forced # it was taken: nothing was measured again
    done
    printf 'rubbish\n' >"$file"
    train && grep -q ': packing=' "$file"
fi
for text in 'x: packing=yes' 'packing=' '' 'no line end: packing=yes\c'; do
    mkdir -p cache/plummet && printf '%b\n' "$text" >"$file"
    train && cmp run/model.safetensors first
done
rm -rf cache && : >cache # a file where the folder should be
train && cmp run/model.safetensors first
XDG_CACHE_HOME=relative HOME='' train && [ ! -e relative ]
