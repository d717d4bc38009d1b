package import Hummingbird
package import Logging

/// The web server: pages, API and their guards on one address.
package enum WebServer {
    /// An application to be run by a service group. `onListening` is told the port once requests are taken.
    package static func application(
        _ configuration: ServerConfiguration, source: any TableSource, events: any EventSink, whatIf: any WhatIfSource,
        reports: ReportCache, logger: Logger,
        onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) throws -> some ApplicationProtocol {
        let router = Router()
        router.add(middleware: SecurityHeaders())
        router.add(middleware: LoopbackHostOnly(isActive: configuration.token == nil))
        router.add(middleware: TokenAuthentication(configuration.token))
        API(source: source).addRoutes(to: router)
        Events(sink: events).addRoutes(to: router)
        WhatIfQuestions(source: whatIf).addRoutes(to: router)
        try Pages(source: source, reports: reports).addRoutes(to: router)
        return Application(
            router: router,
            configuration: .init(
                address: .hostname(configuration.host, port: configuration.port), serverName: "layerscope"),
            onServerRunning: { channel in await onListening(channel.localAddress?.port ?? configuration.port) },
            logger: logger)
    }
}
