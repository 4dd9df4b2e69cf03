# shellcheck shell=sh
# What the scripts share: one .venv, made from a lock in requirements/. They source this file in the repository's root.

say() {
    echo "${0##*/}: $*" >&2
}

fail() {
    say "$@"
    exit 1
}

# set_up NAME: see that .venv holds what requirements/NAME.txt asks for, and this project. When it does, nothing starts.
set_up() {
    if ready "$1"; then return; fi
    take_lock
    if ! ready "$1"; then # another run may have done it while this one waited
        install "$1"
    fi
    drop_lock
}

ready() {
    [ "$(cat .venv/.place ".venv/.$1" 2>/dev/null)" = "$(place && digest "$1")" ]
}

# An environment belongs to its Python and its folder: its files name both.
place() {
    .venv/bin/python -V 2>/dev/null || echo "no Python"
    pwd -P
}

digest() {
    cat "requirements/$1.txt" pyproject.toml | cksum
}

install() {
    find_python
    if [ "$(cat .venv/.place 2>/dev/null)" != "$(place)" ]; then
        say "making .venv with $python"
        rm -rf .venv
        "$python" -m venv --without-pip .venv # without: some systems ship no ensurepip
    fi
    rm -f .venv/.place # an install cut short leaves an environment without it, which the next run makes anew

    say "installing requirements/$1.txt"
    pip_install --require-hashes --requirement "requirements/$1.txt"
    pip_install --no-deps --no-build-isolation --editable .

    digest "$1" >".venv/.$1"
    if [ "$1" = dev ]; then digest build >.venv/.build; fi # dev.txt holds all of build.txt, in the same versions
    place >.venv/.place
}

pip_install() {
    "$python" -m pip --python .venv/bin/python --disable-pip-version-check --no-input --quiet install "$@" >&2
}

# Leave in $python one that is new enough, and whose pip can install into another environment.
find_python() {
    case $PATH in # the .venv that is about to change must not make its successor
        *"$PWD/.venv/bin":*) PATH=${PATH%%"$PWD/.venv/bin":*}${PATH#*"$PWD/.venv/bin":} ;;
    esac
    found=
    for python in python3 python python3.14 python3.13 python3.12 python3.11; do
        if version=$("$python" -c "$probe" 2>/dev/null); then return; fi
        if [ -n "$version" ]; then found="$found${found:+, }$python ($version)"; fi
    done
    fail "needs Python 3.11 or newer with venv and with pip 22.3 or newer; found ${found:-no Python at all}."
}

# Any Python, even an old one, can run this.
probe='
import sys
version = "%d.%d.%d" % sys.version_info[:3]
try:
    import pip, venv
except ImportError as error:
    print("%s, %s" % (version, error))
    sys.exit(1)
print("%s, pip %s" % (version, pip.__version__))
sys.exit(sys.version_info < (3, 11) or [int(part) for part in pip.__version__.split(".")[:2]] < [22, 3])
'

# Two first runs at once: the second waits for the first.
take_lock() {
    waited=0
    until mkdir .venv.lock 2>/dev/null; do
        [ -d .venv.lock ] || [ -w . ] || fail "cannot write in $PWD."
        holder=$(cat .venv.lock/pid 2>/dev/null || true)
        if [ -n "$holder" ] && ! kill -0 "$holder" 2>/dev/null; then
            rm -rf .venv.lock # its holder was killed
            continue
        fi
        [ "$waited" -gt 0 ] || say "waiting for another run (process ${holder:-unknown}) to set up .venv"
        [ "$waited" -lt 900 ] || fail "waited 15 minutes for .venv.lock; remove it if no other run is at work."
        sleep 1
        waited=$((waited + 1))
    done
    trap drop_lock EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
    echo $$ >.venv.lock/pid
}

drop_lock() {
    rm -rf .venv.lock
    trap - EXIT HUP INT TERM
}
