import Figures
import Foundation
import Reporting
import TestSupport
import Testing

/// The report in a real browser.
@Suite(.serialized, .enabled(if: Browser.isAvailable, "needs chromium and chromedriver"))
struct BrowserTests {
    private func open(
        _ report: StorageReport, in browser: Browser, width: Int = 1280, dark: Bool = false
    ) async throws -> ScratchFolder {
        let folder = try ScratchFolder("report")
        try folder.write(Data(try report.html(csvFolder: "csv").utf8), to: "report.html")
        try await browser.emulate(width: width, dark: dark)
        try await browser.open(folder("report.html"))
        return folder
    }

    private func rows(_ table: String, _ browser: Browser) async throws -> String {
        try await browser.evaluate(
            """
            return [...document.querySelectorAll("#\(table) tbody tr")].map(r => [...r.cells].map(c => c.textContent + \
            (c.querySelector("svg") ? c.innerHTML.replace(/\\/?>|><\\/rect>/g, ">") : "")));
            """)
    }

    @Test func `tables sort, filter and show more`() async throws {
        try await Browser.with { browser in
            let folder = try await open(ExampleReport(ExampleImages.make(2000)).report, in: browser)
            defer { withExtendedLifetime(folder) {} }
            let first = "return document.querySelector('#images-table tbody tr').cells[%@].textContent"
            let status = "return document.querySelector('#images-table .status').textContent"
            #expect(try await browser.evaluate(status) == "\"20 of 2,000 rows\"")

            // Sorted the other way and back, the rows that the script writes are those that the report wrote.
            let written = try await rows("images-table", browser)
            let exclusive = "#images-table thead th[aria-sort] button"
            try await browser.click(exclusive)
            #expect(try await rows("images-table", browser) != written)
            try await browser.click(exclusive)
            #expect(try await rows("images-table", browser) == written)

            try await browser.click("#images-table thead th[data-column='0'] button")
            let name = try await browser.evaluate(first.replacing("%@", with: "0"))
            #expect(name == "\"go\"")
            #expect(
                try await browser.evaluate(
                    "return [...document.querySelectorAll('#images-table [aria-sort]')].map(t => t.getAttribute('aria-sort'))"
                )
                    == "[\"ascending\"]")

            try await browser.type("team-3/app-8 ARM64", into: "#images-table input[type=search]")
            try await browser.wait(
                until: "return document.querySelector('#images-table .status').textContent.includes('match')")
            let names = try await browser.evaluate(
                """
                return [...document.querySelectorAll('#images-table tbody tr')]
                    .every(r => r.textContent.includes('team-3/app-8') && r.textContent.includes('arm64'))
                """)
            #expect(names == "true")
            #expect(try await browser.evaluate(status) != "\"0 of 2,000 rows match\"")

            try await browser.evaluate(
                "const i = document.querySelector('#images-table input'); i.value = ''; i.dispatchEvent(new Event('input'))"
            )
            try await browser.wait(
                until: "return document.querySelector('#images-table .status').textContent === '20 of 2,000 rows'")
            try await browser.click("#images-table .more button:nth-child(1)")
            #expect(
                try await browser.evaluate("return document.querySelectorAll('#images-table tbody tr').length") == "220"
            )
            try await browser.click("#images-table .more button:nth-child(2)")
            try await browser.wait(
                until: "return document.querySelectorAll('#images-table tbody tr').length === 2000")
            #expect(try await browser.console() == [])
        }
    }

    @Test func `the clean-up's tables sort, and its curve is told in words`() async throws {
        try await Browser.with { browser in
            let folder = try await open(ExampleReport(ExampleImages.make(90)).report, in: browser)
            defer { withExtendedLifetime(folder) {} }
            let written = try await rows("cleanup-1-deletions", browser)
            let bytes = "#cleanup-1-deletions thead th[aria-sort] button"
            let order = "return document.querySelector('#cleanup-1-deletions [aria-sort]').getAttribute('aria-sort')"
            try await browser.click(bytes)
            #expect(try await rows("cleanup-1-deletions", browser) != written)
            #expect(try await browser.evaluate(order) == "\"ascending\"")
            try await browser.click(bytes)
            #expect(try await rows("cleanup-1-deletions", browser) == written)
            for table in ["holders", "refusals"] {
                try await browser.click("#cleanup-1-\(table) thead th[data-column='0'] button")
                let sorted = try await browser.evaluate(
                    "return document.querySelectorAll('#cleanup-1-\(table) [aria-sort]').length")
                #expect(sorted == "1")
            }
            let told = try await browser.evaluate(
                """
                const svg = document.querySelector('#cleanup .curve > svg');
                return svg.getAttribute('aria-labelledby').split(' ')
                    .map(id => document.getElementById(id).textContent).join(': ')
                """)
            #expect(told.contains("Bytes freed at the least loss: ") && told.contains(" for 60 images"))
            // The same corners stand in a table.
            let last = try await browser.evaluate(
                "return document.querySelector('#cleanup .curve + .scroll tbody tr:last-child').cells[2].textContent")
            #expect(last == "\"60\"")
            #expect(try await browser.console() == [])
        }
    }

    @Test func `tabs, and names that filter the images`() async throws {
        try await Browser.with { browser in
            let folder = try await open(ExampleReport(ExampleImages.make(200)).report, in: browser)
            defer { withExtendedLifetime(folder) {} }
            let visible = """
                return [...document.querySelectorAll('#holders [role=tabpanel]')].filter(p => !p.hidden).map(p => p.id)
                """
            #expect(try await browser.evaluate(visible) == "[\"usage-repository-panel\"]")
            try await browser.click("#usage-repository-panel-tab")
            try await browser.press(.right)
            #expect(try await browser.evaluate(visible) == "[\"usage-namespace-panel\"]")
            try await browser.press(.left)
            let name = try await browser.evaluate(
                "return document.querySelector('#usage-repository tbody a').textContent")
            try await browser.click("#usage-repository tbody a")
            let found = try await browser.evaluate("return document.querySelector('#images-table input').value")
            #expect(found == name)
            try await browser.wait(
                until: "return document.querySelector('#images-table .status').textContent.includes('match')")
        }
    }

    @Test func `the tree zooms by click and by keyboard`() async throws {
        try await Browser.with { browser in
            let folder = try await open(ExampleReport(ExampleImages.make(60)).report, in: browser)
            defer { withExtendedLifetime(folder) {} }
            let crumbs = "return document.querySelectorAll('#tree .path li').length"
            let boxes = "return document.querySelectorAll('#tree g[data-node]').length"
            let focus = "return document.activeElement.getAttribute('data-node')"
            let all = try await browser.evaluate(boxes)
            try await browser.click("#tree g[data-node] rect")
            #expect(try await browser.evaluate(crumbs) == "2")
            let wide = try await browser.evaluate(
                "return Math.round(document.querySelector('#tree g[data-node] rect').getBBox().width)")
            #expect(wide == "1160")

            // Down to a layer on it, zoom there, and back with Escape.
            let root = try await browser.evaluate(focus)
            try await browser.press(.down)
            let child = try await browser.evaluate(focus)
            #expect(child != root)
            try await browser.press(.enter)
            #expect(try await browser.evaluate(crumbs) == "3")
            #expect(try await browser.evaluate(focus) == child)
            try await browser.press(.escape)
            #expect(try await browser.evaluate(crumbs) == "2")
            try await browser.click("#tree .path li:first-child button")
            #expect(try await browser.evaluate(crumbs) == "1")
            #expect(try await browser.evaluate(boxes) == all)

            try await browser.evaluate("document.querySelector('#tree g[tabindex=\"0\"]').focus()")
            let before = try await browser.evaluate(focus)
            try await browser.press(.right)
            #expect(try await browser.evaluate(focus) != before)
            let detail = try await browser.evaluate("return document.querySelector('#tree .detail').textContent")
            #expect(detail.contains("in this layer"))
            #expect(try await browser.console() == [])
        }
    }

    @Test func `without scripts the page is whole`() async throws {
        try await Browser.with { browser in
            try await browser.allowScripts(false)
            let folder = try await open(ExampleReport(ExampleImages.make(60)).report, in: browser)
            defer { withExtendedLifetime(folder) {} }
            #expect(try await browser.evaluate("return document.querySelectorAll('thead button').length") == "0")
            #expect(
                try await browser.evaluate("return document.querySelectorAll('#images-table tbody tr').length") == "20")
            #expect(
                try await browser.evaluate("return document.querySelectorAll('#tree figure rect').length > 5") == "true"
            )
            #expect(
                try await browser.evaluate("return document.querySelector('#images-table .rest').hidden") == "false")
        }
    }

    @Test func `hostile names run nothing, and nothing is requested`() async throws {
        let proxy = try await RecordingProxy.start()
        try await Browser.with(proxy: proxy.address) { browser in
            let folder = try await open(StorageReportTests.hostile, in: browser)
            defer { withExtendedLifetime(folder) {} }
            // The script writes all rows again.
            for table in ["usage-repository", "images-table"] {
                try await browser.click("#\(table) thead th[data-column='0'] button")
                try await browser.evaluate("document.querySelector('#\(table) .more button:nth-child(2)').click()")
            }
            try await browser.click("#tree g[data-node] rect")
            #expect(try await browser.evaluate("return window.injected === undefined") == "true")
            #expect(
                try await browser.evaluate("return document.querySelectorAll('img, main link, main style').length")
                    == "0")
            #expect(try await browser.evaluate("return performance.getEntriesByType('resource').length") == "0")
            let text = try await browser.evaluate("return document.querySelector('#images-table tbody').textContent")
            #expect(text.contains("<script>window.injected=1</script>"))
            #expect(text.contains("\\\\u202egnp.egami") && text.contains("nul\\\\x00byte"))
            #expect(try await browser.console() == [])

            // The policy holds even for a script that runs in the page.
            let tried = try await browser.evaluate(
                """
                const s = document.createElement('script'); s.textContent = 'window.injected = 2';
                document.body.append(s);
                const i = new Image(); i.src = 'http://evil.invalid/i.png';
                fetch('http://evil.invalid/f').catch(() => {});
                return window.injected === undefined
                """)
            #expect(tried == "true")
            try await browser.wait(until: "return performance.now() > 300")
            #expect(try await browser.console().filter { $0.contains("Content Security Policy") }.count >= 3)
            #expect(!proxy.requests.contains { $0.contains("evil.invalid") })
            // The proxy does see what a page without a policy requests.
            _ = try? await browser.open(try #require(URL(string: "http://control.invalid/")))
            #expect(proxy.requests.contains { $0.contains("control.invalid") })
        }
        try await proxy.stop()
    }

    static let reports: [(String, StorageReport)] = [
        ("none", ExampleReport([]).report), ("five", StorageReportTests.small), ("hostile", StorageReportTests.hostile),
        ("many", ExampleReport(ExampleImages.make(800)).report),
    ]

    @Test(arguments: [360, 768, 1280])
    func `nothing overflows and no text is cut off`(width: Int) async throws {
        try await Browser.with { browser in
            for (name, report) in Self.reports {
                let folder = try await open(report, in: browser, width: width)
                defer { withExtendedLifetime(folder) {} }
                #expect(
                    try await browser.evaluate("return document.documentElement.scrollWidth <= window.innerWidth")
                        == "true", "\(name) overflows at \(width)")
                let cut = try await browser.evaluate(Self.cutOff)
                #expect(cut == "[]", "\(name) at \(width)")
            }
        }
    }

    /// Texts that stand over the edge of their box, or of the drawing they are in.
    static let cutOff = """
        const cut = [];
        for (const e of document.querySelectorAll('h1,h2,h3,p,th,td,dt,dd,li,button,summary,.detail,.badge')) {
            if (e.offsetParent !== null && e.scrollWidth > e.clientWidth + 1 && !e.querySelector('.scroll')
                && getComputedStyle(e).display !== 'inline') cut.push(e.tagName + ': ' + e.textContent.slice(0, 60));
        }
        for (const t of document.querySelectorAll('main svg text')) {
            if (getComputedStyle(t).visibility === 'hidden' || !t.getClientRects().length) continue;
            const g = t.closest('g[data-node], g[data-up], .band svg > g') || t.closest('svg');
            const box = (g.querySelector(':scope > rect') || g).getBoundingClientRect(), own = t.getBoundingClientRect();
            if (own.right > box.right + 1.5 || own.left < box.left - 1.5) cut.push('svg: ' + t.textContent);
        }
        return cut.slice(0, 5);
        """

    @Test(arguments: [false, true])
    func `text has contrast AA, light and dark`(dark: Bool) async throws {
        try await Browser.with { browser in
            let folder = try await open(StorageReportTests.hostile, in: browser, dark: dark)
            defer { withExtendedLifetime(folder) {} }
            let page = try await browser.evaluate("return getComputedStyle(document.body).backgroundColor")
            #expect(page == (dark ? "\"rgb(16, 19, 24)\"" : "\"rgb(255, 255, 255)\""))
            #expect(try await browser.evaluate(Self.poorContrast) == "[]")
        }
    }

    /// Texts whose contrast with what they stand on is under 4.5 (WCAG 2.1, 1.4.3), in the page and on every shade.
    static let poorContrast = """
        const light = c => { const v = c.match(/[\\d.]+/g).slice(0, 3).map(x => { x /= 255;
            return x <= .03928 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4; }); return .2126 * v[0] + .7152 * v[1] + .0722 * v[2]; };
        const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + .05) / (y + .05); };
        const poor = [];
        for (const e of document.querySelectorAll('body *')) {
            if (e.closest('svg') || !e.offsetParent) continue;
            if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())) continue;
            let b = e; while (b && /rgba\\(0, 0, 0, 0\\)|transparent/.test(getComputedStyle(b).backgroundColor)) b = b.parentElement;
            const on = b ? getComputedStyle(b).backgroundColor : getComputedStyle(document.body).backgroundColor;
            const r = ratio(getComputedStyle(e).color, on);
            if (r < 4.5) poor.push(e.tagName + '.' + e.className + ' ' + r.toFixed(2));
        }
        const style = getComputedStyle(document.documentElement), probe = document.createElement('i');
        document.body.append(probe);
        const colour = name => { probe.style.color = style.getPropertyValue(name); return getComputedStyle(probe).color; };
        for (let i = 0; i < 6; i++) for (const [on, text] of [['--s' + i, '--on' + i], ['--q' + i, '--onq' + i]]) {
            const r = ratio(colour(on), colour(text));
            if (r < 4.5) poor.push(text + ' on ' + on + ' ' + r.toFixed(2));
        }
        return [...new Set(poor)].slice(0, 10);
        """

    @Test func `in print there are no controls and every tab is open`() async throws {
        try await Browser.with { browser in
            let folder = try await open(StorageReportTests.small, in: browser)
            defer { withExtendedLifetime(folder) {} }
            try await browser.emulate(width: 900, print: true)
            let shown = """
                return [...document.querySelectorAll('.tool, nav.contents, .tabs, .detail')].filter(e => e.offsetParent).length
                """
            #expect(try await browser.evaluate(shown) == "0")
            let panels = "return [...document.querySelectorAll('[role=tabpanel]')].every(p => p.offsetParent !== null)"
            #expect(try await browser.evaluate(panels) == "true")
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `twenty thousand images are searched at once`() async throws {
        var report = ExampleReport(ExampleImages.make(300)).report
        let rows = report.scopes[0].images.rows
        report.scopes[0].images.rows = (0..<20_000).map { index in
            var row = rows[index % rows.count]
            row[1] = .text("team-\(index % 40)/application-\(index)")
            return row
        }
        try await Browser.with { browser in
            let folder = try await open(report, in: browser)
            defer { withExtendedLifetime(folder) {} }
            try await browser.type("application-19999", into: "#images-table input[type=search]")
            try await browser.wait(
                until: "return document.querySelector('#images-table .status').textContent === '1 of 20,000 rows match'"
            )
            let taken = try await browser.evaluate(
                """
                const from = performance.now();
                document.querySelector('#images-table thead th[data-column="0"] button').click();
                return performance.now() - from
                """)
            #expect(try #require(Double(taken)) < 4000)
        }
    }
}
