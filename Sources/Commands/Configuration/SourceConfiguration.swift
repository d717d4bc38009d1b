/// A source that `collect all` collects.
package struct SourceConfiguration: Sendable, Equatable {
    /// Where the source is, and how it is asked.
    package enum Place: Sendable, Equatable {
        case engine(EngineSettings)
        case registry(RegistrySettings)
        case archive(ArchiveSettings)
        case storage(StorageSettings)
    }

    /// The name that the source has in the database. Unique.
    package var name: String
    package var place: Place

    package init(name: String, place: Place) {
        self.name = name
        self.place = place
    }
}

extension SourceConfiguration {
    /// Whether this and the other are a registry's API and its storage: they may have one name, and are one source.
    func describesRegistry(of other: SourceConfiguration) -> Bool {
        switch (place, other.place) {
        case (.registry, .storage), (.storage, .registry): true
        default: false
        }
    }
}

/// A Docker engine or Podman.
package struct EngineSettings: Sendable, Equatable {
    /// `unix://`, `tcp://` or `ssh://`; nil for the one that `docker` would use.
    package var host: String?
    /// A Docker context's name.
    package var context: String?
    /// A folder with `ca.pem`, `cert.pem` and `key.pem` for `tcp://` with TLS.
    package var certificatePath: String?

    package init(host: String? = nil, context: String? = nil, certificatePath: String? = nil) {
        self.host = host
        self.context = context
        self.certificatePath = certificatePath
    }
}

/// A registry.
package struct RegistrySettings: Sendable, Equatable {
    /// The registry's host, or URL.
    package var url: String
    package var username: String?
    package var password: Secret?
    /// A bearer token that the registry takes as it is.
    package var token: Secret?
    /// Repositories by name; empty for the registry's own catalog.
    package var repositories: [String]
    /// Docker Hub: the namespace whose repositories are read.
    package var namespace: String?
    /// Requests under way at once; nil for the collector's own choice.
    package var concurrency: Int?
    /// A PEM file with the authorities that sign the registry's certificate.
    package var caFile: String?
    /// Take any certificate.
    package var isInsecure: Bool
    package var usesPlainHTTP: Bool
    /// The registry keeps blobs for each repository by itself.
    package var keepsBlobsPerRepository: Bool
    /// Where push and pull times are asked for; nil for nowhere.
    package var activity: ActivitySettings?

    package init(
        url: String, username: String? = nil, password: Secret? = nil, token: Secret? = nil,
        repositories: [String] = [], namespace: String? = nil, concurrency: Int? = nil, caFile: String? = nil,
        isInsecure: Bool = false, usesPlainHTTP: Bool = false, keepsBlobsPerRepository: Bool = false,
        activity: ActivitySettings? = nil
    ) {
        self.url = url
        self.username = username
        self.password = password
        self.token = token
        self.repositories = repositories
        self.namespace = namespace
        self.concurrency = concurrency
        self.caFile = caFile
        self.isInsecure = isInsecure
        self.usesPlainHTTP = usesPlainHTTP
        self.keepsBlobsPerRepository = keepsBlobsPerRepository
        self.activity = activity
    }
}

/// A `docker save` archive, an OCI layout, or several by pattern.
package struct ArchiveSettings: Sendable, Equatable {
    package var path: String

    package init(path: String) { self.path = path }
}

/// A registry's own storage folder.
package struct StorageSettings: Sendable, Equatable {
    package var path: String

    package init(path: String) { self.path = path }
}
