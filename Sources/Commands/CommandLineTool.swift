import ArgumentParser
import Foundation

/// The command line as a whole: parses arguments, runs a verb, turns what it throws into a message and a status.
package enum CommandLineTool {
    /// Runs a command line without the program's name; returns the exit status.
    package static func run(_ arguments: [String]) async -> Int32 {
        Logs.begin()
        do {
            try await Signals.cancelling {
                var command = try parse(arguments)
                if var command = command as? any AsyncParsableCommand {
                    try await command.run()
                } else {
                    try command.run()
                }
            }
            return ExitStatus.done.rawValue
        } catch let message as ParserMessage {
            return message.show()
        } catch is OutputClosed {
            Signals.endByBrokenPipe()
        } catch let ended as WrappedEnd {
            return ended.status
        } catch let error where Layerscope.exitCode(for: error).isSuccess {
            // Help is a command to the argument parser: it ends by an error that is none.
            return ParserMessage(error).show()
        } catch {
            let failure = CommandFailure(describing: error)
            if !failure.message.isEmpty { StandardError.line("error: \(failure.message)") }
            return failure.status.rawValue
        }
    }

    /// Parses arguments to the command that they name. Throws ``ParserMessage`` for help, version and mistakes.
    static func parse(_ arguments: [String]) throws -> any ParsableCommand {
        do {
            return try Layerscope.parseAsRoot(arguments)
        } catch {
            throw ParserMessage(error)
        }
    }
}

/// What the argument parser has to say: help and version are data, a mistake is not.
struct ParserMessage: Error {
    let text: String
    let status: Int32

    init(_ error: any Error) {
        text = Layerscope.fullMessage(for: error)
        status = Layerscope.exitCode(for: error).rawValue
    }

    func show() -> Int32 {
        guard status == EXIT_SUCCESS else {
            StandardError.line(text)
            return ExitStatus.usage.rawValue
        }
        do {
            try StandardOutput.write(text.hasSuffix("\n") ? text : text + "\n")
            return status
        } catch is OutputClosed {
            Signals.endByBrokenPipe()
        } catch {
            StandardError.line("error: \(error)")
            return ExitStatus.internalError.rawValue
        }
    }
}
