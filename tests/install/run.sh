#!/bin/sh
# run.sh pkgconfig|package|command|header|examples|page|readme|loader|uninstall: uses plummet as a stranger would, from an installed tree that
# was moved after it was installed. BUILD is the build folder, CC the compiler. Exit 77 = skipped.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
include=$here/../../include
work=$BUILD/tests/install-$1
rm -rf "$work"
mkdir -p "$work"

stage() {
    cmake --install "$BUILD" --prefix "$work/first" >"$work/install.log" || { cat "$work/install.log"; exit 1; }
    mv "$work/first" "$work/moved"
    pc=$(find "$work/moved" -name plummet.pc)
    [ -n "$pc" ] || { echo "no plummet.pc was installed"; exit 1; }
    PKG_CONFIG_PATH=$(dirname "$pc")
    export PKG_CONFIG_PATH
    LD_LIBRARY_PATH=$(dirname "$(dirname "$pc")")
    export LD_LIBRARY_PATH
}

pkgconfig() { command -v pkg-config >/dev/null || { echo "no pkg-config here"; exit 77; }; }

# build NAME: an example as its reader builds it, from what was installed alone
build() {
    # pkg-config writes its flags for a shell: a space in a path has a backslash before it
    eval "set -- \"\$1\" $(pkg-config --cflags --libs plummet)"
    name=$1
    shift
    # -lm only where the head of the program says so
    if grep -q -e "plummet) -lm -o $name" "$examples/$name.c"; then
        set -- "$@" -lm
    fi
    "${CC:-cc}" -std=c11 -Wall -Wextra -Werror "$examples/$name.c" "$@" -o "$work/$name"
}

# shows TEXT COMMAND...: a command that is to end well and print TEXT
shows() {
    text=$1
    shift
    "$@" >"$work/said" 2>&1 || { cat "$work/said"; echo "failed: $*"; exit 1; }
    grep -q -e "$text" "$work/said" || { cat "$work/said"; echo "not printed by $*: $text"; exit 1; }
}

# tools/NAME: a command of that name that prints TEXT; PATH begins with it
fake() {
    mkdir -p "$work/tools"
    printf '#!/bin/sh\n%s\n' "$2" >"$work/tools/$1"
    chmod +x "$work/tools/$1"
}

# prints TEXT...: what the installation into a folder with a space in its name ends with
prints() {
    cmake --install "$BUILD" --prefix "$place" >"$work/install.log"
    for text in "$@"; do
        grep -q -x -F -e "$text" "$work/install.log" || { tail -n 5 "$work/install.log"; echo "not printed: $text"; exit 1; }
    done
}

case $1 in
loader)
    pkgconfig
    [ "$(uname -s)" = Linux ] || { echo "no Linux here"; exit 77; }
    examples=$here/../../examples
    unset LD_LIBRARY_PATH PKG_CONFIG_PATH DESTDIR
    # A place that the loader does not search: what is printed is all that a user needs to set.
    place="$work/a place"
    cmake --install "$BUILD" --prefix "$place" >"$work/install.log"
    lib=$(dirname "$(find "$place" -name libplummet.so)")
    prints "The loader does not search $lib. Set this for programs that use the library:"
    grep '^    export ' "$work/install.log" >"$work/set.sh"
    (
        # shellcheck disable=SC1091 # written here
        . "$work/set.sh"
        build load_predict
        "$work/load_predict" none.safetensors 1 2>&1 | grep -q "none.safetensors"
    ) || { echo "the lines that the installation printed do not make a program run"; cat "$work/set.sh"; exit 1; }
    # A place that ldconfig reads: root runs it, others are told to have it run.
    fake ldconfig "[ \$# -eq 0 ] && exec touch '$work/ran'; echo '$lib: (from <builtin>:0)'"
    PATH=$work/tools:$PATH
    fake id 'echo 1000'
    prints "The loader does not find the library in $lib before root has run this:" "    ldconfig"
    [ ! -e "$work/ran" ] || { echo "ldconfig was run by another user than root"; exit 1; }
    fake id 'echo 0'
    prints "ldconfig was run: the loader finds the library in $lib"
    [ -e "$work/ran" ] || { echo "ldconfig was not run"; exit 1; }
    # A package that is being built changes nothing on this machine.
    rm "$work/ran"
    DESTDIR=$work/staged cmake --install "$BUILD" >"$work/install.log"
    [ ! -e "$work/ran" ] || { echo "ldconfig was run in spite of DESTDIR"; exit 1; }
    if tail -n 1 "$work/install.log" | grep -q -v '^-- '; then
        echo "an installation under DESTDIR speaks of the loader"
        exit 1
    fi
    # make hands a PREFIX with spaces on as one word.
    make -n -C "$here/../.." install PREFIX='/a b' | grep -q -e '--prefix "/a b"' || { echo "make splits PREFIX"; exit 1; }
    ;;
