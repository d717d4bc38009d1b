import BuildLog
import BuildModel
import Foundation
import ImageModel
import Testing

/// Logs of kaniko, in the three forms that its `--log-format` gives.
@Suite struct KanikoLogTests {
    private func one(_ log: String) throws -> Build {
        let found = builds(log, by: KanikoReader())
        try #require(found.count == 1)
        return found[0].build
    }

    private static let key = String(repeating: "b5bde338", count: 8)

    /// Two stages with a cache: the second RUN of the first was changed.
    static let changed = """
        INFO[0000] Resolved base name alpine:3.10 to builder
        INFO[0000] Retrieving image manifest alpine:3.10
        INFO[0001] Built cross stage deps: map[0:[/out]]
        INFO[0001] Executing 0 build triggers
        INFO[0001] Building stage 'alpine:3.10' [idx: '0', base-idx: '-1']
        INFO[0002] Checking for cached layer registry/app/cache:\(key)...
        INFO[0002] Using caching version of cmd: RUN apk add make
        INFO[0002] Checking for cached layer registry/app/cache:\(key)...
        INFO[0003] No cached layer found for cmd RUN make
        INFO[0003] Unpacking rootfs as cmd COPY . . requires it.
        INFO[0004] ENV A=b
        INFO[0004] RUN apk add make
        INFO[0004] Found cached layer, extracting to filesystem
        INFO[0006] COPY . .
        INFO[0006] Taking snapshot of files...
        INFO[0007] RUN make
        INFO[0007] Initializing snapshotter ...
        INFO[0007] Cmd: /bin/sh
        INFO[0007] Args: [-c make]
        INFO[0007] Running: [/bin/sh -c make]
        RUN is what make prints
        INFO[0037] Taking snapshot of full filesystem...
        INFO[0038] RUN make test
        INFO[0038] Pushing layer registry/app/cache:\(key) to cache now
        INFO[0038] Pushing image to registry/app/cache:\(key)
        INFO[0039] Pushed registry/app/cache@sha256:\(String(repeating: "a", count: 64))
        INFO[0058] Saving file out for later use
        INFO[0058] Deleting filesystem...
        INFO[0058] Executing 0 build triggers
        INFO[0058] Building stage 'alpine:3.10' [idx: '1', base-idx: '-1']
        INFO[0058] Checking for cached layer registry/app/cache:\(key)...
        INFO[0059] Using caching version of cmd: RUN apk add make
        INFO[0059] RUN apk add make
        INFO[0059] Found cached layer, extracting to filesystem
        INFO[0060] COPY --from=builder /out /out
        INFO[0060] CMD ["/out"]
        INFO[0060] Pushing image to registry/app:1
        INFO[0062] Pushed registry/app@sha256:\(String(repeating: "c", count: 64))
        """

