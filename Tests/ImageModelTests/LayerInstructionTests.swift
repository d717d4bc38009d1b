import ImageModel
import Testing

@Suite struct LayerInstructionTests {
    private func instructions(_ history: [History], layers: Int) -> [String?] {
        let diffIDs = (0..<layers).map { Digest.of([UInt8($0)]) }
        return ImageConfiguration(
            architecture: "amd64", os: "linux", rootfs: .init(diffIDs: diffIDs), history: history
        ).layerInstructions
    }

    @Test func `entries marked as empty made no layer`() {
        let history = [
            History(createdBy: "ADD rootfs /"), History(createdBy: "ENV a=b", emptyLayer: true),
            History(createdBy: "WORKDIR /app"),
        ]
        #expect(instructions(history, layers: 2) == ["ADD rootfs /", "WORKDIR /app"])
    }

    @Test func `without marks the instructions tell, where their number agrees`() {
        let history = [
            History(createdBy: "/bin/sh -c #(nop) ADD file:1 in /"),
            History(createdBy: "/bin/sh -c #(nop)  CMD [\"sh\"]"),
            History(createdBy: "/bin/sh -c apt-get update"), History(createdBy: "ENV RUN=1"),
            History(createdBy: "COPY . . # buildkit"),
        ]
        #expect(
            instructions(history, layers: 3) == [
                "/bin/sh -c #(nop) ADD file:1 in /", "/bin/sh -c apt-get update", "COPY . . # buildkit",
            ])
        #expect(instructions(history, layers: 2) == [nil, nil])
    }

    @Test func `marks are believed even where the number does not agree`() {
        let history = [History(createdBy: "RUN a"), History(createdBy: "ENV b", emptyLayer: true)]
        #expect(instructions(history, layers: 2) == [nil, nil])
    }

    @Test func `no history tells nothing`() {
        #expect(instructions([], layers: 2) == [nil, nil])
        #expect(instructions([], layers: 0).isEmpty)
    }
}
