import Figures
import Foundation
import Reporting
import TestSupport
import Testing

/// Timelines and charts of builds in a real browser.
@Suite(.serialized, .enabled(if: Browser.isAvailable, "needs chromium and chromedriver"))
struct BuildPageBrowserTests {
    private static let outcomes = ["hit", "miss", "not_probed", "completed", "skipped", "failed", "canceled"]

    /// A build with hostile names, in which everything became of a step that can.
    private static func timeline(_ hasTimes: Bool) -> String {
        let rows = HostileImages.names.enumerated().flatMap { number, name in
            outcomes.enumerated().map { place, outcome in
                TimelineTests.step(
                    Int64(number * 10 + place), "RUN \(name)", stage: "stage \(number % 3)", outcome: outcome,
                    start: hasTimes ? Double(number * 5 + place) : nil, seconds: hasTimes ? Double(place) : nil,
                    saved: outcome == "hit" ? 125 : nil, lost: outcome == "miss" ? 3 : nil,
                    cause: outcome == "miss" ? "inputs_changed" : nil, evidence: name,
                    error: outcome == "failed" ? name : nil)
            }
        }
        return TimelineTests.html(rows)
    }

    private func open(_ content: String, _ browser: Browser, width: Int, dark: Bool = false) async throws
        -> ScratchFolder
    {
        let folder = try ScratchFolder("build")
        let page = Page(title: "Build", content: "<section><h2>Timeline</h2>\(content)</section>")
        try folder.write(Data(try PageRenderer().render(page, as: .file).utf8), to: "build.html")
        try await browser.emulate(width: width, dark: dark)
        try await browser.open(folder("build.html"))
        return folder
    }

    @Test(arguments: [360, 768, 1280], [true, false])
    func `a timeline fits its page`(width: Int, hasTimes: Bool) async throws {
        try await Browser.with { browser in
            let folder = try await open(Self.timeline(hasTimes), browser, width: width)
            defer { withExtendedLifetime(folder) {} }
            let fits = "return document.documentElement.scrollWidth <= window.innerWidth"
            #expect(try await browser.evaluate(fits) == "true")
            #expect(try await browser.evaluate(BrowserTests.cutOff) == "[]")
            #expect(try await browser.evaluate("return window.injected === undefined") == "true")
            #expect(try await browser.console() == [])
        }
    }

    @Test(arguments: [false, true]) func `a timeline is readable, light and dark`(dark: Bool) async throws {
        try await Browser.with { browser in
            let folder = try await open(Self.timeline(true), browser, width: 1280, dark: dark)
            defer { withExtendedLifetime(folder) {} }
            #expect(try await browser.evaluate(BrowserTests.poorContrast) == "[]")
            // What is drawn stands out from the page (WCAG 2.1, 1.4.11), but for what is drawn as nothing.
            let pale = try await browser.evaluate(
                """
                const light = c => { const v = c.match(/[\\d.]+/g).slice(0, 3).map(x => { x /= 255;
                    return x <= .03928 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4; });
                    return .2126 * v[0] + .7152 * v[1] + .0722 * v[2]; };
                const page = light(getComputedStyle(document.body).backgroundColor);
                return ['hit', 'miss', 'not_probed', 'failed'].filter(name => {
                    const own = light(getComputedStyle(document.querySelector('.gantt .bar .o-' + name)).fill);
                    return (Math.max(own, page) + .05) / (Math.min(own, page) + .05) < 3;
                })
                """)
            #expect(pale == "[]")
        }
    }

    @Test func `bars stand under their marks`() async throws {
        let content = TimelineTests.html(
            [
                TimelineTests.step(1, "RUN a", start: 0, seconds: 40),
                TimelineTests.step(2, "RUN b", start: 40, seconds: 40),
            ], duration: 120)
        try await Browser.with { browser in
            for width in [360, 1280] {
                let folder = try await open(content, browser, width: width)
                defer { withExtendedLifetime(folder) {} }
                // The name of a mark stands two pixels behind its place.
                let off = try await browser.evaluate(
                    """
                    const mark = [...document.querySelectorAll('.gantt .head text')]
                        .find(t => t.textContent.replace(/\\s/g, ' ') === '40 s');
                    const bars = document.querySelectorAll('.gantt .o-miss[rx="1.5"]');
                    const [first, second] = [bars[0].getBoundingClientRect(), bars[1].getBoundingClientRect()];
                    return [Math.abs(mark.getBoundingClientRect().left - 2 - second.left) < 2,
                        Math.abs(first.right - second.left) < 1];
                    """)
                #expect(off == "[true,true]", "at \(width)")
            }
        }
    }
}
