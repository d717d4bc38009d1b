# Logged in with `regctl registry login`.
tool() {
    if [ -n "$plain" ]; then set -- "$@" --host "reg=$host,tls=disabled"; fi
    regctl "$@" </dev/null 2>"$work/errors" && return
    last_words
    return 1
}

resolve() {
    if found=$(tool manifest head --require-digest "$(reference "$1")"); then return; fi
    last_words
    if says_absent; then return 1; fi
    return 2
}

list() {
    tool tag ls "$host/$repository" && return
    if says_absent; then return; fi
    return 2
}

remove() {
    tool manifest delete "$(reference "$1")" && return
    if says_absent; then return 1; fi
    return 5
}

# Where the registry cannot, regctl pushes a manifest of its own to the tag and deletes that one.
remove_tag() {
    tool tag delete "$(reference "$1")" && return
    if says_absent; then return 1; fi
    return 5
}

needs regctl
