import Foundation
import TestSupport
import Testing

@testable import Commands

@Suite struct ConfigurationFileTests {
    @Test func `the option goes before the environment, the folder and the home`() throws {
        let scratch = try ScratchFolder()
        defer { withExtendedLifetime(scratch) {} }
        let folder = scratch("work")
        let environment = ["HOME": scratch("home").path()]
        func title(_ path: String?, _ more: [String: String] = [:]) throws -> String? {
            try Configuration.load(
                path: path, environment: environment.merging(more) { $1 }, folder: folder.path()
            ).report.title
        }
        #expect(try title(nil) == nil)
        try scratch.write(Data("report: {title: home}".utf8), to: "home/.config/layerscope/layerscope.yml")
        #expect(try title(nil) == "home")
        try scratch.write(Data("report: {title: xdg}".utf8), to: "xdg/layerscope/layerscope.yml")
        #expect(try title(nil, ["XDG_CONFIG_HOME": scratch("xdg").path()]) == "xdg")
        try scratch.write(Data("report: {title: folder}".utf8), to: "work/layerscope.yml")
        #expect(try title(nil) == "folder")
        try scratch.write(Data("report: {title: environment}".utf8), to: "work/e.yml")
        #expect(try title(nil, ["LAYERSCOPE_CONFIG": "e.yml"]) == "environment")
        try scratch.write(Data("report: {title: option}".utf8), to: "work/o.yml")
        #expect(try title("o.yml", ["LAYERSCOPE_CONFIG": "e.yml"]) == "option")
    }

    @Test func `a file that was asked for must be there`() throws {
        let scratch = try ScratchFolder()
        defer { withExtendedLifetime(scratch) {} }
        #expect(
            throws: ConfigurationError(file: "missing.yml", "cannot be read; check that it exists and who may read it")
        ) {
            try Configuration.load(path: "missing.yml", environment: [:], folder: scratch.url.path())
        }
        #expect(throws: ConfigurationError.self) {
            try Configuration.load(path: scratch.url.path(), environment: [:], folder: "/")
        }
    }

    @Test func `a secret is read from the environment or a file, and its absence names the place`() throws {
        let scratch = try ScratchFolder()
        defer { withExtendedLifetime(scratch) {} }
        let path = try scratch.write(Data("hunter2\n".utf8), to: "secret").path()
        #expect(try Secret.environment("A").resolve(environment: ["A": "x"]) == "x")
        #expect(try Secret.file(path).resolve() == "hunter2")
        #expect(try Secret.inline("x").resolve() == "x")
        for (secret, words) in [
            (Secret.environment("LAYERSCOPE_NO_SUCH"), "environment variable LAYERSCOPE_NO_SUCH is not set"),
            (.file(path + ".missing"), "\(path).missing cannot be read"),
        ] {
            let error = #expect(throws: SecretError.self) { try secret.resolve(environment: [:]) }
            #expect(error?.description.contains(words) == true)
        }
    }
}
