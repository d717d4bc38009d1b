import Archive
import ArgumentParser
import Collectors
import Database
import Foundation
import Postgres
import Reporting
import Server

extension CommandFailure {
    /// What the user is told of an error, and with which status: the one place that decides.
    init(describing error: any Error) {
        switch error {
        case let failure as CommandFailure: self = failure
        case is CancellationError: self.init(.interrupted, "interrupted; nothing was changed")
        case let code as ExitCode: self.init(ExitStatus(rawValue: code.rawValue) ?? .internalError)
        case let error as ValidationError: self.init(.usage, error.message)
        case let error as PostgresError: self.init(Self.status(error), Self.text(error))
        case let error as DatabaseError: self.init(Self.status(error), error.description)
        case let error as any Error & CustomStringConvertible:
            self.init(Self.status(error), error.description)
        default: self.init(.internalError, error.localizedDescription)
        }
    }

    private static func status(_ error: any Error) -> ExitStatus {
        switch error {
        case is ConfigurationError, is SecretError, is ListingFormatError, is GoTemplateError, is RegistryError,
            is ServerError:
            .usage
        case is EmbeddedServerError, is ArchiveError, is RegistryStorageError, is HTTPFailure: .unavailable
        case let error as EngineError: error.reason == .configuration ? .usage : .unavailable
        default: .internalError
        }
    }

    private static func status(_ error: PostgresError) -> ExitStatus {
        switch error.kind {
        case .connectionFailed, .cancelled, .timedOut: .unavailable
        case .statementFailed, .protocolViolation: .internalError
        }
    }

    private static func status(_ error: DatabaseError) -> ExitStatus {
        switch error {
        case .unknownView, .unknownColumn, .invalidFilter, .unknownQuery, .wrongParameters, .notAQuery: .usage
        case .unknownSource, .notCollected, .unknownPlan: .checkFailed
        case .otherSourceKind: .usage
        case .newerDatabase, .noReader, .unknownWord: .unavailable
        case .conflictingSizes, .unseenItem, .collectionEnded, .wrongContent, .missingStatement, .unfitFigures,
            .changedMigration:
            .internalError
        }
    }

    /// The message with what helps: the server's hint, and its detail unless it may quote rows.
    private static func text(_ error: PostgresError) -> String {
        error.hint.map { "\(error.message); \($0)" } ?? error.message
    }
}
