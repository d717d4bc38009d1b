set -u
deleted=0 gone=0 moved=0 refused=0 failed=0
why=
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# count OUTCOME NAME [REASON]
count() {
    case $1 in
    deleted) deleted=$((deleted + 1)) ;;
    gone) gone=$((gone + 1)) ;;
    moved) moved=$((moved + 1)) ;;
    refused) refused=$((refused + 1)) ;;
    *) failed=$((failed + 1)) ;;
    esac
    if [ $# -lt 3 ]; then
        printf '%s: %s\n' "$1" "$2"
    else
        printf '%s, left alone: %s: %s\n' "$1" "$2" "$3" >&2
    fi
}

# unusable NAME: what is no name at all is handed to no program.
unusable() { count failed "$1" 'is no valid name'; }

# is_among TEXT [TEXT...]: whether the first is one of the others.
is_among() {
    wanted=$1
    shift
    for candidate do
        [ "$candidate" = "$wanted" ] && return 0
    done
    return 1
}

# The last line that a program wrote about its failure.
last_words() { why=$(tail -n 1 "$work/errors" | tr -d '\000-\037\177'); }

needs() {
    command -v "$1" >/dev/null 2>&1 && return
    printf '%s is needed and was not found\n' "$1" >&2
    exit 69
}

finish() {
    printf '%s deleted, %s gone before, %s moved, %s refused, %s failed\n' \
        "$deleted" "$gone" "$moved" "$refused" "$failed"
    [ $((moved + refused + failed)) -eq 0 ]
}
