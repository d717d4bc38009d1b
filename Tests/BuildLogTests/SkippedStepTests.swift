import BuildLog
import BuildModel
import Testing

/// Builds that failed, where BuildKit called steps cached that it had never built (docker/buildx#2525). What Docker
/// 20.10.24 printed, as it was: each RUN was new.
@Suite struct SkippedStepTests {
    private func instructions(_ log: String) throws -> [String: StepOutcome] {
        let found = builds(log, by: PlainReader())
        try #require(found.count == 1)
        #expect(found[0].build.result == .failed && found[0].build.hits == 0)
        #expect(found[0].build.error?.contains("/nofile") ?? false)
        let steps = found[0].build.steps.filter { $0.kind == .instruction }
        return Dictionary(uniqueKeysWithValues: steps.map { ($0.text, $0.outcome) })
    }

    @Test func `steps before a file that is not there`() throws {
        #expect(
            try instructions(Self.oneStage) == [
                "RUN echo never built before 1": .canceled, "RUN echo nor this": .skipped, "COPY nofile /": .failed,
            ])
    }

    @Test func `steps of a stage beside one that ran`() throws {
        #expect(
            try instructions(Self.twoStages) == [
                "RUN echo never built 1": .canceled, "RUN echo nor this 1": .skipped, "COPY nofile /": .failed,
                "RUN echo s1": .miss, "COPY --from=slow /bin/sh /x": .miss,
            ])
    }

    @Test func `a step that was called cached, and ran to its end after that`() throws {
        #expect(
            try instructions(Self.ranAfterAll) == [
                "RUN echo never built 2": .miss, "RUN echo nor this 2": .skipped, "COPY nofile /": .failed,
                "RUN echo s2": .miss,
            ])
    }

    private static let oneStage = #"""
        #1 [internal] load build definition from Skip
        #1 sha256:a80cffa81e1db50d5515eed7f452debc282b03f2e6f3ac9e67d5276e551ce414
        #1 transferring dockerfile: 118B done
        #1 DONE 0.0s

        #2 [internal] load .dockerignore
        #2 sha256:cd2ea06be5ee9daf95aa8ba0bdfa642a5e211df3d2343e7396e74bbf2f0bc3c9
        #2 transferring context: 2B done
        #2 DONE 0.0s

        #3 [internal] load metadata for docker.io/library/base:1
        #3 sha256:94dd77e74cb421fe3b54206908cd64355e9af025b7317a29c68700396e0cb348
        #3 DONE 0.0s

        #4 [1/5] FROM docker.io/library/base:1
        #4 sha256:cb6ec6a9fa3d49de0b8d9030ce2508da0b999af4cc9d8b7ce9817eda4b3f4302
        #4 CACHED

        #7 [internal] load build context
        #7 sha256:66df82e4193f970ed0b25a717c10707c11495b3923fe230525963a10ab3a11ce
        #7 transferring context: 2B done
        #7 DONE 0.0s

        #5 [2/5] RUN echo never built before 1
        #5 sha256:1819e1bc07349e2380ae06fdafd91e764263a09f82516ab8697aeb0e5a1b5ffe
        #5 CACHED

        #6 [3/5] RUN echo nor this
        #6 sha256:a7c953950c23829fea7a0c2800cd405e942581600b74fdc70b58a801c68c5d16
        #6 CACHED

        #8 [4/5] COPY nofile /
        #8 sha256:37fe800a2c224c5d6b29754ebdd83dc6f8dfcdc7a6a3091e855497589e5272a7
        #8 ERROR: "/nofile" not found: not found

        #5 [2/5] RUN echo never built before 1
        #5 sha256:1819e1bc07349e2380ae06fdafd91e764263a09f82516ab8697aeb0e5a1b5ffe
        #5 0.175 runc run failed: container process is already dead
        #5 CANCELED
        ------
         > [4/5] COPY nofile /:
        ------
        failed to compute cache key: "/nofile" not found: not found
        """#

    private static let twoStages = #"""
        #1 [internal] load build definition from Skip3
        #1 sha256:e72abdbd5e0056704b89cc65587e98518e9f7b82872459adf5a01497ccd13fcf
        #1 transferring dockerfile: 209B 0.0s done
        #1 DONE 0.0s

        #2 [internal] load .dockerignore
        #2 sha256:4ddfbe730c474dd17c67f6792257a60842db2525451a437bca66c2c05a774488
        #2 transferring context: 2B done
        #2 DONE 0.0s

        #3 [internal] load metadata for docker.io/library/base:1
        #3 sha256:94dd77e74cb421fe3b54206908cd64355e9af025b7317a29c68700396e0cb348
        #3 DONE 0.0s

        #11 [bad 1/4] FROM docker.io/library/base:1
        #11 sha256:cb6ec6a9fa3d49de0b8d9030ce2508da0b999af4cc9d8b7ce9817eda4b3f4302
        #11 CACHED

        #8 [internal] load build context
        #8 sha256:d8ed1979b327890a13676f3cde2c2a4ba637f21e76e61f76d9460d9157a84c12
        #8 transferring context: 2B done
        #8 DONE 0.1s

        #6 [bad 2/4] RUN echo never built 1
        #6 sha256:d25ee4ba94da5a894456bf541e76569801e031a3f4a82e43aa2c724cd998c671
        #6 CACHED

        #7 [bad 3/4] RUN echo nor this 1
        #7 sha256:62911a697e5e64d4f8dba38e4dc48cd7bc5ac4fa524da40345ba1d475e9830cf
        #7 CACHED

        #9 [bad 4/4] COPY nofile /
        #9 sha256:a585011dfd8c55863e85a6fe6bd2f68424704954095b1bee2d4884fe021cfe29
        #9 ERROR: "/nofile" not found: not found

        #4 [slow 2/2] RUN echo s1
        #4 sha256:430e652ea112915e8e86d5c3cbbe2d7b69f65b3185d9eabfd59b689502d847c1
        #4 0.322 s1
        #4 DONE 0.4s

        #5 [stage-2 2/3] COPY --from=slow /bin/sh /x
        #5 sha256:218f0026cce320f76ad12d770e8f8f64d75d21cb0d5fda4dd55c953044379ad5
        #5 DONE 0.1s

        #6 [bad 2/4] RUN echo never built 1
        #6 sha256:d25ee4ba94da5a894456bf541e76569801e031a3f4a82e43aa2c724cd998c671
        #6 0.549 runc run failed: container process is already dead
        #6 CANCELED
        ------
         > [bad 4/4] COPY nofile /:
        ------
        failed to compute cache key: "/nofile" not found: not found
        """#

    private static let ranAfterAll = #"""
        #1 [internal] load build definition from Skip3
        #1 sha256:ba690e16327e44dba6828a3e820e837cacf1392b3955d8cec47520970a45e590
        #1 transferring dockerfile: 209B done
        #1 DONE 0.0s

        #2 [internal] load .dockerignore
        #2 sha256:0e1d1c703be3d2c8ab8da6d779159a47d5455e6fd061a766918cd918815fefd1
        #2 transferring context: 2B done
        #2 DONE 0.0s

        #3 [internal] load metadata for docker.io/library/base:1
        #3 sha256:94dd77e74cb421fe3b54206908cd64355e9af025b7317a29c68700396e0cb348
        #3 DONE 0.0s

        #3 [internal] load metadata for docker.io/library/base:1
        #3 sha256:94dd77e74cb421fe3b54206908cd64355e9af025b7317a29c68700396e0cb348
        #3 DONE 0.0s

        #4 [bad 1/4] FROM docker.io/library/base:1
        #4 sha256:cb6ec6a9fa3d49de0b8d9030ce2508da0b999af4cc9d8b7ce9817eda4b3f4302
        #4 CACHED

        #9 [internal] load build context
        #9 sha256:97504379dde210dfee41e7859d0872f203977afacb6ba447daa18871fe18ce79
        #9 transferring context: 2B done
        #9 DONE 0.0s

        #7 [bad 2/4] RUN echo never built 2
        #7 sha256:b72560a852f01513d1192e750045428497c64cbbd5f8e4d2596a80d80a7f07a5
        #7 0.112 never built 2
        #7 CACHED

        #8 [bad 3/4] RUN echo nor this 2
        #8 sha256:ed93e1a03a79d3ac1d9f19c9c1b6246d34809318ec93511a7870a69c1d771dd7
        #8 CACHED

        #10 [bad 4/4] COPY nofile /
        #10 sha256:5969d802a2ffadda1f3350d630338d39ce61399f110dae1d15e9d6f1e2b048da
        #10 ERROR: "/nofile" not found: not found

        #5 [slow 2/2] RUN echo s2
        #5 sha256:61bf4d7c0bfcd16795b9001c879611186c23a463a24b35d6981b31e75aaa3a46
        #5 0.200 s2
        #5 DONE 0.2s

        #7 [bad 2/4] RUN echo never built 2
        #7 sha256:b72560a852f01513d1192e750045428497c64cbbd5f8e4d2596a80d80a7f07a5
        #7 DONE 0.2s
        ------
         > [bad 4/4] COPY nofile /:
        ------
        failed to compute cache key: "/nofile" not found: not found
        """#
}
