looked_at=
again=0
retry_after=
found=

# What the tool below knows how to do; all take $repository for granted.
#   resolve REFERENCE  sets $found to the digest that a tag or digest leads to; 1: it is not there, 2: $why not known
#   list               writes all tags, one a line; 2: $why not
#   remove DIGEST      0: done, 1: it was not there, 3: $why not allowed, 4: ask again later, 5: $why failed
#   remove_tag TAG     the same, and the manifest stays

# Where the repository's tags lead, as they were before its first deletion.
look_at_tags() {
    [ "$looked_at" = "$repository" ] && return 0
    list >"$work/names" || return 1
    # A last line may lack its end.
    while IFS= read -r tag || [ -n "$tag" ]; do
        resolve "$tag"
        case $? in
        0) printf '%s %s\n' "$found" "$tag" ;;
        1) ;;
        *) printf '? %s\n' "$tag" ;;
        esac
    done <"$work/names" >"$work/tags"
    looked_at=$repository
}

# may_go [TAG...]: whether $digest is there, its tags lead to it, and no other tag does.
may_go() {
    resolve "$digest"
    case $? in
    0) ;;
    1)
        if [ "$again" -gt 0 ]; then count deleted "$name"; else count gone "$name"; fi
        return 1
        ;;
    *)
        count failed "$name" "$why"
        return 1
        ;;
    esac
    if ! look_at_tags; then
        count failed "$name" "the tags cannot be listed: $why"
        return 1
    fi
    while read -r target tag; do
        [ "$target" = "$digest" ] || [ "$target" = '?' ] || continue
        is_among "$tag" "$@" && continue
        if [ "$target" = '?' ]; then
            count failed "$name" "it cannot be told where the tag $tag leads"
        else
            count moved "$name" "the tag $tag is not in the plan and would go, too"
        fi
        return 1
    done <"$work/tags"
    for tag do
        resolve "$tag"
        case $? in
        0)
            [ "$found" = "$digest" ] && continue
            count moved "$name" "the tag $tag leads to $found now"
            return 1
            ;;
        1) ;;
        *)
            count failed "$name" "it cannot be told where the tag $tag leads: $why"
            return 1
            ;;
        esac
    done
}

# Waits before another try; 1 when there were enough.
pause() {
    again=$((again + 1))
    [ "$again" -le 5 ] || return 1
    case $retry_after in
    '' | *[!0-9]*) retry_after=2 ;;
    esac
    [ "$retry_after" -le 60 ] || retry_after=60
    sleep "$retry_after"
}

# prove_gone REFERENCE: whether it no longer leads to $digest; registries may be a little late.
prove_gone() {
    for wait in 0 1 2 4; do
        sleep "$wait"
        resolve "$1"
        case $? in
        0) [ "$found" = "$digest" ] || return 0 ;;
        1) return 0 ;;
        esac
    done
    return 1
}

# delete REPOSITORY DIGEST [TAG...]: the manifest, with all its tags.
delete() {
    repository=$1 digest=$2 name=$1@$2 again=0
    shift 2
    while may_go "$@"; do
        remove "$digest"
        case $? in
        0)
            if prove_gone "$digest"; then
                count deleted "$name"
            else
                count failed "$name" 'the registry took the deletion and serves it all the same'
            fi
            return
            ;;
        1) count gone "$name" && return ;;
        3) count refused "$name" "$why" && return ;;
        4) pause || { count failed "$name" "$why" && return; } ;;
        *) count failed "$name" "$why" && return ;;
        esac
    done
}

# untag REPOSITORY DIGEST TAG...: only the tags; the manifest stays.
untag() {
    repository=$1 digest=$2
    shift 2
    for tag do
        name=$repository:$tag again=0
        untag_one
    done
}

untag_one() {
    while :; do
        resolve "$tag"
        case $? in
        0) [ "$found" = "$digest" ] || { count moved "$name" "it leads to $found now" && return; } ;;
        1) if [ "$again" -gt 0 ]; then count deleted "$name"; else count gone "$name"; fi && return ;;
        *) count failed "$name" "$why" && return ;;
        esac
        remove_tag "$tag"
        case $? in
        0) break ;;
        1) count gone "$name" && return ;;
        3) count refused "$name" "$why" && return ;;
        4) pause || { count failed "$name" "$why" && return; } ;;
        *) count failed "$name" "$why" && return ;;
        esac
    done
    resolve "$digest"
    if [ $? -eq 1 ]; then
        count failed "$name" 'the registry deleted the manifest together with the tag: nothing more is deleted'
        finish
        exit 1
    fi
    if prove_gone "$tag"; then
        count deleted "$name"
    else
        count failed "$name" 'the registry took the deletion and serves the tag all the same'
    fi
}

# Reads `{"tags":["a","b"]}`: tags hold no quotes, commas or brackets. 2: it is no list of tags.
tags_in() {
    { tr -d '\n' <"$1" && echo; } >"$work/line"
    if ! grep -q -E '"[Tt]ags" *: *(\[|null)' "$work/line"; then
        why='the answer is no list of tags'
        return 2
    fi
    sed -n 's/.*"[Tt]ags" *: *\[\([^]]*\)\].*/\1/p' "$work/line" | tr ',' '\n' | tr -d '" \t' | sed '/^$/d'
}

# These tools tell only in words that a thing is not there.
says_absent() {
    grep -q -i -E 'manifest.unknown|name.unknown|not found \[http 404\]|status code 404|status: 404|404 not found' \
        "$work/errors"
}

# What follows a repository's name: `:tag` or `@digest`.
reference() {
    case $1 in
    *:*) printf '%s/%s@%s' "$host" "$repository" "$1" ;;
    *) printf '%s/%s:%s' "$host" "$repository" "$1" ;;
    esac
}

host=${registry#*://}
plain=
case $registry in
http://*) plain=yes ;;
esac
