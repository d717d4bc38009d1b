import Foundation
import ImageModel

/// An image's configuration where a Docker engine on this machine keeps it: the one place that says which steps made
/// no layer. Read only where the API leaves a doubt, and believed only if its digest is the image ID.
enum ConfigurationFile {
    /// The configuration; nil when it cannot be read from here, which leaves the doubt as it is.
    static func read(imageID: Digest, rootFolder: String, driver: String) -> ImageConfiguration? {
        guard rootFolder.hasPrefix("/"), !driver.contains("/"), !driver.hasPrefix(".") else { return nil }
        let path = "\(rootFolder)/image/\(driver)/imagedb/content/\(imageID.algorithm.rawValue)/\(imageID.hex)"
        guard let handle = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? handle.close() }
        let limit = DocumentParser.configurationByteLimit
        guard let content = try? handle.read(upToCount: limit + 1), content.count <= limit,
            Digest.of(content, algorithm: imageID.algorithm) == imageID
        else { return nil }
        return try? DocumentParser.configuration(content)
    }
}

extension EngineImage {
    /// The image with each step marked as its configuration has it; nil when the two do not tell the same story.
    func marked(by configuration: ImageConfiguration) -> EngineImage? {
        guard let entries = configuration.history, entries.count == history.count,
            configuration.rootfs.diffIDs == diffIDs
        else { return nil }
        var marked = self
        for (position, entry) in entries.enumerated() { marked.history[position].isEmpty = entry.emptyLayer == true }
        return marked
    }
}
