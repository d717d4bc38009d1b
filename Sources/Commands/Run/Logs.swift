import Foundation
import Logging

/// Logs go to standard error: errors alone, or from the level that `LAYERSCOPE_LOG` names.
enum Logs {
    /// Sets the logs up, once.
    static func begin() { _ = once }

    private static let once: Void = {
        let named = ProcessInfo.processInfo.environment["LAYERSCOPE_LOG"].flatMap(Logger.Level.init(rawValue:))
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = named ?? .error
            return handler
        }
    }()
}
