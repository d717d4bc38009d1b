import Figures

extension CleanupScript {
    /// The last step: what frees the bytes.
    var ending: String {
        switch collector {
        case .docker, .podman: "# The engine frees the bytes at once.\nfinish\n"
        case .distribution, .distribution3: distribution(options: "")
        case .distributionDeleteUntagged, .distribution3DeleteUntagged: distribution(options: " --delete-untagged")
        case .harbor:
            told(
                """
                # Harbor frees the bytes when its garbage collection runs: Administration, Clean Up, "GC now"; or
                #   POST /api/v2.0/system/gc/schedule  {"schedule":{"type":"Manual"}}
                """, "now start Harbor's garbage collection: Administration, Clean Up, GC now")
        case .reach:
            told(
                "# The registry frees the bytes when its own garbage collection runs.",
                "now start the registry's own garbage collection, if it does not run by itself")
        }
    }

    private func told(_ comment: String, _ message: String) -> String {
        "\(comment)\nfinish\nresult=$?\nprintf '%s\\n' \(Self.quote(message))\nexit $result\n"
    }

    private func distribution(options: String) -> String {
        """
        # The registry frees the bytes only when its garbage collector has run, on the registry's own machine:
        #   registry garbage-collect\(options) /etc/docker/registry/config.yml
        # in its container:
        #   docker exec CONTAINER registry garbage-collect\(options) /etc/docker/registry/config.yml
        # (Debian's package: docker-registry garbage-collect.) What is pushed meanwhile may be broken by it, so make the
        # registry read-only until it is done (storage.maintenance.readonly.enabled: true), and restart it afterwards.
        # On that machine this script runs it with COLLECT_GARBAGE=yes; REGISTRY_PROGRAM and REGISTRY_CONFIG say otherwise
        # where program and configuration are.
        finish
        result=$?
        if [ "${COLLECT_GARBAGE:-}" = yes ]; then
            "${REGISTRY_PROGRAM:-registry}" garbage-collect\(options) "${REGISTRY_CONFIG:-/etc/docker/registry/config.yml}" || exit 1
        else
            printf '%s\\n' 'now run on the registry, while it is read-only: registry garbage-collect\(options) /etc/docker/registry/config.yml'
        fi
        exit $result

        """
    }
}
