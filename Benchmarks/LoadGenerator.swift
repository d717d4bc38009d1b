import Foundation

/// What everybody who asks the registry does alike.
enum Asking {
    static let connections = 16
    static let accept =
        "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, "
        + "application/vnd.docker.distribution.manifest.v2+json, "
        + "application/vnd.docker.distribution.manifest.list.v2+json"
}

/// wrk, asking the same as a crawl did, over as many connections. It waits for the body of a HEAD's answer, which never
/// comes; such requests are GETs here, which cost the registry a little more.
struct LoadGenerator {
    private static let seconds = 3
    let folder: URL
    let host: String

    /// Asks for some seconds. Throws ``BenchError`` when what came is not what a crawl would get.
    func run(_ requests: [LoggedRequest], _ meter: TrafficMeter) async throws -> Traffic {
        let script = folder.appending(path: "requests.lua")
        try Data(text(requests).utf8).write(to: script)
        var output = ""
        var traffic = try await meter.measure(usesChild: true) {
            output = try await runProgram(
                [
                    "wrk", "-t1", "-c\(Asking.connections)", "-d\(Self.seconds)s", "-s", script.path,
                    "http://\(host)",
                ]
            ).output
            return try number(before: " requests in ", in: output)
        }
        guard !output.contains("Socket errors") else { throw BenchError("void: wrk had errors\n" + output) }
        let refused = output.contains("Non-2xx") ? try number(after: "responses: ", in: output) : 0
        let expected = requests.count { !(200..<400).contains($0.status) }
        let (share, crawled) = (
            Double(refused) / Double(traffic.requests), Double(expected) / Double(requests.count)
        )
        guard abs(share - crawled) < 0.05 else { throw BenchError("void: wrk got other answers\n" + output) }
        // By its own clock: starting it is no part of it.
        let rate = try number(after: "Requests/sec:", in: output)
        traffic.time = Double(traffic.requests) / Double(rate)
        return traffic
    }

    private func text(_ requests: [LoggedRequest]) -> String {
        """
        local list = {\(requests.map { "\"\($0.path)\"" }.joined(separator: ",\n"))}
        local next = 0
        function init()
            for place, path in ipairs(list) do
                list[place] = wrk.format("GET", path, {["Accept"] = "\(Asking.accept)"})
            end
        end
        function request()
            next = next % #list + 1
            return list[next]
        end

        """
    }

    private func number(after words: String, in output: String) throws -> Int {
        let rest = output.range(of: words).map { output[$0.upperBound...] } ?? ""
        let number = rest.drop { $0 == " " }.prefix { $0.isNumber }
        guard let number = Int(number) else { throw BenchError("void: wrk did not say \(words)\n" + output) }
        return number
    }

    private func number(before words: String, in output: String) throws -> Int {
        let start = output.range(of: words).map { output[..<$0.lowerBound] } ?? ""
        guard let number = Int(start.reversed().prefix { $0.isNumber }.reversed().map(String.init).joined()) else {
            throw BenchError("void: wrk did not say \(words)\n" + output)
        }
        return number
    }
}
