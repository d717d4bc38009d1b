import BuildLog
import BuildModel
import Foundation
import TestSupport

/// Reads a text as a log, in one piece or in pieces of the given size.
func readLog(_ text: String, pieces size: Int? = nil) throws -> LogContent {
    try readLog(bytes: Array(text.utf8), pieces: size)
}

func readLog(bytes: [UInt8], pieces size: Int? = nil) throws -> LogContent {
    var reader = BuildLogReader()
    let size = max(1, size ?? bytes.count)
    for start in stride(from: 0, to: bytes.count, by: size) {
        reader.read(bytes[start..<min(start + size, bytes.count)])
    }
    return try reader.finish()
}

extension LogContent {
    /// The steps of a build as `outcome text`, to compare at a glance.
    func outcomes(_ build: Int = 0) -> [String] {
        guard builds.indices.contains(build) else { return [] }
        return builds[build].build.steps.map { "\($0.outcome) \($0.text)" }
    }
}

/// Logs that several suites use.
enum Sample {
    static let build = """
        #0 building with "default" instance using docker driver

        #1 [internal] load build definition from Dockerfile.web
        #1 transferring dockerfile: 60B done
        #1 DONE 0.0s

        #2 [internal] load metadata for docker.io/library/busybox:latest
        #2 DONE 0.7s

        #3 [internal] load build context
        #3 transferring context: 2B done
        #3 DONE 0.0s

        #4 [1/5] FROM docker.io/library/busybox:latest@sha256:37f7b378a29ceb4c551b1b5582e27747b855bbfaa73fa11914fe0df028dc581f
        #4 DONE 0.0s

        #4 [1/5] FROM docker.io/library/busybox:latest@sha256:37f7b378a29ceb4c551b1b5582e27747b855bbfaa73fa11914fe0df028dc581f
        #4 CACHED

        #5 [2/5] WORKDIR /app
        #5 CACHED

        #6 [3/5] COPY go.mod .
        #6 CACHED

        #7 [4/5] RUN make
        #7 0.123 #9 CACHED
        #7 0.200 #6 ERROR: no
        #7 WARN: careful
        #7 ...

        #8 [5/5] RUN echo "#7 DONE 1.0s"
        #8 DONE 0.4s

        #7 [4/5] RUN make
        #7 12.31 done
        #7 DONE 12.5s

        #9 exporting to image
        #9 exporting layers 0.1s done
        #9 writing image sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa done
        #9 naming to docker.io/library/web:1 0.0s done
        #9 DONE 0.1s

        """

    /// The failing build of moby/buildkit#2525 in its shape: what was not run is printed as CACHED.
    static let failure = """
        #1 [internal] load build definition from Dockerfile
        #1 DONE 0.0s

        #2 [base 1/2] FROM docker.io/library/busybox
        #2 CACHED

        #3 [base 2/2] RUN prepare
        #3 CACHED

        #4 [build 1/3] RUN first
        #4 CACHED

        #5 [build 2/3] COPY --from=base /x /x
        #5 CACHED

        #6 [build 3/3] RUN false
        #6 0.1 about to fail
        #6 ERROR: process "/bin/sh -c false" did not complete successfully: exit code: 1

        #7 [other 1/2] RUN never
        #7 CACHED

        #8 [other 2/2] RUN never either
        #8 CACHED

        #9 [final 1/2] RUN long
        #9 CANCELED
        ------
         > [build 3/3] RUN false:
        0.1 about to fail
        ------
        Dockerfile:9
        --------------------
           8 |     RUN first
           9 | >>> RUN false
        --------------------
        ERROR: failed to solve: process "/bin/sh -c false" did not complete successfully: exit code: 1

        """
}