    @Test func `hits are counted once, and after a miss nothing is looked up`() throws {
        let build = try one(Self.changed)
        // ENV and COPY never look up the cache here; `RUN make` missed, and `RUN make test` was not looked up.
        #expect(build.letters == "chcmnhcc")
        #expect(build.hits == 2 && build.misses == 2 && build.usesCache && build.tool == .kaniko)
        #expect(build.vertices == 8 && build.cachedVertices == 2)
        #expect(
            build.steps.map(\.stage) == Array(repeating: "stage-0", count: 5) + Array(repeating: "stage-1", count: 3))
        #expect(build.result == .completed && build.imageNames == ["registry/app:1"])
        #expect(build.imageDigest?.hex == String(repeating: "c", count: 64))
        // Seconds since kaniko's start, which is no time of a clock.
        #expect(build.startedAt == nil && build.duration == 62_000_000_000)
        #expect(build.steps[3].startOffset == 7_000_000_000 && build.steps[3].duration == 31_000_000_000)
    }

    @Test func `the three forms of its log tell the same`() throws {
        let expected = try one(Self.changed)
        var json: [String] = []
        var keyed: [String] = []
        for line in Self.changed.split(separator: "\n") {
            guard line.hasPrefix("INFO[") else {
                json.append(String(line))
                keyed.append(String(line))
                continue
            }
            let seconds = try #require(Int(line.dropFirst(5).prefix(4)))
            let message = String(line.dropFirst(11)).replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            let stamp = "2021-11-09T13:\(14 + seconds / 60):\(String("0\(seconds % 60)".suffix(2)))Z"
            json.append(#"{"level":"info","msg":"\#(message)","time":"\#(stamp)"}"#)
            keyed.append("time=\"\(stamp)\" level=info msg=\"\(message)\"")
        }
        for log in [json, keyed] {
            let build = try one(log.joined(separator: "\n"))
            #expect(build.steps == expected.steps)
            #expect(build.startedAt == Date(timeIntervalSince1970: 1_636_463_640))
            #expect(build.result == .completed && build.imageNames == expected.imageNames)
        }
    }

    @Test func `without a cache there is no rate`() throws {
        let log = Self.changed.split(separator: "\n").filter { !$0.contains("cache") && !$0.contains("caching") }
        let build = try one(log.joined(separator: "\n"))
        #expect(!build.usesCache && build.letters == "cccccccc" && build.hits + build.misses == 0)
    }

    @Test func `COPY counts where it is looked up`() throws {
        // As kaniko 0.19 printed it, with a RUN whose pushes come late (GoogleContainerTools/kaniko#1262).
        let log = """
            INFO[0041] Built cross stage deps: map[]
            INFO[0041] Retrieving image manifest busybox:latest
            INFO[0057] Executing 0 build triggers
            INFO[0057] Checking for cached layer registry/cache:\(Self.key)...
            INFO[0058] No cached layer found for cmd COPY ./date.txt /tmp/date.txt
            INFO[0058] Unpacking rootfs as cmd COPY ./date.txt /tmp/date.txt requires it.
            INFO[0059] COPY ./date.txt /tmp/date.txt
            INFO[0059] Resolving 1 paths
            INFO[0059] RUN cat /tmp/date.txt
            INFO[0060] cmd: /bin/sh
            INFO[0060] args: [-c cat /tmp/date.txt]
            INFO[0060] COPY a /
            INFO[0061] USER me
            INFO[0061] cmd: USER
            INFO[0061] Skipping push to container registry due to --no-push flag
            """
        let build = try one(log)
        #expect(build.letters == "mnnc" && build.misses == 3 && build.result == .completed)
    }

    @Test func `a failure is the running step's`() throws {
        let lines = Self.changed.split(separator: "\n").prefix { !$0.contains("RUN make test") }
        let error = "error building image: error building stage: failed to execute command: exit status 2"
        let build = try one(lines.joined(separator: "\n") + "\n" + error)
        #expect(build.letters == "chcf" && build.result == .failed && build.error == error)
        #expect(build.steps[3].error == error)
    }

    @Test func `several builds in one log are told apart, and other programs' logs left alone`() throws {
        let other = #"time="2026-11-24T18:21:58Z" level=warning msg="ONBUILD is not supported""#
        let log = [other, Self.changed, other, Self.changed, "INFO[0000] Executing things"].joined(separator: "\n")
        let found = builds(log, by: KanikoReader())
        #expect(found.map(\.build.letters) == ["chcmnhcc", "chcmnhcc"])
        #expect(Set(found.map(\.build.contentDigest)).count == 2)
        #expect(found[0].lines == 2...39 && found[1].lines.lowerBound == 41)
    }

    @Test func `a log cut after any line tells nothing wrong`() throws {
        let whole = try one(Self.changed)
        let lines = Self.changed.split(separator: "\n")
        for count in 4..<lines.count {
            let build = try one(lines[..<count].joined(separator: "\n"))
            #expect(build.result == .unknown)
            let executed = build.steps.filter { $0.startOffset != nil }
            for (step, other) in zip(executed, whole.steps) {
                #expect(step.text == other.text)
                #expect(step.outcome == other.outcome || step.outcome == .canceled, "\(count) lines: \(step.text)")
            }
            // Hits that were announced, and not reached yet.
            #expect(build.steps.dropFirst(executed.count).allSatisfy { $0.outcome == .hit })
        }
    }
}
