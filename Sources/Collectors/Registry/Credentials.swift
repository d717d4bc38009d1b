/// What a registry is told of who asks. Never printed: its description names the kind alone.
package enum Credentials: Sendable, Equatable {
    case anonymous
    /// A name and password, or a personal access token in the password's place.
    case basic(username: String, password: String)
    /// An OAuth refresh token, which a token server exchanges (docker login's `identitytoken`).
    case identityToken(String)
    /// A bearer token that the registry takes as it is (`registrytoken`).
    case registryToken(String)
}

extension Credentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String {
        switch self {
        case .anonymous: "anonymous"
        case .basic: "name and password"
        case .identityToken: "identity token"
        case .registryToken: "bearer token"
        }
    }

    package var debugDescription: String { description }

    /// Without children: a dump must not show a secret either.
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// A registry cannot be asked at all: its address, the credentials or a certificate file are not usable.
package struct RegistryError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is not usable.
    package enum Kind: Sendable, Equatable {
        case address
        case credentials
        case certificate
    }

    package var kind: Kind
    /// What is wrong with it and what to do, lower-case.
    package var message: String

    package init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    package var description: String { message }
}
