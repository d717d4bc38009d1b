import Foundation
import NIOHTTP1

/// A real browser, driven over the W3C WebDriver protocol: Chromium without a window, through `chromedriver`.
///
/// The session is at one's own port on the loopback, its profile in a folder of its own; ``stop()`` ends both.
package final class Browser: Sendable {
    /// What the driver answered instead of a value.
    package struct Failure: Error, Sendable, CustomStringConvertible {
        package var description: String
    }

    /// An element of a page.
    package struct Element: Sendable {
        let id: String
        /// The key under which WebDriver sends elements (W3C WebDriver, "Elements").
        static let key = "element-6066-11e4-a52e-4f735466cecf"
    }

    /// Whether both programs are on this machine.
    package static let isAvailable = program("chromedriver") != nil && chromium != nil

    private static let chromium = program("chromium") ?? program("chromium-browser") ?? program("google-chrome")

    private let driver: Process
    private let port: Int
    private let session: String
    private let profile: URL

    private init(driver: Process, port: Int, session: String, profile: URL) {
        self.driver = driver
        self.port = port
        self.session = session
        self.profile = profile
    }

    /// Starts a browser. `proxy` is a host and port that every request goes through, the loopback too.
    package static func start(proxy: String? = nil) async throws -> Browser {
        guard let driverPath = program("chromedriver"), let chromium else {
            throw Failure(description: "chromium and chromedriver are needed: apt-get install chromium chromium-driver")
        }
        let profile = FileManager.default.temporaryDirectory.appending(path: "layerscope-browser-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: profile, withIntermediateDirectories: true)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: driverPath)
        process.arguments = ["--port=0"]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        do {
            let port = try await port(output.fileHandleForReading)
            var arguments = [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--hide-scrollbars",
                "--user-data-dir=\(profile.path)",
            ]
            if let proxy { arguments += ["--proxy-server=http://\(proxy)", "--proxy-bypass-list=<-loopback>"] }
            let options: [String: Any] = ["args": arguments, "binary": chromium]
            let capabilities: [String: Any] = [
                "alwaysMatch": ["goog:chromeOptions": options, "goog:loggingPrefs": ["browser": "ALL"]]
            ]
            let value = try await send(.POST, port: port, "/session", ["capabilities": capabilities])
            guard let session = (value as? [String: Any])?["sessionId"] as? String else {
                throw Failure(description: "chromedriver gave no session")
            }
            return Browser(driver: process, port: port, session: session, profile: profile)
        } catch {
            end(process, profile)
            throw error
        }
    }

    /// Ends the browser and its driver, and removes the profile.
    package func stop() async {
        // The driver ends its browser when it is ended itself; asking first is only the polite way.
        _ = try? await Self.send(.DELETE, port: port, "/session/\(session)", nil)
        Self.end(driver, profile)
    }

    /// Ends a driver and the browser in its process group. A child of a thread of the concurrency runtime starts with
    /// all signals blocked, so that nothing short of SIGKILL reaches it.
    private static func end(_ driver: Process, _ profile: URL) {
        kill(-driver.processIdentifier, SIGKILL)
        driver.waitUntilExit()
        try? FileManager.default.removeItem(at: profile)
    }

    /// Runs a body with a browser that is ended afterwards, also after an error.
    package static func with<R: Sendable>(
        proxy: String? = nil, isolation: isolated (any Actor)? = #isolation, _ body: (Browser) async throws -> R
    ) async throws -> R {
        let browser = try await start(proxy: proxy)
        do {
            let result = try await body(browser)
            await browser.stop()
            return result
        } catch {
            await browser.stop()
            throw error
        }
    }

    @discardableResult
    func command(_ method: HTTPMethod, _ path: String, _ body: [String: Any]? = nil) async throws -> Any? {
        try await Self.send(method, port: port, "/session/\(session)\(path)", body)
    }

    private static func send(
        _ method: HTTPMethod, port: Int, _ path: String, _ body: [String: Any]?
    ) async throws -> Any? {
        let content = method == .POST ? try JSONSerialization.data(withJSONObject: body ?? [:]) : nil
        let answer = try await LoopbackRequest.send(method, port: port, path: path, body: content)
        let value = (try JSONSerialization.jsonObject(with: answer.body) as? [String: Any])?["value"]
        guard answer.status == 200 else {
            throw Failure(description: "\((value as? [String: Any])?["message"] ?? "chromedriver failed")")
        }
        return value is NSNull ? nil : value
    }

    /// The port that the driver chose, from the line in which it says so.
    private static func port(_ handle: FileHandle) async throws -> Int {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                var text = ""
                while true {
                    let data = handle.availableData
                    if data.isEmpty {
                        return continuation.resume(throwing: Failure(description: "chromedriver ended: \(text)"))
                    }
                    text += String(decoding: data, as: UTF8.self)
                    if let match = text.firstMatch(of: #/started successfully on port (\d+)/#), let port = Int(match.1)
                    {
                        return continuation.resume(returning: port)
                    }
                }
            }
        }
    }

    private static func program(_ name: String) -> String? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
        return (folders + ["/usr/bin"]).map { "\($0)/\(name)" }.first(where: FileManager.default.isExecutableFile)
    }
}
