import Foundation
import ImageModel
import Observations
import Testing

@Suite struct RegistryEventTests {
    private let digest = Digest.of("manifest".utf8)
    private let child = Digest.of("child".utf8)
    private static let v1 = "application/vnd.docker.distribution.events.v1+json"

    private func event(
        _ id: String = "e1", action: String = "pull", method: String = "GET", type: MediaType = .ociManifest,
        digest: Digest? = nil, tag: String? = "1", agent: String = "docker/28", references: [Digest] = []
    ) -> String {
        let tag = tag.map { #","tag":"\#($0)""# } ?? ""
        let references =
            references.isEmpty
            ? ""
            : #","references":[\#(references.map { #"{"mediaType":"x","digest":"\#($0)","size":1}"# }.joined(separator: ","))]"#
        return #"""
            {"id":"\#(id)","timestamp":"2026-11-24T15:14:37.896898409Z","action":"\#(action)",
             "target":{"mediaType":"\#(type)","size":274,"digest":"\#(digest ?? self.digest)","length":274,
              "repository":"a/b","url":"http://127.0.0.1:5999/v2/a/b/manifests/x"\#(tag)\#(references)},
             "request":{"id":"cf58","addr":"127.0.0.1:58720","host":"127.0.0.1:5999","method":"\#(method)",
              "useragent":"\#(agent)"},
             "actor":{},"source":{"addr":"vm:5999","instanceID":"a0cc"}}
            """#
    }

    private func parse(_ events: [String], type: String? = Self.v1) throws -> [RegistryEvent] {
        try RegistryEvent.parse(Data(#"{"events":[\#(events.joined(separator: ","))]}"#.utf8), contentType: type)
    }

    @Test(arguments: [
        v1, "application/vnd.docker.distribution.events.v2+json", v1 + "; charset=utf-8", "application/json", nil,
    ])
    func `distribution's events are read`(type: String?) throws {
        let events = try parse([event(), event("e2", action: "push", method: "PUT", tag: nil)], type: type)
        let moment = try #require(Timestamp.parse("2026-11-24T15:14:37.896898409Z"))
        #expect(
            events == [
                RegistryEvent(id: "e1", occurredAt: moment, repository: "a/b", digest: digest, tag: "1", kind: .pull),
                RegistryEvent(id: "e2", occurredAt: moment, repository: "a/b", digest: digest, kind: .push),
            ])
    }

    @Test func `only pulls and pushes of manifests count, and not our own reading`() throws {
        let dropped = [
            event(method: "HEAD"), event(type: .octetStream), event(action: "push", method: "PUT", type: .octetStream),
            event(action: "mount", method: "POST"), event(agent: "layerscope"), event(type: .ociLayerGzip),
            event(type: .ociConfiguration), event(action: "push", method: "GET"), event(action: "reticulate"),
            #"{"id":"d","timestamp":"2026-11-24T15:14:37Z","action":"delete","target":{"repository":"a/b","tag":"1"}}"#,
            #"{"id":"x","action":"pull"}"#,
        ]
        for text in dropped { #expect(try parse([text]).isEmpty, "\(text)") }
        #expect(try parse(dropped + [event()]).count == 1)
        for type in MediaType.manifests { #expect(try parse([event(type: type)]).count == 1, "\(type)") }
    }

    @Test func `a manifest's deletion is told`() throws {
        let text =
            #"{"id":"d","timestamp":"2026-11-24T15:14:37Z","action":"delete","target":{"digest":"\#(digest)","repository":"a/b"},"request":{"method":"DELETE"}}"#
        #expect(try parse([text]).map(\.kind) == [.delete])
    }

    @Test func `of an index and its entry the index is the pull`() throws {
        let index = event("i", type: .ociIndex, digest: digest, tag: "multi", references: [child])
        let entry = event("c", digest: child, tag: nil)
        #expect(try parse([entry, index]).map(\.id) == ["i"])
        // By its own tag, or by somebody else, it is a pull of its own.
        #expect(try parse([index, event("c", digest: child, tag: "amd64")]).map(\.id) == ["i", "c"])
        #expect(
            try parse([index, entry.replacingOccurrences(of: "127.0.0.1:58720", with: "10.0.0.9:1")]).map(\.id)
                == ["i", "c"])
        #expect(try parse([entry]).map(\.id) == ["c"])
    }

    @Test func `Harbor's own format is read, and what is sent again has the same id`() throws {
        func body(_ type: String) -> Data {
            Data(
                #"""
                {"type":"\#(type)","occur_at":1680501893,"operator":"admin","event_data":{"resources":[
                 {"digest":"\#(digest)","tag":"latest","resource_url":"h/library/alpine:latest"}],"repository":
                 {"date_created":1680501430,"name":"alpine","namespace":"library","repo_full_name":"library/alpine",
                  "repo_type":"private"}}}
                """#.utf8)
        }
        let pull = try RegistryEvent.parse(body("PULL_ARTIFACT"), contentType: "application/json")
        #expect(
            pull == [
                RegistryEvent(
                    id: Digest.of(body("PULL_ARTIFACT")).hex, occurredAt: Date(timeIntervalSince1970: 1_680_501_893),
                    repository: "library/alpine", digest: digest, tag: "latest", kind: .pull)
            ])
        #expect(try RegistryEvent.parse(body("PUSH_ARTIFACT"), contentType: nil).map(\.kind) == [.push])
        #expect(try RegistryEvent.parse(body("DELETE_ARTIFACT"), contentType: nil).map(\.kind) == [.delete])
        #expect(try RegistryEvent.parse(body("QUOTA_WARNING"), contentType: nil).isEmpty)
    }

    @Test func `Harbor's CloudEvents are read, and a digest in the tag's place is none`() throws {
        let body = Data(
            #"""
            {"specversion":"1.0","id":"4b2f89a6","requestid":"r","source":"/projects/1/webhook/policies/3",
             "type":"harbor.artifact.pulled","datacontenttype":"application/json","time":"2023-04-03T06:04:53Z",
             "data":{"resources":[{"digest":"\#(digest)","tag":"\#(digest)","resource_url":"x"},
              {"digest":"\#(child)","tag":"v2","resource_url":"x"}],
              "repository":{"date_created":1,"name":"alpine","namespace":"library","repo_full_name":"library/alpine"}},
             "operator":"robot$library+scanner"}
            """#.utf8)
        for type in ["application/cloudevents+json", "application/json"] {
            let events = try RegistryEvent.parse(body, contentType: type)
            #expect(events.map(\.id) == ["4b2f89a6/0", "4b2f89a6/1"])
            #expect(events.map(\.tag) == [nil, "v2"] && events.map(\.digest) == [digest, child])
            #expect(events.allSatisfy { $0.occurredAt == Timestamp.parse("2023-04-03T06:04:53Z") && $0.kind == .pull })
        }
    }

    static let mistakes: [(body: String, type: String?, kind: RegistryEventError.Kind)] = [
        ("", v1, .invalid), ("{", v1, .invalid), ("[]", v1, .invalid), (#"{"events":7}"#, v1, .invalid),
        (#"{"events":[{"id":7,"action":"pull"}]}"#, v1, .invalid),
        (#"{"events":[{"action":"pull"}]}"#, v1, .invalid),
        (#"{"events":[],"events":[]}"#, v1, .invalid),
        ("{}", nil, .unknownType), ("{}", "text/plain", .unknownType), ("{}", "application/cloudevents+json", .invalid),
        (#"{"updated_tags":["latest"],"docker_url":"quay.io/a/b","repository":"a/b"}"#, nil, .withoutDigests),
        (String(repeating: " ", count: RegistryEvent.byteLimit + 1), v1, .tooLarge),
    ]

    @Test(arguments: mistakes.indices)
    func `what cannot be read is refused by kind`(number: Int) {
        let (body, type, kind) = Self.mistakes[number]
        let error = #expect(throws: RegistryEventError.self) {
            try RegistryEvent.parse(Data(body.utf8), contentType: type)
        }
        #expect(error?.kind == kind, "\(String(describing: error))")
    }

    @Test func `an event of a manifest needs an id, a time, a repository and a digest that are ones`() {
        let good = event()
        for (part, other) in [
            (#""id":"e1""#, #""id":"""#), (#""id":"e1""#, #""id":"\#(String(repeating: "x", count: 201))""#),
            ("2026-11-24T15:14:37.896898409Z", "yesterday"), (#""a/b""#, #""A//b""#),
            (digest.description, "sha256:12"),
        ] {
            let text = good.replacingOccurrences(of: part, with: other)
            #expect(text != good)
            let error = #expect(throws: RegistryEventError.self, "\(other)") { try parse([text]) }
            #expect(error?.kind == .invalid)
        }
    }
}