examples)
    pkgconfig
    stage
    examples=$(dirname "$(find "$work/moved" -name own_loop.c)")
    cd "$work"
    for program in "$examples"/*.c; do
        name=$(basename "$program" .c)
        build "$name"
        head -n 3 "$program" | tr '\n' ' ' | grep -q '^/\* .*\.' || { echo "$name.c does not begin with what it shows"; exit 1; }
    done
    shows 'test accuracy [01]\.[09]' ./train_arrays moons.safetensors
    shows '^0\.' ./load_predict moons.safetensors 0.5 0.25
    shows '^best accuracy 0\.9' ./own_loop
    shows '^model digits-run/model.safetensors' ./train_run_file
    ;;
page)
    pkgconfig
    for compiler in "${CC:-cc}" "${CXX:-c++}"; do
        command -v "$compiler" >/dev/null || { echo "no $compiler here"; exit 77; }
    done
    stage
    mkdir "$work/bin" "$work/page"
    ln -s "$(command -v "${CC:-cc}")" "$work/bin/cc"
    ln -s "$(command -v "${CXX:-c++}")" "$work/bin/c++"
    PATH=$work/bin:$PATH
    cd "$work/page"
    steps=$(awk -f "$here/page.awk" "$here/../../docs/guide/embedding.md")
    step=0
    while [ "$step" -lt "$steps" ]; do
        step=$((step + 1))
        sh "$step.run" >"$step.got" 2>&1 </dev/null || true
        diff "$step.want" "$step.got" && continue
        echo "docs/guide/embedding.md prints other than: $(cat "$step.run")"
        exit 1
    done
    [ "$step" -ge 9 ] || { echo "only $step commands were found in docs/guide/embedding.md"; exit 1; }
    ;;
readme)
    pkgconfig
    stage
    readme=$here/../../README.md
    mkdir "$work/bin"
    ln -s "$(command -v "${CC:-cc}")" "$work/bin/cc"
    PATH=$work/bin:$PATH
    cd "$work"
    awk '/^```/ { inside = $0 == "```c"; n += inside; next } inside { print > ("block." n) }' "$readme"
    cp "$(grep -l 'int main' block.*)" digits.c
    grep '^cc digits\.c ' "$readme" >build.sh || { echo "README does not say how its program is built"; exit 1; }
    sh -e build.sh
    printed=$(./digits)
    promised=$(sed -n 's|.*/\* \(accuracy [0-9.]*\) \*/.*|\1|p' digits.c)
    # the commands of the first screen, from a table to predictions, with the command that was installed
    PATH=$work/moved/bin:$PATH
    awk 'BEGIN { print "species,bill_length_mm,sex"; split("Adelie Chinstrap Gentoo", s, " ")
        for (n = 0; n < 90; n++) printf "%s,%s,%s\n", s[n % 3 + 1], n % 11 ? 38 + 5 * (n % 3) + n % 4 : "", n % 2 ? "male" : "female" }' >penguins.csv
    head -n 4 penguins.csv | cut -d, -f2- >new-penguins.csv
    awk '/^```/ { inside = $0 == "```sh" && !done; done = done || inside; next } inside && /^plummet / { sub(/ *#.*/, ""); print }' "$readme" >screen.sh
    [ "$(wc -l <screen.sh)" -eq 3 ] || { echo "README's first screen does not have three commands"; cat screen.sh; exit 1; }
    sed 's/^plummet train .*/& -q epochs=2/' screen.sh | sh -e >screen.out 2>&1 || { cat screen.out; exit 1; }
    grep -q '^class,probability_Adelie,probability_Chinstrap,probability_Gentoo$' screen.out || { cat screen.out; exit 1; }
    [ -n "$promised" ] && [ "$printed" = "$promised" ] || { echo "README promises '$promised', and it prints '$printed'"; exit 1; }
    ;;
