package import Foundation
import NIOHTTP1

extension Browser {
    /// Opens a page and waits until it is loaded.
    package func open(_ url: URL) async throws {
        try await command(.POST, "/url", ["url": url.absoluteString])
    }

    /// The text that a script returns: its value as JSON, so that it can be compared and decoded. The script may use
    /// `arguments`, which are the texts given.
    @discardableResult
    package func evaluate(_ script: String, _ arguments: String...) async throws -> String {
        let wrapped = "return JSON.stringify((function(){\(script)}).apply(null, arguments))"
        let value = try await command(.POST, "/execute/sync", ["script": wrapped, "args": arguments])
        return value as? String ?? "null"
    }

    /// Waits until a script returns true. Throws after ten seconds.
    package func wait(until script: String) async throws {
        let wrapped = """
            var done = arguments[0], test = function () {\(script)}, from = Date.now();
            (function look() { if (test()) done(true); else if (Date.now() - from > 10000) done(false);
            else requestAnimationFrame(look); })();
            """
        let value = try await command(.POST, "/execute/async", ["script": wrapped, "args": [String]()])
        guard value as? Bool == true else { throw Failure(description: "never came true: \(script)") }
    }

    /// The first element that a CSS selector names. Throws when there is none.
    package func find(_ selector: String) async throws -> Element {
        let value = try await command(.POST, "/element", ["using": "css selector", "value": selector])
        guard let id = (value as? [String: Any])?[Element.key] as? String else {
            throw Failure(description: "no element \(selector)")
        }
        return Element(id: id)
    }

    /// Clicks an element as a user does: it must be visible.
    package func click(_ selector: String) async throws {
        try await command(.POST, "/element/\(try await find(selector).id)/click")
    }

    /// Types into an element.
    package func type(_ text: String, into selector: String) async throws {
        try await command(.POST, "/element/\(try await find(selector).id)/value", ["text": text])
    }

    /// Presses a key in the element that has the focus. Keys without a character are in WebDriver's private range
    /// (W3C WebDriver, "Keyboard actions"): see ``Key``.
    package func press(_ key: Key) async throws {
        let actions: [[String: Any]] = [
            ["type": "keyDown", "value": key.rawValue], ["type": "keyUp", "value": key.rawValue],
        ]
        try await command(.POST, "/actions", ["actions": [["type": "key", "id": "keyboard", "actions": actions]]])
    }

    /// Keys of the keyboard.
    package enum Key: String, Sendable {
        case enter = "\u{E007}"
        case escape = "\u{E00C}"
        case left = "\u{E012}"
        case up = "\u{E013}"
        case right = "\u{E014}"
        case down = "\u{E015}"
        case tab = "\u{E004}"
    }

    /// Shows pages as wide and as high as given, light or dark, by the browser's own emulation.
    package func emulate(width: Int, height: Int = 900, dark: Bool = false, print: Bool = false) async throws {
        try await devTools(
            "Emulation.setDeviceMetricsOverride",
            ["width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600])
        let scheme: [String: Any] = ["name": "prefers-color-scheme", "value": dark ? "dark" : "light"]
        try await devTools("Emulation.setEmulatedMedia", ["features": [scheme], "media": print ? "print" : ""])
    }

    /// Switches scripts of pages on or off; ``evaluate(_:_:)`` works with them off.
    package func allowScripts(_ allowed: Bool) async throws {
        try await devTools("Emulation.setScriptExecutionDisabled", ["value": !allowed])
    }

    /// What the browser's console said since the last call: errors of scripts, violations of a content policy.
    package func console() async throws -> [String] {
        let value = try await command(.POST, "/se/log", ["type": "browser"])
        return (value as? [[String: Any]] ?? []).compactMap { $0["message"] as? String }
    }

    /// The visible part of the page as PNG.
    package func screenshot() async throws -> Data {
        let value = try await command(.GET, "/screenshot")
        return Data(base64Encoded: value as? String ?? "") ?? Data()
    }

    @discardableResult
    private func devTools(_ name: String, _ parameters: [String: Any]) async throws -> Any? {
        try await command(.POST, "/goog/cdp/execute", ["cmd": name, "params": parameters])
    }
}
