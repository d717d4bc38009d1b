import Foundation
import Reporting

#if canImport(Glibc)
    import Glibc
#endif

/// The reader of standard output has gone, as in `layerscope images | head`.
struct OutputClosed: Error {}

/// Standard output could not be written, for instance because the disk is full.
struct OutputError: Error, CustomStringConvertible {
    let code: Int32

    var description: String { "cannot write to standard output: \(String(cString: strerror(code)))" }
}

/// Standard output: data, and nothing else.
enum StandardOutput {
    /// Writes all of a text. Throws ``OutputClosed`` when the reader has gone and ``OutputError`` otherwise.
    static func write(_ text: String) throws {
        var text = text
        try text.withUTF8 { try write(UnsafeRawBufferPointer($0)) }
    }

    private static func write(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = Glibc.write(STDOUT_FILENO, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if written >= 0 {
                rest = rest.dropFirst(written)
            } else if errno == EPIPE {
                throw OutputClosed()
            } else if errno == EAGAIN {
                // A terminal shared with a program that made it non-blocking.
                var waiting = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
                poll(&waiting, 1, 1000)
            } else if errno != EINTR {
                throw OutputError(code: errno)
            }
        }
    }

    /// Whether a person reads it.
    static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
}

/// Standard error: everything that is no data.
enum StandardError {
    /// Writes a line. What cannot be written there can be told to nobody, so a failure is not reported.
    static func line(_ text: String) { write(TerminalText.harmless(text, keepingLines: true) + "\n") }

    /// A warning, with the word before it.
    static func warn(_ text: String) { line("warning: " + text) }

    /// Writes text as it is, with its control characters.
    static func write(_ text: String) { FileHandle.standardError.writeQuietly(text) }

    /// Whether a person watches, so that progress is worth drawing.
    static var isTerminal: Bool {
        isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
    }

    /// The width of the terminal in cells.
    static var width: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }
}

extension FileHandle {
    fileprivate func writeQuietly(_ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(fileDescriptor, $0.baseAddress, $0.count) }
            if written > 0 {
                rest = rest.dropFirst(written)
            } else if written < 0 && errno == EINTR {
                continue
            } else {
                return
            }
        }
    }
}
