import Foundation

extension Configuration {
    /// Finds and reads the configuration: the path given, `LAYERSCOPE_CONFIG`, `./layerscope.yml`, then
    /// `layerscope/layerscope.yml` in the XDG configuration folder. A path that was asked for must exist; without any
    /// file the configuration is empty. Throws ``ConfigurationError``.
    package static func load(
        path: String?, environment: [String: String] = ProcessInfo.processInfo.environment,
        folder: String = FileManager.default.currentDirectoryPath
    ) throws(ConfigurationError) -> Self {
        if let asked = path ?? environment["LAYERSCOPE_CONFIG"].flatMap({ $0.isEmpty ? nil : $0 }) {
            return try parse(read(absolute(asked, from: folder), shown: asked), file: absolute(asked, from: folder))
        }
        for candidate in [folder + "/layerscope.yml", inHome(environment)].compactMap({ $0 })
        where FileManager.default.fileExists(atPath: candidate) {
            return try parse(read(candidate, shown: candidate), file: candidate)
        }
        return Configuration()
    }

    private static func inHome(_ environment: [String: String]) -> String? {
        // The XDG base directory specification: a relative path is to be ignored.
        let given = environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        let base = given ?? environment["HOME"].map { $0 + "/.config" }
        return base.map { $0 + "/layerscope/layerscope.yml" }
    }

    private static func read(_ path: String, shown: String) throws(ConfigurationError) -> String {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw ConfigurationError(file: shown, "cannot be read; check that it exists and who may read it")
        }
        let content: Data?
        do {
            content = try handle.read(upToCount: byteLimit + 1)
            try handle.close()
        } catch {
            throw ConfigurationError(file: shown, "cannot be read; check that it is a file")
        }
        guard let text = String(data: content ?? Data(), encoding: .utf8) else {
            throw ConfigurationError(file: shown, "is not UTF-8 text")
        }
        return text
    }
}
