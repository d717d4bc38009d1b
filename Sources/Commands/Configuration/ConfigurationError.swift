/// What is wrong in `layerscope.yml`, and where.
package struct ConfigurationError: Error, Equatable, CustomStringConvertible {
    /// The file's path as the user knows it.
    package let file: String
    /// The line, from 1; nil when the whole file is meant.
    package let line: Int?
    /// The key as a path (`sources[2].url`); empty for the whole file.
    package let key: String
    /// What is wrong and what to do, lower-case.
    package let reason: String

    package init(file: String, line: Int? = nil, key: String = "", _ reason: String) {
        self.file = file
        self.line = line
        self.key = key
        self.reason = reason
    }

    package var description: String {
        let place = line.map { "\(file):\($0)" } ?? file
        return key.isEmpty ? "\(place): \(reason)" : "\(place): \(key): \(reason)"
    }
}
