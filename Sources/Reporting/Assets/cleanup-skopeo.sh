# Logged in with `skopeo login`.
tool() {
    command=$1
    shift
    if [ -n "$plain" ]; then set -- --tls-verify=false "$@"; fi
    skopeo "$command" "$@" </dev/null 2>"$work/errors" && return
    last_words
    return 1
}

resolve() {
    if tool inspect --raw "docker://$(reference "$1")" >"$work/body"; then
        found=$(skopeo manifest-digest "$work/body") || return 2
    elif says_absent; then
        return 1
    else
        return 2
    fi
}

list() {
    if tool list-tags "docker://$host/$repository" >"$work/body"; then
        tags_in "$work/body"
    elif ! says_absent; then
        return 2
    fi
}

remove() {
    tool delete "docker://$(reference "$1")" && return
    if says_absent; then return 1; fi
    return 5
}

remove_tag() {
    why='skopeo deletes the manifest with a tag: use regctl, crane or curl'
    return 3
}

needs skopeo
