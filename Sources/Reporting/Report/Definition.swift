/// What a word of the report means.
package struct Definition: Sendable, Equatable {
    package var word: String
    package var meaning: String

    /// The figures and words of a storage report, in the order in which a report explains them.
    package static let all: [Definition] = [
        .init(
            word: "Source",
            meaning:
                "A place in which identical content is kept once: one engine, one registry, one archive. Figures over "
                + "several sources are sums over sources."),
        .init(
            word: "Object",
            meaning:
                "One thing that a source keeps, with the bytes it takes there: a layer, a configuration, a manifest."),
        .init(
            word: "Image",
            meaning: "One runnable thing for one platform. An index that names images for several platforms is none; "
                + "the images it names are."),
        .init(
            word: "Apparent",
            meaning: "apparent_bytes: what the images would take if nothing were shared between them."),
        .init(word: "Stored", meaning: "stored_bytes: what they take, each object counted once."),
        .init(
            word: "Exclusive",
            meaning:
                "exclusive_bytes: what only this group holds, and what goes if exactly this group goes and the source "
                + "collects its garbage."),
        .init(word: "Shared", meaning: "shared_bytes: stored less exclusive; held by others too."),
        .init(
            word: "Fair share",
            meaning:
                "fair_share_bytes: each object's bytes divided evenly among the groups that hold it. The column adds "
                + "up to what is stored, to the byte."),
        .init(
            word: "Sharing ratio", meaning: "sharing_ratio: apparent divided by stored. Absent when nothing is stored."),
        .init(word: "Reference count", meaning: "reference_count: the number of distinct images that hold an object."),
        .init(
            word: "Duplicates",
            meaning: "duplicate_bytes: the same content kept again because it was compressed again: all copies but the "
                + "smallest."),
        .init(
            word: "Waste",
            meaning:
                "Images without a name that nothing was built from, manifests that no tag reaches, and signatures or "
                + "attestations of something that is not there. What goes is counted for each alone, and for all together: "
                + "the two differ where waste shares bytes with waste."),
        .init(
            word: "Would free",
            meaning:
                "freed_bytes: what the source's own garbage collector frees after all deletions of the clean-up rules "
                + "together. garbage_bytes of it go without any deletion. Frees alone: what one deletion frees if it is "
                + "the only one; what several hold together is freed by none alone, so these do not add up."),
        .init(
            word: "Stays all the same",
            meaning: "retained_bytes: bytes of what would be deleted that stay, because something kept holds them, too."
        ),
        .init(
            word: "Hit rate",
            meaning:
                "hit_rate: instructions of builds that came from the cache, of those that could have. Internal steps, skipped "
                + "ones and builds without a cache are in neither number. By time (time_hit_rate): of the time that the "
                + "steps would have taken without a cache, the part that hits saved. Absent where nothing hit or missed."
        ),
        .init(
            word: "Saved by hits",
            meaning:
                "seconds_saved: what the same step took when it last ran. Of a step that never ran uncached nothing is "
                + "known, which is not zero."),
        .init(
            word: "Lost to misses",
            meaning:
                "seconds_lost: the time of steps that ran although neither they nor anything before them had changed."),
        .init(
            word: "First miss",
            meaning: "The first instruction of a stage that was not in the cache. Those behind it miss because of it."),
        .init(
            word: "Churn",
            meaning:
                "Layers that came again for the same instruction in the same repository with other content, and their "
                + "bytes."),
        .init(
            word: "Unknown",
            meaning:
                "What could not be looked at is never counted as zero. It is called unknown, and the coverage says why."
        ),
        .init(
            word: "Bytes",
            meaning:
                "1 kB is 1,000 bytes unless binary units (KiB) are printed. Unpacked bytes and bytes as stored, which "
                + "are mostly compressed, are never added together."),
    ]
}
