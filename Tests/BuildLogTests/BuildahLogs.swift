/// What podman 4.3.1 and buildah 1.28.2 printed, as it was (warnings are shortened).
enum BuildahLogs {
    static let first = #"""
        [1/2] STEP 1/7: FROM localhost/base:1 AS build
        [1/2] STEP 2/7: ARG X=1
        --> 65afc2c07a8
        [1/2] STEP 3/7: ENV A=b
        --> 7dd5ba9950a
        [1/2] STEP 4/7: WORKDIR /w
        --> 6c7dcd1a740
        [1/2] STEP 5/7: COPY f1 /w/
        --> b93951646b7
        [1/2] STEP 6/7: RUN echo "Step 3/7 : RUN fake"; echo " ---> Using cache"; echo " ---> 0123456789ab"; cat f1
        Step 3/7 : RUN fake
         ---> Using cache
         ---> 0123456789ab
        a
        --> a1b32df3f1a
        [1/2] STEP 7/7: ONBUILD RUN echo trigger
        time="2026-11-24T18:21:58Z" level=warning msg="ONBUILD is not supported for OCI image format, RUN echo trigger w
        --> c5a507e391b
        [2/2] STEP 1/6: FROM localhost/base:1
        [2/2] STEP 2/6: LABEL x=y
        --> b23ca9dc5c2
        [2/2] STEP 3/6: COPY --from=build /w/f1 /f1
        --> e3a30071c0a
        [2/2] STEP 4/6: COPY f2 /f2
        --> 6994a4bb2ae
        [2/2] STEP 5/6: RUN echo two   && cat /f2
        two
        b
        --> e33867e1e93
        [2/2] STEP 6/6: CMD ["sh"]
        [2/2] COMMIT app:1
        --> b399cff77ba
        Successfully tagged localhost/app:1
        b399cff77ba00cec7b3e9354b3ce259ceaa33fa3f4798afbb28cb7c6dc6c5411
        """#

    static let fileChanged = #"""
        [1/2] STEP 1/7: FROM localhost/base:1 AS build
        [1/2] STEP 2/7: ARG X=1
        --> Using cache 65afc2c07a8a4af3f526525d21ce56e79e1438f8f24203a51630b99f441c2efa
        --> 65afc2c07a8
        [1/2] STEP 3/7: ENV A=b
        --> Using cache 7dd5ba9950afad1c04e8ac3bc8f4b8e4bce174cc6e9d371cd9b447a771cfc092
        --> 7dd5ba9950a
        [1/2] STEP 4/7: WORKDIR /w
        --> Using cache 6c7dcd1a7404e86021ba2fd1bcdbc9e34c6442b4f9b49baacc6b14199ad7c98d
        --> 6c7dcd1a740
        [1/2] STEP 5/7: COPY f1 /w/
        --> Using cache b93951646b7602e560859cfa47aa7d8d510ca31c07f2e6611feedc6cce0973cc
        --> b93951646b7
        [1/2] STEP 6/7: RUN echo "Step 3/7 : RUN fake"; echo " ---> Using cache"; echo " ---> 0123456789ab"; cat f1
        --> Using cache a1b32df3f1acda31a7a1199cbf1155c3d93337c0cf67a872207f1468d1b1ff0d
        --> a1b32df3f1a
        [1/2] STEP 7/7: ONBUILD RUN echo trigger
        --> Using cache c5a507e391bb7c1164a17e60eaf25f3c0ec525ba41894f131cfe708e73b72292
        --> c5a507e391b
        [2/2] STEP 1/6: FROM localhost/base:1
        [2/2] STEP 2/6: LABEL x=y
        --> Using cache b23ca9dc5c226ec2ca2419d2a79d4d3111bc2d2a4899ebba68a0ed7da75dcb91
        --> b23ca9dc5c2
        [2/2] STEP 3/6: COPY --from=build /w/f1 /f1
        --> Using cache e3a30071c0a9c8ef94b9203e6b2fb913b2000b5e60c674603c31954dbc9fc9ae
        --> e3a30071c0a
        [2/2] STEP 4/6: COPY f2 /f2
        --> 544d218509a
        [2/2] STEP 5/6: RUN echo two   && cat /f2
        two
        c
        --> f6b26969f37
        [2/2] STEP 6/6: CMD ["sh"]
        [2/2] COMMIT app:1
        --> a0e13f4ad7e
        Successfully tagged localhost/app:1
        a0e13f4ad7eb38867b397b3ac1e15e23c3a23e72bae8e402d3085e13d74cc043
        """#

    static let withoutLayers = #"""
        [1/2] STEP 1/7: FROM localhost/base:1 AS build
        [1/2] STEP 2/7: ARG X=1
        [1/2] STEP 3/7: ENV A=b
        [1/2] STEP 4/7: WORKDIR /w
        [1/2] STEP 5/7: COPY f1 /w/
        [1/2] STEP 6/7: RUN echo "Step 3/7 : RUN fake"; echo " ---> Using cache"; echo " ---> 0123456789ab"; cat f1
        Step 3/7 : RUN fake
         ---> Using cache
         ---> 0123456789ab
        a
        [1/2] STEP 7/7: ONBUILD RUN echo trigger
        [2/2] STEP 1/6: FROM localhost/base:1
        [2/2] STEP 2/6: LABEL x=y
        [2/2] STEP 3/6: COPY --from=build /w/f1 /f1
        [2/2] STEP 4/6: COPY f2 /f2
        [2/2] STEP 5/6: RUN echo two   && cat /f2
        two
        c
        [2/2] STEP 6/6: CMD ["sh"]
        [2/2] COMMIT app:1
        Getting image source signatures
        Copying blob sha256:c0c125618792fabc111258469502171c333988d29b6e81433849fc592e6175dc
        Copying blob sha256:b2dec6f550cfdd56e0bf3122bcceb1422eeaa3be5938235b064200710d177e6a
        Copying config sha256:2a4a5f284af67b8dd05af37040ce991739558247197f5e80ed0636f81752f321
        Writing manifest to image destination
        Storing signatures
        --> 2a4a5f284af
        Successfully tagged localhost/app:1
        2a4a5f284af67b8dd05af37040ce991739558247197f5e80ed0636f81752f321
        """#

    static let buildahDefault = #"""
        STEP 1/6: FROM localhost/base:1
        STEP 2/6: ENV A=b
        STEP 3/6: RUN echo one; echo "STEP 2/2: RUN x"; echo "--> Using cache 0000000000000000000000000000000000000000000000000000000000000000"
        one
        STEP 2/2: RUN x
        --> Using cache 0000000000000000000000000000000000000000000000000000000000000000
        STEP 4/6: COPY f1 /f1
        STEP 5/6: RUN cat /f2 || echo no
        cat: can't open '/f2': No such file or directory
        no
        STEP 6/6: CMD ["sh"]
        COMMIT s:1
        Getting image source signatures
        Copying blob sha256:c0c125618792fabc111258469502171c333988d29b6e81433849fc592e6175dc
        Copying blob sha256:0ddf997d8e622caea7ad8d88f8fe2364e909c2f6a7d43269f47211dcbb4d5daa
        Copying config sha256:21caeb504ee550a490f7e9924c1152358318ba7e865ca812f9cf9b25ae4b0eef
        Writing manifest to image destination
        Storing signatures
        --> 21caeb504ee
        Successfully tagged localhost/s:1
        21caeb504ee550a490f7e9924c1152358318ba7e865ca812f9cf9b25ae4b0eef
        """#

    static let buildahLayers = #"""
        STEP 1/6: FROM localhost/base:1
        STEP 2/6: ENV A=b
        --> 5c97328a35d
        STEP 3/6: RUN echo one; echo "STEP 2/2: RUN x"; echo "--> Using cache 0000000000000000000000000000000000000000000000000000000000000000"
        one
        STEP 2/2: RUN x
        --> Using cache 0000000000000000000000000000000000000000000000000000000000000000
        --> 8324432a8a6
        STEP 4/6: COPY f1 /f1
        --> e9624868a18
        STEP 5/6: RUN cat /f2 || echo no
        cat: can't open '/f2': No such file or directory
        no
        --> 1ad848c6597
        STEP 6/6: CMD ["sh"]
        COMMIT s:1
        --> 8ace29fe939
        Successfully tagged localhost/s:1
        8ace29fe939e5047f155e603967d4db164991832bc1a4d06b4ab909a80722b8c
        """#

    static let withoutName = #"""
        STEP 1/6: FROM localhost/base:1
        STEP 2/6: ENV A=b
        --> Using cache 5c97328a35d3c41a2445c0c6fee0282b494f4e5d26e0283d2722adf2dbbc90a2
        --> 5c97328a35d
        STEP 3/6: RUN echo one; echo "STEP 2/2: RUN x"; echo "--> Using cache 0000000000000000000000000000000000000000000000000000000000000000"
        --> Using cache 8324432a8a63b0d64f4ab1adb6962af9eccfe0883d5b80a0304d837fb4f11e93
        --> 8324432a8a6
        STEP 4/6: COPY f1 /f1
        --> Using cache e9624868a18af5d2cf4fdc3b188780fc555c98c967df4193b3a2ab1cfc89671a
        --> e9624868a18
        STEP 5/6: RUN cat /f2 || echo no
        --> Using cache 1ad848c6597b6cf5d43eb00bca5ccb61ff54265fa9f96b1df14fa73392d60aea
        --> 1ad848c6597
        STEP 6/6: CMD ["sh"]
        --> Using cache 8ace29fe939e5047f155e603967d4db164991832bc1a4d06b4ab909a80722b8c
        --> 8ace29fe939
        8ace29fe939e5047f155e603967d4db164991832bc1a4d06b4ab909a80722b8c
        """#

    static let single = #"""
        STEP 1/2: FROM localhost/base:1
        STEP 2/2: RUN echo fresh
        fresh
        COMMIT tiny2
        --> 3a25f5028b9
        Successfully tagged localhost/tiny2:latest
        3a25f5028b9213437a1057c8da2aa5883d0896532759b86b515806a4e5724914
        """#

    static let singleWithoutLayers = #"""
        STEP 1/2: FROM localhost/base:1
        STEP 2/2: RUN echo one
        one
        COMMIT tiny
        Getting image source signatures
        Copying blob sha256:c0c125618792fabc111258469502171c333988d29b6e81433849fc592e6175dc
        Copying blob sha256:c56ab255f2a60e1336404f4d24d22c47486e22a35b6076f91a8c9f7f7871fade
        Copying config sha256:5dc7c387bedd9e3f98874f96e7f74843ebd2b1d11c2a23fb830cc4b910ba53c6
        Writing manifest to image destination
        Storing signatures
        --> 5dc7c387bed
        Successfully tagged localhost/tiny:latest
        5dc7c387bedd9e3f98874f96e7f74843ebd2b1d11c2a23fb830cc4b910ba53c6
        """#

    static let singleHit = #"""
        STEP 1/2: FROM localhost/base:1
        STEP 2/2: RUN echo one
        --> Using cache 5dc7c387bedd9e3f98874f96e7f74843ebd2b1d11c2a23fb830cc4b910ba53c6
        COMMIT tiny
        --> 5dc7c387bed
        Successfully tagged localhost/tiny:latest
        5dc7c387bedd9e3f98874f96e7f74843ebd2b1d11c2a23fb830cc4b910ba53c6
        """#

    static let failed = #"""
        STEP 1/4: FROM localhost/base:1
        STEP 2/4: RUN echo hi
        hi
        --> 5829726b6ae
        STEP 3/4: RUN sh -c "exit 3"
        subprocess exited with status 3
        subprocess exited with status 3
        Error: building at STEP "RUN sh -c "exit 3"": exit status 3
        """#

    static let failedWithoutLayers = #"""
        STEP 1/4: FROM localhost/base:1
        STEP 2/4: RUN echo hi
        hi
        STEP 3/4: RUN sh -c "exit 3"
        subprocess exited with status 3
        subprocess exited with status 3
        Error: building at STEP "RUN sh -c "exit 3"": exit status 3
        """#

    static let missingBase = #"""
        STEP 1/2: FROM localhost/nothere:1
        Error: creating build container: localhost/nothere:1: image not known
        """#

    static let onlyBase = #"""
        STEP 1/1: FROM localhost/base:1
        COMMIT only
        --> 70e2ffa015d
        Successfully tagged localhost/only:latest
        Successfully tagged localhost/base:1
        70e2ffa015d2cf9175516bb4d7052d272bc943abf053eccc1ee6f1e0c11d5c0e
        """#

    static let parallel = #"""
        [1/3] STEP 1/4: FROM localhost/base:1 AS a
        [2/3] STEP 1/4: FROM localhost/base:1 AS b
        [3/3] STEP 1/3: FROM localhost/base:1
        [1/3] STEP 2/4: RUN echo a1; sleep 0.4
        --> Using cache 3190ad8291069cabad30ee93586343196c4b99465d4e99481f1309d6baeb9d74
        --> 3190ad82910
        [2/3] STEP 2/4: RUN echo b1; sleep 0.5
        --> Using cache 3f9dfa569281b64b1a83e1ecaf2f371335a128480cdf3237905482f6f3905376
        --> 3f9dfa56928
        [1/3] STEP 3/4: RUN echo a2; sleep 0.2
        --> Using cache 11ced1d6c06a1bd18491b5f6ee5b457864a5cb71a305ebd6aff440415ca19121
        --> 11ced1d6c06
        [2/3] STEP 3/4: RUN echo b2x
        [3/3] STEP 2/3: COPY --from=a /x /x
        [1/3] STEP 4/4: COPY f1 /x
        b2x
        --> Using cache 39c89c71e6f7481c347f86069d3b04cf7f06e51269916b8771b4287f7d8dd8fd
        --> 39c89c71e6f
        --> 8ae53f99526
        [2/3] STEP 4/4: RUN echo b3
        --> Using cache ae9ca3726da97dae174fd87846734c085c5e03ad8f30d69ea43756bc11d26091
        --> ae9ca3726da
        [3/3] STEP 3/3: COPY --from=b /bin/sh /sh
        b3
        --> 990fa06225b
        --> Using cache e06a0ec31ab741120f1fe8584801a70ed99690e35359c57a5a3d315a02ef8375
        [3/3] COMMIT j:1
        --> e06a0ec31ab
        Successfully tagged localhost/j:1
        e06a0ec31ab741120f1fe8584801a70ed99690e35359c57a5a3d315a02ef8375
        """#

    static let parallelCached = #"""
        [3/3] STEP 1/3: FROM localhost/base:1
        [1/3] STEP 1/4: FROM localhost/base:1 AS a
        [2/3] STEP 1/4: FROM localhost/base:1 AS b
        [1/3] STEP 2/4: RUN echo a1; sleep 0.4
        --> Using cache 3190ad8291069cabad30ee93586343196c4b99465d4e99481f1309d6baeb9d74
        --> 3190ad82910
        [2/3] STEP 2/4: RUN echo b1; sleep 0.5
        --> Using cache 3f9dfa569281b64b1a83e1ecaf2f371335a128480cdf3237905482f6f3905376
        --> 3f9dfa56928
        [1/3] STEP 3/4: RUN echo a2; sleep 0.2
        --> Using cache 11ced1d6c06a1bd18491b5f6ee5b457864a5cb71a305ebd6aff440415ca19121
        --> 11ced1d6c06
        [2/3] STEP 3/4: RUN echo b2
        --> Using cache 653ec0eaf3fcc7b9cebd8239b24977d832c6f927eb04d6961bd39214e585220d
        --> 653ec0eaf3f
        [1/3] STEP 4/4: COPY f1 /x
        [3/3] STEP 2/3: COPY --from=a /x /x
        [2/3] STEP 4/4: RUN echo b3
        --> Using cache c1aee2326f28b109a0378189ec7ca6886b7f27d1a136424d1991f9cc4eb76bed
        --> c1aee2326f2
        --> Using cache 39c89c71e6f7481c347f86069d3b04cf7f06e51269916b8771b4287f7d8dd8fd
        --> 39c89c71e6f
        --> Using cache ae9ca3726da97dae174fd87846734c085c5e03ad8f30d69ea43756bc11d26091
        --> ae9ca3726da
        [3/3] STEP 3/3: COPY --from=b /bin/sh /sh
        --> Using cache e06a0ec31ab741120f1fe8584801a70ed99690e35359c57a5a3d315a02ef8375
        [3/3] COMMIT j:1
        --> e06a0ec31ab
        Successfully tagged localhost/j:1
        e06a0ec31ab741120f1fe8584801a70ed99690e35359c57a5a3d315a02ef8375
        """#

    static let platforms = #"""
        [linux/arm64] [1/2] STEP 1/3: FROM scratch AS a
        [linux/arm64] [1/2] STEP 2/3: COPY f1 /x
        --> 38f9cde7fb4
        [linux/arm64] [1/2] STEP 3/3: ENV A=b
        --> d52a4d448e2
        [linux/arm64] [2/2] STEP 1/3: FROM scratch
        [linux/arm64] [2/2] STEP 2/3: COPY --from=a /x /x
        --> Using cache 38f9cde7fb453cfcb2ae7bf47e68b1bc50befb2a21bd193eb33da0b571e4cfb8
        --> 38f9cde7fb4
        [linux/arm64] [2/2] STEP 3/3: COPY f2 /sh
        [linux/arm64] [2/2] COMMIT
        --> 5e23018294e
        [linux/amd64] [1/2] STEP 1/3: FROM scratch AS a
        [Warning] one or more build args were not consumed: [TARGETARCH TARGETOS TARGETPLATFORM]
        [linux/amd64] [1/2] STEP 2/3: COPY f1 /x
        5e23018294e6043bb08eebe05538b620caa167f1ac40a98841bef2386e18945e
        --> Using cache 38f9cde7fb453cfcb2ae7bf47e68b1bc50befb2a21bd193eb33da0b571e4cfb8
        --> 38f9cde7fb4
        [linux/amd64] [1/2] STEP 3/3: ENV A=b
        --> Using cache d52a4d448e2dfaff0beb3e86896f9149ca7cdd4b7a1818214fcfeaa578dd5707
        --> d52a4d448e2
        [linux/amd64] [2/2] STEP 1/3: FROM scratch
        [linux/amd64] [2/2] STEP 2/3: COPY --from=a /x /x
        --> Using cache 38f9cde7fb453cfcb2ae7bf47e68b1bc50befb2a21bd193eb33da0b571e4cfb8
        --> 38f9cde7fb4
        [linux/amd64] [2/2] STEP 3/3: COPY f2 /sh
        --> Using cache 5e23018294e6043bb08eebe05538b620caa167f1ac40a98841bef2386e18945e
        --> 5e23018294e
        [Warning] one or more build args were not consumed: [TARGETARCH TARGETOS TARGETPLATFORM]
        5e23018294e6043bb08eebe05538b620caa167f1ac40a98841bef2386e18945e
        """#

    static let parallelPlatforms = #"""
        [linux/arm64] [2/2] STEP 1/3: FROM scratch
        [linux/amd64] [1/2] STEP 1/3: FROM scratch AS a
        [linux/arm64] [1/2] STEP 1/3: FROM scratch AS a
        [linux/arm64] [2/2] STEP 2/3: COPY --from=a /x /x
        [linux/amd64] [2/2] STEP 1/3: FROM scratch
        [linux/amd64] [1/2] STEP 2/3: COPY f1 /x
        [linux/amd64] [2/2] STEP 2/3: COPY --from=a /x /x
        [linux/arm64] [1/2] STEP 2/3: COPY f1 /x
        --> Using cache 38f9cde7fb453cfcb2ae7bf47e68b1bc50befb2a21bd193eb33da0b571e4cfb8
        --> 38f9cde7fb4
        --> Using cache 38f9cde7fb453cfcb2ae7bf47e68b1bc50befb2a21bd193eb33da0b571e4cfb8
        --> 38f9cde7fb4
        [linux/amd64] [1/2] STEP 3/3: ENV A=b
        --> Using cache d52a4d448e2dfaff0beb3e86896f9149ca7cdd4b7a1818214fcfeaa578dd5707
        --> d52a4d448e2
        [linux/arm64] [1/2] STEP 3/3: ENV A=b
        --> Using cache d52a4d448e2dfaff0beb3e86896f9149ca7cdd4b7a1818214fcfeaa578dd5707
        --> d52a4d448e2
        --> Using cache 38f9cde7fb453cfcb2ae7bf47e68b1bc50befb2a21bd193eb33da0b571e4cfb8
        --> 38f9cde7fb4
        [linux/amd64] [2/2] STEP 3/3: COPY f2 /sh
        --> Using cache 38f9cde7fb453cfcb2ae7bf47e68b1bc50befb2a21bd193eb33da0b571e4cfb8
        --> 38f9cde7fb4
        [linux/arm64] [2/2] STEP 3/3: COPY f2 /sh
        --> Using cache 5e23018294e6043bb08eebe05538b620caa167f1ac40a98841bef2386e18945e
        --> 5e23018294e
        [Warning] one or more build args were not consumed: [TARGETARCH TARGETOS TARGETPLATFORM]
        5e23018294e6043bb08eebe05538b620caa167f1ac40a98841bef2386e18945e
        --> Using cache 5e23018294e6043bb08eebe05538b620caa167f1ac40a98841bef2386e18945e
        --> 5e23018294e
        [Warning] one or more build args were not consumed: [TARGETARCH TARGETOS TARGETPLATFORM]
        5e23018294e6043bb08eebe05538b620caa167f1ac40a98841bef2386e18945e
        """#
}
