import Collectors
import Yams

extension ActivitySettings {
    /// The keys that a service knows, beside `service` and `url`.
    private static func keys(of service: ActivityService) -> [String] {
        switch service {
        case .harbor, .dockerHub: ["username", "password", "records_pulls"]
        case .quay: ["token"]
        case .gitlab: []
        case .ecr: ["access_key", "secret_key", "session_token", "region", "records_pulls"]
        case .dtr: ["username", "password"]
        }
    }

    /// Reads `activity` of a registry. Throws ``ConfigurationError``.
    static func parse(
        _ node: Node, file: String, path: String, folder: String, warnings: inout [String]
    ) throws(ConfigurationError) -> Self {
        let stated = node["service"]?.string.flatMap(ActivityService.init(rawValue:))
        // Without a service every key is allowed, so that the missing service is what the error names.
        let own = stated.map(keys(of:)) ?? Set(ActivityService.allCases.flatMap(keys(of:))).sorted()
        let mapping = try ConfigurationMapping(
            node, file: file, path: path, allowed: ["service"] + (stated == .gitlab ? [] : ["url"]) + own)
        guard let service = try mapping.choice("service", of: ActivityService.self) else {
            let services = ActivityService.allCases.map(\.rawValue).joined(separator: ", ")
            throw mapping.error("service", "is missing; write one of \(services)")
        }
        var settings = ActivitySettings(service, url: try mapping.text("url"))
        if let url = settings.url, let reason = wrong(url: url) { throw mapping.error("url", reason) }
        settings.username = try mapping.text("username")
        settings.password = try mapping.secret("password", relativeTo: folder)
        settings.token = try mapping.secret("token", relativeTo: folder)
        settings.accessKey = try mapping.secret("access_key", relativeTo: folder)
        settings.secretKey = try mapping.secret("secret_key", relativeTo: folder)
        settings.sessionToken = try mapping.secret("session_token", relativeTo: folder)
        settings.region = try mapping.text("region")
        if mapping.has("records_pulls") { settings.recordsPulls = try mapping.flag("records_pulls") }
        if (settings.username == nil) != (settings.password == nil) {
            throw mapping.error(settings.username == nil ? "password" : "username", "username and password go together")
        }
        if (settings.accessKey == nil) != (settings.secretKey == nil) {
            throw mapping.error(
                settings.accessKey == nil ? "secret_key" : "access_key", "access_key and secret_key go together")
        }
        if settings.sessionToken != nil && settings.accessKey == nil {
            throw mapping.error("session_token", "goes with access_key and secret_key")
        }
        let secrets = [
            ("password", settings.password), ("token", settings.token), ("access_key", settings.accessKey),
            ("secret_key", settings.secretKey), ("session_token", settings.sessionToken),
        ]
        for (key, secret) in secrets {
            guard case .inline? = secret else { continue }
            let place = mapping.error(key, "stands in the file itself; write `\(key): {env: NAME}` or {file: PATH}")
            warnings.append(place.description)
        }
        return settings
    }

    /// Why a text is no address of an API; nil when it may be one.
    static func wrong(url: String) -> String? {
        if url.contains("@") { return "must not hold credentials" }
        guard url.hasPrefix("https://") || url.hasPrefix("http://") else {
            return "must begin with https:// or http://"
        }
        return nil
    }
}
