/// What is read of an archive before it is refused: outside bytes never decide how much memory or time we spend.
package struct ArchiveLimits: Sendable {
    /// Entries of the outer tar, or files of a folder.
    package var entries = 1_000_000
    /// Bytes of a path or link target.
    package var pathBytes = 4_096
    /// Bytes of one extended header (PAX, GNU long name).
    package var extendedHeaderBytes = 1 << 20
    /// Bytes of a sparse entry once its holes are filled.
    package var sparseBytes: Int64 = 16 << 30
    /// Bytes of one JSON document that are kept.
    package var documentBytes = 16 << 20
    /// Keep every file that is no larger, not only what begins as JSON does: build records hold progress in protobuf.
    package var keepsEveryFile = false
    /// Bytes of all documents together. Beyond 64 MiB they are spooled to a temporary file.
    package var allDocumentBytes: Int64 = 4 << 30
    /// Bytes of a layer once unpacked, whatever it says.
    package var unpackedBytes: Int64 = 1 << 40
    /// Times that a layer may grow when unpacked, past its first GiB. Deflate cannot exceed 1,032.
    package var expansion: Int64 = 2_000

    package init() {}
}
