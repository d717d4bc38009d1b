import HTTPTypes
import Hummingbird
import Reporting

extension Response {
    static func text(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
        of(text, "text/plain; charset=utf-8", status: status)
    }

    static func json(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
        of(text, "application/json", status: status)
    }

    static func html(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
        of(text, "text/html; charset=utf-8", status: status)
    }

    /// A table to be saved: browsers keep it as a file, never show it.
    static func csv(_ text: String, name: String) -> Response {
        var response = of(text, "text/csv; charset=utf-8; header=present", status: .ok)
        response.headers[.contentDisposition] = "attachment; filename=\"\(name).csv\""
        return response
    }

    /// An error as the API tells it.
    static func problem(_ status: HTTPResponse.Status, _ message: String) -> Response {
        json(JSONValue.object([.init("error", .text(message))]).json + "\n", status: status)
    }

    private static func of(_ text: String, _ type: String, status: HTTPResponse.Status) -> Response {
        Response(status: status, headers: [.contentType: type], body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}
