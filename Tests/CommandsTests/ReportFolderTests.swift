import Foundation
import Reporting
import TestSupport
import Testing

@testable import Commands

@Suite struct ReportFolderTests {
    private func files(_ tables: [String: String]) -> [ReportFile] {
        [ReportFile(path: "report.html", content: "<p>")]
            + tables.sorted { $0.key < $1.key }.map { ReportFile(path: "csv/\($0.key).csv", content: $0.value) }
    }

    private func names(_ folder: ScratchFolder) throws -> Set<String> {
        let found = try FileManager.default.subpathsOfDirectory(atPath: folder("out").path)
        return Set(found.filter { !["csv", "csv/SHA256SUMS", "report.html"].contains($0) })
    }

    @Test func `an earlier report's tables go, and nothing else does`() throws {
        let folder = try ScratchFolder("report")
        let reports = ReportFolder(folder("out"))
        try reports.write(files(["a": "1", "b": "2", "deep/c": "3", "deep/d": "4", "edited": "5"]))
        try folder.write(Data("mine".utf8), to: "out/csv/mine.csv")
        try folder.write(Data("mine".utf8), to: "out/csv/edited.csv")
        try folder.write(Data("mine".utf8), to: "out/notes.csv")
        try reports.write(files(["a": "9"]))
        #expect(try names(folder) == ["csv/a.csv", "csv/mine.csv", "csv/edited.csv", "notes.csv"])
        #expect(try String(contentsOf: folder("out/csv/a.csv"), encoding: .utf8) == "9")
        // What stayed is foreign for good.
        try reports.write(files([:]))
        #expect(try names(folder) == ["csv/mine.csv", "csv/edited.csv", "notes.csv"])
    }

    @Test func `a listing names no file outside of its folder`() throws {
        let folder = try ScratchFolder("report")
        let content = Data("1".utf8)
        for name in ["out/outside.csv", "out/csv/plain.txt", "out/csv/ours.csv"] {
            try FileManager.default.createDirectory(
                at: folder(name).deletingLastPathComponent(), withIntermediateDirectories: true)
            try folder.write(content, to: name)
        }
        let hex = "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b"
        let lines = ["../outside.csv", folder("out/outside.csv").path, "plain.txt", "ours.csv", "gone.csv", ""]
        try folder.write(Data(lines.map { "\(hex)  \($0)\n" }.joined().utf8), to: "out/csv/SHA256SUMS")
        try ReportFolder(folder("out")).write(files([:]))
        #expect(try names(folder) == ["outside.csv", "csv/plain.txt"])
    }

    @Test func `what a report that was killed had written goes with the next`() throws {
        let folder = try ScratchFolder("report")
        let reports = ReportFolder(folder("out"))
        try reports.write(files(["a": "1", "old": "2"]))
        // A folder where a file should be: the second report ends in the middle.
        try FileManager.default.createDirectory(
            at: folder("out/csv/b.csv/x"), withIntermediateDirectories: true)
        #expect(throws: CommandFailure.self) { try reports.write(files(["a": "3", "b": "4"])) }
        try FileManager.default.removeItem(at: folder("out/csv/b.csv"))
        try reports.write(files(["c": "5"]))
        #expect(try names(folder) == ["csv/c.csv"])
    }
}