pkgconfig)
    pkgconfig
    stage
    cp "$here/pkgconfig/Makefile" "$here/net.c" "$work"
    make -s -C "$work" CC="${CC:-cc}" net net-static
    "$work/net"
    "$work/net-static"
    ;;
package)
    stage
    cmake -S "$here/package" -B "$work/build" -D CMAKE_PREFIX_PATH="$work/moved" -D CMAKE_C_COMPILER="${CC:-cc}" \
        >"$work/configure.log" 2>&1 || { cat "$work/configure.log"; exit 1; }
    cmake --build "$work/build" >"$work/build.log" 2>&1 || { cat "$work/build.log"; exit 1; }
    "$work/build/net"
    "$work/build/net-static"
    # A program that asks for another minor version must be refused.
    if cmake -S "$here/package" -B "$work/other" -D CMAKE_PREFIX_PATH="$work/moved" -D version=0.99 \
        -D CMAKE_C_COMPILER="${CC:-cc}" >"$work/other.log" 2>&1; then
        echo "version 0.99 was accepted"
        exit 1
    fi
    ;;
command)
    stage
    found=$("$work/moved/bin/plummet" --version | head -n 1)
    said=$(pkg-config --modversion plummet)
    case $found in
    *"$said"*) ;;
    *) echo "plummet --version says '$found', plummet.pc '$said'"; exit 1 ;;
    esac
    if [ "$(find "$work/moved" -name 'plummet*.1' | wc -l)" -eq 0 ]; then
        echo "no man page was installed"
        exit 1
    fi
    ;;
uninstall)
    unset DESTDIR
    manage() { make -s -C "$here/../.." -o all BUILD="$BUILD" INSTALLED="$work/installed.txt" PREFIX="$work/a place" "$@"; }
    mkdir -p "$work/a place/bin"
    touch "$work/a place/bin/other"
    manage install >"$work/install.log"
    [ -e "$work/a place/bin/plummet" ] || { echo "nothing was installed"; exit 1; }
    manage uninstall >"$work/uninstall.log"
    left=$(find "$work/a place" ! -type d -o -name plummet)
    [ "$left" = "$work/a place/bin/other" ] || { echo "left behind: $left"; exit 1; }
    if manage uninstall >"$work/again.log" 2>&1; then
        echo "a second uninstall finds something to do"
        exit 1
    fi
    manage DESTDIR="$work/staged" install >"$work/install.log"
    manage DESTDIR="$work/staged" uninstall >"$work/uninstall.log"
    [ -z "$(find "$work/staged" -type f -o -type l)" ] || { echo "left behind below DESTDIR"; exit 1; }
    manage help | grep -q '^make uninstall '
    ;;
header)
    for language in c11 c++17; do
        case $language in
        c11) compiler=${CC:-cc} ending=c ;;
        *) compiler=${CXX:-g++} ending=cc ;;
        esac
        command -v "$compiler" >/dev/null || { echo "no $compiler here"; exit 77; }
        for header in plummet plummet_run; do
            echo "#include \"$header.h\"" >"$work/alone.$ending"
            "$compiler" -std=$language -pedantic -Wall -Wextra -Werror -I"$include" -c "$work/alone.$ending" \
                -o "$work/alone.o"
        done
    done
    "$compiler" -std=c++17 -Wall -Wextra -Werror -I"$include" "$here/net.cc" -o "$work/net" -L"$BUILD" -lplummet
    LD_LIBRARY_PATH=$BUILD "$work/net"
    ;;
esac
