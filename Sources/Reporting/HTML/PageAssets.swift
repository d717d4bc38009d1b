import Foundation
import ImageModel

/// The style sheet and the script of all pages, embedded in the program.
package enum PageAssets {
    /// The style sheet.
    package static let styleSheet = String(decoding: PackageResources.report_css, as: UTF8.self)
    /// The script: vanilla JavaScript that only adds to pages that are whole without it.
    package static let script = String(decoding: PackageResources.report_js, as: UTF8.self)

    /// What a page that stands alone may do: run this one script and style by their hashes, and request nothing at all
    /// (Content Security Policy Level 3).
    package static let filePolicy =
        "default-src 'none'; script-src '\(hash(script))'; style-src '\(hash(styleSheet))'; img-src data:; "
        + "base-uri 'none'; form-action 'none'"

    private static func hash(_ text: String) -> String {
        "sha256-" + Data(Digest.of(text.utf8).bytes).base64EncodedString()
    }

    static let page = String(decoding: PackageResources.page_mustache, as: UTF8.self)
}
