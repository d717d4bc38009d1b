# Name and password, if any, come from REGISTRY_USER and REGISTRY_PASSWORD; they reach curl through its input, so that
# no list of processes shows them.
accept='Accept: application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.docker.distribution.manifest.v2+json'

credentials() {
    [ -n "${REGISTRY_USER:-}" ] || return 0
    printf '%s:%s' "$REGISTRY_USER" "${REGISTRY_PASSWORD:-}" | sed -e 's/[\\"]/\\&/g' -e 's/^/user = "/' -e 's/$/"/'
}

# request METHOD PATH: sets $status; 000 when no answer came. Redirects are not followed.
request() {
    case $1 in
    HEAD) set -- --head --url "$registry$2" ;;
    *) set -- --request "$1" --url "$registry$2" ;;
    esac
    : >"$work/headers"
    : >"$work/body"
    # --disable: what a .curlrc says is not for deletions.
    status=$(credentials | curl --disable --config - --silent --show-error --globoff --path-as-is \
        --proto '=http,https' --connect-timeout 10 --max-time 120 --header "$accept" \
        --dump-header "$work/headers" --output "$work/body" --write-out '%{http_code}' \
        "$@" 2>"$work/errors") || status=000
    last_words
    [ "$status" = 000 ] || why="the registry answered with status $status"
    retry_after=$(header retry-after)
}

# header NAME: its value in the latest answer.
header() {
    tr -d '\r' <"$work/headers" |
        awk -v name="$1:" 'tolower($1) == name { value = substr($0, length(name) + 2) } END { print value }'
}

resolve() {
    request HEAD "/v2/$repository/manifests/$1"
    case $status in
    200)
        found=$(header docker-content-digest)
        [ -z "$found" ] || return 0
        request GET "/v2/$repository/manifests/$1"
        [ "$status" = 200 ] || return 2
        found=sha256:$(sha256sum <"$work/body" | cut -d ' ' -f 1)
        ;;
    404) return 1 ;;
    *) return 2 ;;
    esac
}

list() {
    next=/v2/$repository/tags/list
    while [ -n "$next" ]; do
        request GET "$next"
        case $status in
        200) tags_in "$work/body" || return 2 ;;
        404) return 0 ;;
        *) return 2 ;;
        esac
        before=$next
        next=$(header link | sed -n 's/^ *<\([^>]*\)>.*/\1/p')
        next=${next#"$registry"}
        case $next in
        "$before" | [!/]*)
            why='the list of tags does not end'
            return 2
            ;;
        esac
    done
}

remove() {
    request DELETE "/v2/$repository/manifests/$1"
    case $status in
    200 | 202 | 204) return 0 ;;
    404) return 1 ;;
    401 | 403 | 405 | 409 | 412 | 423 | 501) return 3 ;;
    # Whether it was done before the connection was cut, the next look tells.
    000 | 429 | 500 | 502 | 503 | 504) return 4 ;;
    *) return 5 ;;
    esac
}

remove_tag() {
    remove "$1"
    result=$?
    if [ "$status" = 400 ] || [ "$status" = 405 ]; then
        why="this registry takes no tag away without its manifest (status $status)"
        return 3
    fi
    return "$result"
}

needs curl
request GET /v2/
case $status:$(header www-authenticate) in
200:*) ;;
401:[Bb]earer*)
    printf 'this registry wants tokens, which this script does not fetch: make it for another tool\n' >&2
    exit 69
    ;;
401:*)
    printf 'set REGISTRY_USER and REGISTRY_PASSWORD\n' >&2
    exit 77
    ;;
*)
    printf 'no registry at %s: %s\n' "$registry" "$why" >&2
    exit 69
    ;;
esac
