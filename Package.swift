// swift-tools-version: 6.2
import PackageDescription

// The manifest is the architecture: a target may depend only on targets listed above it.
// Tests/ArchitectureTests holds the table of allowed edges.

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

func library(
    _ name: String, _ dependencies: [Target.Dependency] = [], path: String? = nil, sources: [String]? = nil,
    exclude: [String] = [], resources: [Resource] = []
) -> Target {
    .target(
        name: name, dependencies: dependencies, path: path, exclude: exclude, sources: sources, resources: resources,
        swiftSettings: strict)
}

func tests(_ subject: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: subject + "Tests", dependencies: [.target(name: subject)] + dependencies, swiftSettings: strict)
}

extension Target.Dependency {
    static let argumentParser = product(name: "ArgumentParser", package: "swift-argument-parser")
    static let asyncHTTPClient = product(name: "AsyncHTTPClient", package: "async-http-client")
    static let collections = product(name: "Collections", package: "swift-collections")
    static let grpcCore = product(name: "GRPCCore", package: "grpc-swift-2")
    static let grpcProtobuf = product(name: "GRPCProtobuf", package: "grpc-swift-protobuf")
    static let grpcTransport = product(name: "GRPCNIOTransportHTTP2Posix", package: "grpc-swift-nio-transport")
    static let hummingbird = product(name: "Hummingbird", package: "hummingbird")
    static let hummingbirdTesting = product(name: "HummingbirdTesting", package: "hummingbird")
    static let logging = product(name: "Logging", package: "swift-log")
    static let mustache = product(name: "Mustache", package: "swift-mustache")
    static let nioCore = product(name: "NIOCore", package: "swift-nio")
    static let nioFoundation = product(name: "NIOFoundationCompat", package: "swift-nio")
    static let nioHTTP1 = product(name: "NIOHTTP1", package: "swift-nio")
    static let nioPosix = product(name: "NIOPosix", package: "swift-nio")
    static let nioSSL = product(name: "NIOSSL", package: "swift-nio-ssl")
    static let protobuf = product(name: "SwiftProtobuf", package: "swift-protobuf")
    static let serviceLifecycle = product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
    static let yams = product(name: "Yams", package: "Yams")
}

let package = Package(
    name: "layerscope",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "layerscope", targets: ["layerscope"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.1.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.80.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.30.0"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/grpc/grpc-swift-2", from: "2.4.3"),
        .package(url: "https://github.com/grpc/grpc-swift-nio-transport", from: "2.9.2"),
        .package(url: "https://github.com/grpc/grpc-swift-protobuf", from: "2.4.1"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.15.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.0.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.26.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.8.0"),
    ],
    targets: [
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        library("ImageModel", ["CCrypto"]),
        library("BuildModel", ["ImageModel"]),
        library("Dockerfile"),
        library("BuildKitAPI", [.protobuf], exclude: ["Protos", "generated.sha256"]),
        library("BuildKitService", ["BuildKitAPI", .grpcCore, .grpcProtobuf, .protobuf]),
        library("BuildLog", ["ImageModel", "BuildModel", "BuildKitAPI", .protobuf]),
        library("Observations", ["ImageModel", "BuildModel"]),
        library("Figures", ["ImageModel", "BuildModel"]),
        library("Analysis", ["ImageModel", "BuildModel", "Dockerfile", "Figures"]),
        library("Postgres", ["CLibPQ", .logging]),
        library(
            "Schema", path: "sql", sources: ["SQLFiles.swift"], exclude: ["README.md"],
            resources: [.embedInCode("migrations"), .embedInCode("queries")]),
        library("Archive", ["CZlib", "CZstd", "ImageModel"]),
        library(
            "Collectors",
            [
                "ImageModel", "BuildModel", "BuildKitAPI", "BuildKitService", "BuildLog", "Observations", "Archive",
                .asyncHTTPClient, .grpcCore, .grpcProtobuf, .grpcTransport, .logging, .nioCore, .nioFoundation,
                .nioHTTP1, .nioPosix, .nioSSL, .protobuf,
            ]),
        library("Database", ["ImageModel", "BuildModel", "Observations", "Figures", "Postgres", "Schema", .logging]),
        library("Reporting", ["ImageModel", "BuildModel", "Figures", .mustache], resources: [.embedInCode("Assets")]),
        library(
            "Server",
            [
                "ImageModel", "BuildModel", "Observations", "Figures", "Analysis", "Database", "Reporting",
                .hummingbird, .logging,
                .serviceLifecycle,
            ]),
        library(
            "Commands",
            [
                "ImageModel", "BuildModel", "Dockerfile", "BuildLog", "Observations", "Figures", "Analysis", "Postgres",
                "Archive", "Collectors", "Database", "Reporting", "Server", .argumentParser, .logging,
                .serviceLifecycle, .yams,
            ]),
        .executableTarget(name: "layerscope", dependencies: ["Commands"], swiftSettings: strict),
        .executableTarget(
            name: "layerscope-bench",
            dependencies: [
                "Figures", "Analysis", "Postgres", "Database", "Observations", "ImageModel", "BuildLog", "Collectors",
                .asyncHTTPClient, .nioCore, .nioHTTP1, .nioPosix,
            ],
            path: "Benchmarks", swiftSettings: strict),
        library(
            "TestSupport",
            [
                "CCrypto", "CZlib", "CZstd", "ImageModel", "BuildModel", "BuildKitAPI", "BuildKitService",
                "Observations", "Figures", "Postgres", "Archive", "Collectors", "Database", .grpcCore, .grpcProtobuf,
                .grpcTransport, .protobuf, .nioCore, .nioFoundation, .nioHTTP1, .nioPosix, .nioSSL,
            ]),
        .testTarget(name: "ArchitectureTests", swiftSettings: strict),
        tests("ImageModel", ["TestSupport"]),
        tests("Dockerfile", ["TestSupport"]),
        tests("BuildLog", ["ImageModel", "BuildModel", "TestSupport"]),
        tests("Figures"),
        tests("Analysis", ["Figures", "ImageModel", "BuildModel", "Dockerfile", "TestSupport"]),
        tests("Postgres", ["TestSupport", .logging]),
        tests("Archive", ["ImageModel", "TestSupport"]),
        tests(
            "Collectors",
            [
                "ImageModel", "BuildModel", "BuildKitAPI", "BuildKitService", "BuildLog", "Observations", "Archive",
                "TestSupport", .asyncHTTPClient, .grpcCore, .grpcProtobuf, .grpcTransport, .nioCore, .nioHTTP1,
                .protobuf, .yams,
            ]),
        tests(
            "Database",
            ["Figures", "Analysis", "Observations", "ImageModel", "BuildModel", "Postgres", "Schema", "TestSupport"]),
        tests("Reporting", ["Figures", "ImageModel", "BuildModel", "TestSupport", .nioHTTP1]),
        tests(
            "Server",
            [
                "ImageModel", "BuildModel", "Observations", "Figures", "Reporting", "Database", "TestSupport",
                .hummingbird,
                .hummingbirdTesting, .logging,
            ]),
        tests(
            "Commands",
            [
                "Figures", "Analysis", "Database", "Observations", "ImageModel", "BuildModel", "BuildLog", "Dockerfile",
                "BuildKitAPI", "Collectors", "Postgres", "Reporting",
                "TestSupport", .grpcCore, .nioHTTP1, .protobuf, .yams,
            ]),
    ],
    swiftLanguageModes: [.v6]
)
