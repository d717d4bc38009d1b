package import Figures

/// Everything that is kept of a graph: its figures, those of its repositories, namespaces and owners, and the checks.
package func figureUpdate(_ graph: LayerGraph, _ labels: GraphLabels) -> FigureUpdate {
    let aspects = [GraphLabels.Aspect.repository, .namespace, .owner]
    let groupings = aspects.map { labels.grouping(graph, by: $0) }
    let (figures, groups) = computeFigures(graph, groupings: groupings)
    let pairs = Array(zip(groupings, groups))
    return FigureUpdate(
        figures: figures, groups: pairs.map { GroupFigures(grouping: $0, figures: $1) },
        checks: checks(graph, figures, groupings: pairs, reported: labels.reported))
}
