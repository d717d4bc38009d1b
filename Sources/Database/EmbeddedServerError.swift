/// Why the embedded PostgreSQL server cannot be used. Every message names the next step.
package enum EmbeddedServerError: Error, Sendable, Equatable {
    /// No PostgreSQL server is installed where we look.
    case missingBinaries(searched: [String])
    /// The data folder belongs to a major version of PostgreSQL that is not installed.
    case wrongVersion(folder: String, version: String, installed: [String])
    /// The disk has no room.
    case diskFull(folder: String, freeBytes: Int64, neededBytes: Int64)
    /// A folder cannot be used: it cannot be made, belongs to somebody else, or the server's account cannot enter it.
    case unusableFolder(folder: String, reason: String, nextStep: String)
    /// We are root, and there is no account that the server could run as.
    case noAccount
    /// A program of PostgreSQL cannot be run, or ended with an error; `output` are its last words.
    case programFailed(program: String, status: Int32, output: String)
    /// The server did not come up or go down in time.
    case tookTooLong(what: String, seconds: Int, log: String)
    /// Somebody else holds the lock on the folder for too long.
    case locked(folder: String)
}

extension EmbeddedServerError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .missingBinaries(let searched):
            "no PostgreSQL server is installed (looked in \(searched.joined(separator: ", "))); install postgresql, "
                + "or name the folder of its programs in LAYERSCOPE_POSTGRES_BIN, or give a server with --database"
        case .wrongVersion(let folder, let version, let installed):
            "the data in \(folder) belongs to PostgreSQL \(version), but installed is "
                + "\(installed.joined(separator: ", ")); install postgresql-\(version), or move the folder away "
                + "and collect again"
        case .diskFull(let folder, let free, let needed):
            "no room for the database in \(folder): \(free) bytes are free, \(needed) are needed; "
                + "free some, or choose another folder with LAYERSCOPE_HOME"
        case .unusableFolder(let folder, let reason, let nextStep): "cannot use \(folder): \(reason); \(nextStep)"
        case .noAccount:
            "PostgreSQL does not run as root, and there is no account postgres or nobody to run it as; "
                + "create one (useradd --system postgres), or give a server with --database"
        case .programFailed(let program, let status, let output):
            "\(program) failed with status \(status): \(output.isEmpty ? "it said nothing" : output); "
                + "mend what it says, or give a server with --database"
        case .tookTooLong(let what, let seconds, let log):
            "\(what) took longer than \(seconds) seconds; see \(log)"
        case .locked(let folder):
            "another process starts or stops the database in \(folder) and does not finish; end it and try again"
        }
    }
}
