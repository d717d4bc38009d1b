# The engine is the one that the client finds by itself: its context, DOCKER_HOST or CONTAINER_HOST.

# engine_does ARGUMENT...: runs the client, and keeps what it says about a failure.
engine_does() {
    "$engine" "$@" </dev/null 2>"$work/errors" && return
    last_words
    return 1
}

bare() { printf '%s' "${1#sha256:}"; }

# An ID as the client takes it: Docker's with its algorithm, Podman's without.
address() {
    case $engine in
    podman) bare "$1" ;;
    *) printf '%s' "$1" ;;
    esac
}

# look DIGEST: writes the names of an image to $work/names; 1: it is not there, 2: $why not known. Sets $is_list.
look() {
    is_list=
    if engine_does image inspect --format '{{.Id}}{{range .RepoTags}} {{.}}{{end}}' "$(address "$1")" >"$work/image"; then
        read -r id tags <"$work/image" || id=
        if [ "$(bare "$id")" = "$(bare "$1")" ]; then
            printf '%s\n' "$tags" | tr ' ' '\n' | sed '/^$/d' >"$work/names"
            return 0
        fi
    fi
    # Not there, or one of Podman's manifest lists, of which inspect tells otherwise; or the engine does not answer.
    engine_does image ls --all --no-trunc --format '{{.ID}} {{.Repository}}:{{.Tag}}' >"$work/images" || return 2
    grep -q "^\(sha256:\)\{0,1\}$(bare "$1") " "$work/images" || return 1
    if [ "$engine" != podman ]; then
        why='the engine lists it and tells nothing of it'
        return 2
    fi
    is_list=yes
    sed -n "s/^\(sha256:\)\{0,1\}$(bare "$1") //p" "$work/images" | grep -v '^<none>:' >"$work/names"
    return 0
}

# in_use DIGEST: whether a container was made from it, or that is not known; $why tells.
in_use() {
    if ! containers=$(engine_does ps --all --quiet --no-trunc); then
        last_words
        return 0
    fi
    [ -n "$containers" ] || return 1
    # Identifiers, which hold no spaces.
    # shellcheck disable=SC2086
    engine_does container inspect --format '{{.Image}} {{.Name}}' $containers >"$work/containers" || return 0
    user=$(sed -n "s/^\(sha256:\)\{0,1\}$(bare "$1") //p" "$work/containers" | head -n 1)
    why="the container ${user#/} uses it"
    [ -n "$user" ]
}

# The name that a tag, or a name by digest, has in $repository.
name_of() {
    case $1 in
    *:*) printf '%s@%s' "$repository" "$1" ;;
    *) printf '%s:%s' "$repository" "$1" ;;
    esac
}

# leads_here NAME: 0: it leads to $digest, 1: there is none, 2: it leads elsewhere ($why).
leads_here() {
    if grep -F -x -q -e "$1" "$work/names"; then return 0; fi
    target=$(engine_does image inspect --format '{{.Id}}' "$1") || return 1
    # The list of an image's names has none by digest.
    case $1 in
    *@*) [ "$(bare "$target")" = "$(bare "$digest")" ] && return 0 ;;
    esac
    why="the name $1 leads to $target now"
    return 2
}

# remove_name NAME: never by force.
remove_name() { engine_does rmi -- "$1" >"$work/output"; }

# A manifest list goes with all its names.
delete_list() {
    while IFS= read -r other || [ -n "$other" ]; do
        [ "${other%:*}" = "$repository" ] && continue
        count refused "$name" "the manifest list is $other, too: untag it there first"
        return
    done <"$work/names"
    if engine_does manifest rm "$(bare "$digest")" >"$work/output"; then
        count deleted "$name"
    else
        count refused "$name" "$why"
    fi
}

# delete REPOSITORY DIGEST [TAG...]: the image, with all its names in the repository.
delete() {
    repository=$1 digest=$2 name=$1@$2
    shift 2
    look "$digest"
    case $? in
    0) ;;
    1) count gone "$name" && return ;;
    *) count failed "$name" "$why" && return ;;
    esac
    while IFS= read -r other || [ -n "$other" ]; do
        [ "${other%:*}" = "$repository" ] || continue
        is_among "${other##*:}" "$@" && continue
        count moved "$name" "the name $other is not in the plan and would go, too"
        return
    done <"$work/names"
    for tag do
        leads_here "$(name_of "$tag")"
        [ $? -ne 2 ] || { count moved "$name" "$why" && return; }
    done
    if in_use "$digest"; then count refused "$name" "$why" && return; fi
    if [ -n "$is_list" ]; then
        delete_list
        return
    fi
    for tag do
        leads_here "$(name_of "$tag")" || continue
        remove_name "$(name_of "$tag")" || { count refused "$name" "$why" && return; }
    done
    look "$digest"
    case $? in
    0) ;;
    1) count deleted "$name" && return ;;
    *) count failed "$name" "$why" && return ;;
    esac
    # Names in other repositories keep the image, and are another line's matter.
    while IFS= read -r other || [ -n "$other" ]; do
        [ "${other%:*}" = "$repository" ] && continue
        count deleted "$name"
        return
    done <"$work/names"
    remove_name "$(address "$digest")" || { count refused "$name" "its names are gone, and it stays: $why" && return; }
    count deleted "$name"
}

# untag REPOSITORY DIGEST TAG...: only names; the image stays, for it has others.
untag() {
    repository=$1 digest=$2
    shift 2
    for tag do
        name=$(name_of "$tag")
        look "$digest"
        case $? in
        0) ;;
        1) count gone "$name" && continue ;;
        *) count failed "$name" "$why" && continue ;;
        esac
        leads_here "$name"
        case $? in
        1) count gone "$name" && continue ;;
        2) count moved "$name" "$why" && continue ;;
        esac
        if [ -n "$is_list" ]; then count refused "$name" 'it names a manifest list' && continue; fi
        if ! grep -v -F -x -q -e "$name" "$work/names"; then
            count moved "$name" 'no other name keeps the image any more' && continue
        fi
        if remove_name "$name"; then count deleted "$name"; else count refused "$name" "$why"; fi
    done
}

needs "$engine"
