/// The figures of one grouping.
package struct GroupFigures: Sendable, Equatable {
    package var grouping: Grouping
    /// By group number.
    package var figures: [ByteFigures]

    package init(grouping: Grouping, figures: [ByteFigures]) {
        self.grouping = grouping
        self.figures = figures
    }
}

/// Everything that is kept of one computation over one source: figures, groups and checks.
package struct FigureUpdate: Sendable, Equatable {
    package var figures: FigureSet
    /// The groupings `repository`, `namespace` and `owner`.
    package var groups: [GroupFigures]
    package var checks: [Check]

    package init(figures: FigureSet, groups: [GroupFigures] = [], checks: [Check] = []) {
        self.figures = figures
        self.groups = groups
        self.checks = checks
    }
}
