import Mustache

/// A page without its frame: what the report and the web server fill in.
package struct Page: Sendable {
    /// A link in the contents or above the title.
    package struct Link: Sendable {
        package var text: String
        package var address: String
        /// Whether the link is to the page that is shown.
        package var isCurrent: Bool

        package init(_ text: String, _ address: String, isCurrent: Bool = false) {
            self.text = text
            self.address = address
            self.isCurrent = isCurrent
        }
    }

    /// A short fact under the title; `mood` is `good`, `warn`, `bad` or empty, for the first words of it.
    package struct Badge: Sendable {
        package var strong: String
        package var text: String
        package var mood: String

        package init(_ strong: String, _ text: String = "", mood: String = "") {
            self.strong = strong
            self.text = text
            self.mood = mood
        }
    }

    package var title: String
    package var subtitle: String
    package var badges: [Badge]
    package var navigation: [Link]
    /// The way to this page, without the page itself.
    package var crumbs: [Link]
    /// Where the search form leads and what was searched for; nil for no form.
    package var search: (action: String, query: String)?
    /// The content as HTML: everything from outside in it is escaped already.
    package var content: String
    package var footer: String

    package init(
        title: String, subtitle: String = "", badges: [Badge] = [], navigation: [Link] = [], crumbs: [Link] = [],
        search: (action: String, query: String)? = nil, content: String, footer: String = ""
    ) {
        self.title = title
        self.subtitle = subtitle
        self.badges = badges
        self.navigation = navigation
        self.crumbs = crumbs
        self.search = search
        self.content = content
        self.footer = footer
    }
}

/// Puts pages into their frame.
package struct PageRenderer: Sendable {
    /// How a page gets its style and script.
    package enum Delivery: Sendable {
        /// Within the page, which carries its own content policy and requests nothing.
        case file
        /// From the server, whose headers carry the policy.
        case server(styleSheet: String, script: String)
    }

    private let template: MustacheTemplate
    private let units: ByteUnits

    /// Throws when the embedded template cannot be read.
    package init(units: ByteUnits = .si) throws {
        template = try MustacheTemplate(string: PageAssets.page)
        self.units = units
    }

    /// The whole page as HTML, well-formed as XML but for its script and style.
    package func render(_ page: Page, as delivery: Delivery = .file) -> String {
        var fields: [String: Any] = [
            "title": plain(page.title), "subtitle": plain(page.subtitle), "units": units.rawValue,
            "badges": badges(page.badges), "content": page.content, "footer": plain(page.footer),
            "navigation": page.navigation.map(link), "hasNavigation": !page.navigation.isEmpty,
            "crumbs": page.crumbs.enumerated().map { link($0.element).merging(["first": $0.offset == 0]) { $1 } },
            "hasTop": !page.crumbs.isEmpty || page.search != nil,
        ]
        if let search = page.search {
            fields["search"] = ["action": plain(search.action), "query": plain(search.query)] as [String: Any]
        }
        switch delivery {
        case .file:
            fields["policy"] = PageAssets.filePolicy
            fields["style"] = PageAssets.styleSheet
            fields["script"] = PageAssets.script
        case .server(let styleSheet, let script):
            fields["styleLink"] = styleSheet
            fields["scriptLink"] = script
        }
        return template.render(fields)
    }

    private func link(_ link: Page.Link) -> [String: Any] {
        ["text": plain(link.text), "href": plain(link.address), "current": link.isCurrent]
    }

    /// The template escapes markup; controls and marks of direction are made harmless here.
    private func plain(_ text: String) -> String { TerminalText.harmless(text) }

    private func badges(_ badges: [Page.Badge]) -> String {
        guard !badges.isEmpty else { return "" }
        let items = badges.map { badge in
            let strong = badge.mood.isEmpty ? "b" : "b class=\"\(HTML.escape(badge.mood))\""
            let text = badge.text.isEmpty ? "" : " " + HTML.escape(badge.text)
            return "<li class=\"badge\"><\(strong)>\(HTML.escape(badge.strong))</b>\(text)</li>"
        }
        return "<ul class=\"badges\">\(items.joined())</ul>"
    }
}
