/// What Docker 20.10.24 printed (`DOCKER_BUILDKIT=0`), as it was.
enum ClassicLogs {
    static let fileChanged = #"""
        Sending build context to Docker daemon  4.096kB
        Step 1/14 : ARG TAG=1
        Step 2/14 : FROM base:${TAG} AS build
         ---> ffbcc608b3be
        Step 3/14 : ARG X=1
         ---> Using cache
         ---> 6cecfdce32e8
        Step 4/14 : ENV A=b
         ---> Using cache
         ---> e07c9a9471d6
        Step 5/14 : WORKDIR /w
         ---> Using cache
         ---> 09b6a06a180a
        Step 6/14 : COPY f1 /w/
         ---> Using cache
         ---> c9cfba84c299
        Step 7/14 : RUN echo "Step 3/7 : RUN fake"; echo " ---> Using cache"; echo " ---> 0123456789ab"; cat f1
         ---> Using cache
         ---> 590fdcf47efc
        Step 8/14 : ONBUILD RUN echo trigger
         ---> Using cache
         ---> bbe2fb2b8ee8
        Step 9/14 : FROM base:1
         ---> ffbcc608b3be
        Step 10/14 : LABEL x=y
         ---> Using cache
         ---> c46e2ad1d2b0
        Step 11/14 : COPY --from=build /w/f1 /f1
         ---> Using cache
         ---> 61ffcf9c305d
        Step 12/14 : COPY f2 /f2
         ---> db9f7374b435
        Step 13/14 : RUN echo two   && cat /f2
         ---> Running in 1b6bf4e57a14
        two
        c
        Removing intermediate container 1b6bf4e57a14
         ---> eb71e99b0213
        Step 14/14 : CMD ["sh"]
         ---> Running in 604ec4647de9
        Removing intermediate container 604ec4647de9
         ---> d98566da7677
        Successfully built d98566da7677
        Successfully tagged app:1
        """#

    static let failed = #"""
        Sending build context to Docker daemon   5.12kB
        Step 1/4 : FROM base:1
         ---> ffbcc608b3be
        Step 2/4 : RUN echo hi
         ---> Running in 91415aff0575
        hi
        Removing intermediate container 91415aff0575
         ---> 82ec8f80f839
        Step 3/4 : RUN sh -c "exit 3"
         ---> Running in 696c65f8e95f
        The command '/bin/sh -c sh -c "exit 3"' returned a non-zero code: 3
        """#

    static let trigger = #"""
        Sending build context to Docker daemon  6.144kB
        Step 1/2 : FROM b:1
        # Executing 1 build trigger
         ---> Running in 03b2bc016594
        trigger
        Removing intermediate container 03b2bc016594
         ---> 837ba1fb7539
        Step 2/2 : RUN echo after
         ---> Running in 4050762465b3
        after
        Removing intermediate container 4050762465b3
         ---> ab5989d47565
        Successfully built ab5989d47565
        Successfully tagged onb:latest
        """#

    static let triggerAgain = #"""
        Sending build context to Docker daemon  6.144kB
        Step 1/2 : FROM b:1
        # Executing 1 build trigger
         ---> Using cache
         ---> 837ba1fb7539
        Step 2/2 : RUN echo after
         ---> Using cache
         ---> ab5989d47565
        Successfully built ab5989d47565
        Successfully tagged onb:latest
        """#

    static let missingFile = #"""
        Sending build context to Docker daemon  7.168kB
        Step 1/3 : FROM base:1
         ---> ffbcc608b3be
        Step 2/3 : RUN echo hi
         ---> Using cache
         ---> 82ec8f80f839
        Step 3/3 : COPY nope /x
        COPY failed: file not found in build context or excluded by .dockerignore: stat nope: file does not exist
        """#

    static let outputLikeSteps = #"""
        Sending build context to Docker daemon  6.144kB
        Step 1/14 : ARG TAG=1
        Step 2/14 : FROM base:${TAG} AS build
         ---> ffbcc608b3be
        Step 3/14 : ARG X=1
         ---> Running in 096a4d8d7a05
        Removing intermediate container 096a4d8d7a05
         ---> 04cdc5e9b595
        Step 4/14 : ENV A=b
         ---> Running in 70101539ae4f
        Removing intermediate container 70101539ae4f
         ---> 7c2c52a8c982
        Step 5/14 : WORKDIR /w
         ---> Running in dcd8fa0aa2bc
        Removing intermediate container dcd8fa0aa2bc
         ---> f53584da7f68
        Step 6/14 : COPY f1 /w/
         ---> 702bfaabe805
        Step 7/14 : RUN echo "Step 3/7 : RUN fake"; echo " ---> Using cache"; echo " ---> 0123456789ab"; cat f1
         ---> Running in 259c7d69c9a7
        Step 3/7 : RUN fake
         ---> Using cache
         ---> 0123456789ab
        a
        Removing intermediate container 259c7d69c9a7
         ---> 469c24be0b60
        Step 8/14 : ONBUILD RUN echo trigger
         ---> Running in d6aa7d66a5b4
        Removing intermediate container d6aa7d66a5b4
         ---> 11714911f4d7
        Step 9/14 : FROM base:1
         ---> ffbcc608b3be
        Step 10/14 : LABEL x=y
         ---> Running in a5628f67e11b
        Removing intermediate container a5628f67e11b
         ---> ba2cf7808dcd
        Step 11/14 : COPY --from=build /w/f1 /f1
         ---> ae750ea57ec9
        Step 12/14 : COPY f2 /f2
         ---> 09f92805a446
        Step 13/14 : RUN echo two   && cat /f2
         ---> Running in 8f9439ed98fd
        two
        c
        Removing intermediate container 8f9439ed98fd
         ---> fc29c91d14f7
        Step 14/14 : CMD ["sh"]
         ---> Running in 201aae20772c
        Removing intermediate container 201aae20772c
         ---> 3dc1761d59b1
        [Warning] One or more build-args [NOPE] were not consumed
        Successfully built 3dc1761d59b1
        Successfully tagged app:1
        """#
}
