/// What a run of `collect` is going to collect, and what it cannot even begin with.
struct CollectPlan: Sendable {
    /// A source that cannot be collected, and why.
    struct Failure: Sendable {
        var source: String
        var error: any Error
    }

    var jobs: [CollectJob] = []
    var failures: [Failure] = []

    init(jobs: [CollectJob] = [], failures: [Failure] = []) {
        self.jobs = jobs
        self.failures = failures
    }
}
