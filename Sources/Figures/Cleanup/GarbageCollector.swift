/// What frees bytes once manifests or images were deleted: each keeps other things alive.
package enum GarbageCollector: String, Sendable, CaseIterable {
    /// distribution 2.x, `registry garbage-collect`: every revision of every repository is kept, tagged or not, with the
    /// objects that its document lists. An index's entries are objects like any other: their own objects are kept only
    /// by their own revisions.
    case distribution
    /// distribution 2.x with `--delete-untagged`: a revision that no tag points to loses its link, children of tagged
    /// indexes too.
    case distributionDeleteUntagged = "distribution-delete-untagged"
    /// distribution 3.x: what an index lists is followed to its end.
    case distribution3 = "distribution-3"
    case distribution3DeleteUntagged = "distribution-3-delete-untagged"
    /// Harbor: every artifact that its database has, with its children; an artifact's accessories go with it.
    case harbor
    /// Docker's `rmi` and `image prune`: layers by reference count over images, freed at once.
    case docker
    /// Podman's `rmi` and `image prune`.
    case podman
    /// Whatever no remaining item reaches: OCI layouts, and registries of which no more is known.
    case reach
}
