# Logged in with `crane auth login`.
tool() {
    if [ -n "$plain" ]; then set -- "$@" --insecure; fi
    crane "$@" </dev/null 2>"$work/errors" && return
    last_words
    return 1
}

resolve() {
    if found=$(tool digest "$(reference "$1")"); then return; fi
    last_words
    if says_absent; then return 1; fi
    return 2
}

list() {
    tool ls "$host/$repository" && return
    if says_absent; then return; fi
    return 2
}

remove() {
    tool delete "$(reference "$1")" && return
    if says_absent; then return 1; fi
    return 5
}

remove_tag() { remove "$1"; }

needs crane
