package import BuildModel
import ImageModel

extension Build {
    /// Takes what a provenance tells: where the source came from, unless that is known already, and for each step the
    /// lines of the Dockerfile and the layers it made.
    package mutating func apply(_ provenance: Provenance) {
        apply(
            BuildOrigin(
                dockerfile: provenance.dockerfile, target: provenance.target, project: provenance.project,
                commit: provenance.commit, branch: provenance.branch))
        for index in steps.indices {
            guard let vertex = steps[index].vertex, let step = provenance.steps[vertex] else { continue }
            steps[index].lines = steps[index].lines ?? step.lines
            for layer in step.layers where !steps[index].layers.contains(layer) { steps[index].layers.append(layer) }
        }
    }

    /// Takes where the source came from, unless that is known already.
    package mutating func apply(_ origin: BuildOrigin) {
        dockerfile = dockerfile ?? origin.dockerfile
        target = target ?? origin.target
        project = project ?? origin.project
        commit = commit ?? origin.commit
        branch = branch ?? origin.branch
    }
}
