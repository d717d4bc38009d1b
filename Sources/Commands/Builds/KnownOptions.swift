/// Options of docker, podman and buildah, and which of them have a value (docker build, docker buildx build 0.20,
/// podman-build(1) and buildah-build(1)).
///
/// Options that one version gives a value and another does not (`--provenance`, `--sbom`) are left out: with `=` they
/// are understood as all are, and otherwise nobody knows what the next word is.
struct KnownOptions: Sendable {
    var valued: Set<String>
    var flags: Set<String>
    /// Letters with a value.
    var letters: [Character: String]
    var letterFlags: Set<Character>

    /// Before the command.
    static let tool = KnownOptions(
        valued: words(
            """
            builder cgroup-manager config connection conmon context events-backend host identity log-level module root \
            registries-conf registries-conf-dir runroot runtime runtime-flag short-name-alias-conf storage-driver \
            storage-opt tlscacert tlscert tlskey tmpdir url
            """),
        flags: words("debug remote syslog tls tlsverify transient-store"),
        // `-c` is docker's context and podman's connection.
        letters: ["c": "context", "H": "host", "l": "log-level"], letterFlags: ["D", "r"])

    /// Behind the command that builds.
    static let build = KnownOptions(
        valued: words(
            """
            add-host allow annotation arch attest authfile build-arg build-arg-file build-context builder cache-from \
            cache-to cache-ttl call cap-add cap-drop cert-dir cgroup-parent cgroupns cpp-flag cpu-period cpu-quota \
            cpu-shares cpuset-cpus cpuset-mems creds decryption-key device dns dns-option dns-search env file format \
            from group-add hooks-dir ignorefile iidfile ipc isolation jobs label layer-label logfile manifest memory \
            memory-swap metadata-file net network no-cache-filter os os-feature os-version output pid platform progress \
            retry retry-delay runtime runtime-flag secret security-opt shm-size sign-by signature-policy \
            source-date-epoch ssh tag target timestamp ulimit unsetenv unsetlabel userns uts variant volume
            """),
        flags: words(
            """
            all-platforms check compress disable-compression force-rm http-proxy identity-label inherit-annotations \
            inherit-labels layers load no-cache no-hostname no-hosts omit-history pull pull-always pull-never push quiet \
            rewrite-timestamp rm skip-unused-stages squash squash-all stdin tls-verify
            """),
        letters: ["c": "cpu-shares", "e": "env", "f": "file", "m": "memory", "o": "output", "t": "tag", "v": "volume"],
        letterFlags: ["q", "D"])

    private static func words(_ text: String) -> Set<String> { Set(text.split(separator: " ").map(String.init)) }
}
