import BuildModel
import Foundation
import ImageModel

/// Reads builds of Docker's builder before BuildKit (moby `builder/dockerfile`, `daemon/builder/dockerfile`).
///
/// A step is `Step 3/7 : RUN x`. A hit says ` ---> Using cache` at once. What runs in a container says
/// ` ---> Running in <id>` and, at its end, that the container is removed; COPY and ADD say nothing. Each ends with
/// ` ---> <image>`. After the first miss of a stage nothing is looked up any more. Output of RUN stands between, and
/// may look like any of this: what does not fit where the build is, is output.
package struct ClassicReader: BuildFormatReader {
    private var found: [FoundBuild] = []
    private var seen: [Digest: Int] = [:]
    private var current: ClassicBuild?
    /// `Sending build context …`, which comes before a build's first step.
    private var context: LogLine?
    /// `Building web` of docker-compose v1, which comes just before a build.
    private var heading: (target: String, line: Int)?

    package init() {}

    package mutating func read(_ line: LogLine) -> Bool {
        switch line.bytes.first {
        case UInt8(ascii: "S"):
            if let header = ClassicHeader(line) { return read(header, line) }
            if line.text(after: "Sending build context to Docker daemon") != nil {
                context = line
                return true
            }
            return current?.readSuccess(line) ?? false
        case UInt8(ascii: "B"):
            if let name = line.text(after: "Building "), !name.isEmpty, !name.contains(" ") {
                heading = (String(name), line.number)
            }
            // It may as well be anybody's, so it is left to others.
            return false
        default:
            return current?.read(line) ?? false
        }
    }

    private mutating func read(_ header: ClassicHeader, _ line: LogLine) -> Bool {
        if let build = current {
            if build.continues(with: header) {
                current?.begin(header, line)
                return true
            }
            guard header.number == 1, !build.isRunning || context != nil else { return false }
            close()
        } else if let total = header.total, header.number > total {
            return false
        }
        var build = ClassicBuild(header, at: context ?? line)
        if let heading, heading.line + 2 >= (context?.number ?? line.number) { build.build.target = heading.target }
        heading = nil
        build.begin(header, line, isFirst: context == nil)
        context = nil
        current = build
        return true
    }

    private mutating func close() {
        if let build = current { found.append(build.closed().found(among: &seen)) }
        current = nil
    }

    package mutating func finish() -> [FoundBuild] {
        close()
        defer { self = ClassicReader() }
        return found
    }
}

/// `Step 3/7 : RUN x`; before Docker 1.13 without a total.
struct ClassicHeader {
    var number: Int
    var total: Int?
    var text: String

    init?(_ line: LogLine) {
        guard let rest = line.text(after: "Step "), let colon = rest.range(of: " : ") else { return nil }
        let numbers = rest[..<colon.lowerBound].split(separator: "/", omittingEmptySubsequences: false)
        guard numbers.count <= 2, let number = Int(numbers[0]), number > 0 else { return nil }
        if numbers.count == 2 {
            guard let total = Int(numbers[1]), total > 0 else { return nil }
            self.total = total
        }
        self.number = number
        text = String(rest[colon.upperBound...])
    }
}
