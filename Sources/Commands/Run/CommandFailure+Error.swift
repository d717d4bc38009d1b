import ArgumentParser
import Foundation
import Reporting

extension CommandFailure {
    /// What the user is told of an error, and with which status: the one place that decides.
    init(describing error: any Error) {
        switch error {
        case let failure as CommandFailure: self = failure
        case is CancellationError: self.init(.interrupted, "interrupted; nothing was changed")
        case let code as ExitCode: self.init(ExitStatus(rawValue: code.rawValue) ?? .internalError)
        case let error as ValidationError: self.init(.usage, error.message)
        case let error as ConfigurationError: self.init(.usage, "\(error)")
        case let error as SecretError: self.init(.usage, "\(error)")
        case let error as ListingFormatError: self.init(.usage, "\(error)")
        case let error as GoTemplateError: self.init(.usage, "\(error)")
        case let error as OutputError: self.init(.internalError, "\(error)")
        default: self.init(.internalError, "\(error)")
        }
    }
}
