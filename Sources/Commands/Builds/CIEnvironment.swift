/// What CI systems say of the build that runs in them, by environment variables.
///
/// Taken only for a build that runs now (standard input, `layerscope build`): a file may be of any other one.
struct CIEnvironment {
    /// A CI system and the variables of it; of several the first that is set.
    private struct System {
        /// Set in every job of the system, and in no other.
        var mark: String
        var project: [String]
        var branch: [String]
        var commit: [String]
    }

    /// By the documentation of each system. A pull request's own branch goes before the one it is merged into.
    private static let systems = [
        // Forgejo and Gitea Actions set the same.
        System(
            mark: "GITHUB_ACTIONS", project: ["GITHUB_REPOSITORY"], branch: ["GITHUB_HEAD_REF", "GITHUB_REF_NAME"],
            commit: ["GITHUB_SHA"]),
        System(
            mark: "GITLAB_CI", project: ["CI_PROJECT_PATH"],
            branch: ["CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "CI_COMMIT_REF_NAME"], commit: ["CI_COMMIT_SHA"]),
        System(
            mark: "JENKINS_URL", project: ["JOB_NAME"], branch: ["CHANGE_BRANCH", "BRANCH_NAME", "GIT_BRANCH"],
            commit: ["GIT_COMMIT"]),
        System(
            mark: "CIRCLECI", project: ["CIRCLE_PROJECT_REPONAME"], branch: ["CIRCLE_BRANCH", "CIRCLE_TAG"],
            commit: ["CIRCLE_SHA1"]),
        System(
            mark: "BUILDKITE", project: ["BUILDKITE_PIPELINE_SLUG"], branch: ["BUILDKITE_BRANCH"],
            commit: ["BUILDKITE_COMMIT"]),
        System(
            mark: "TRAVIS", project: ["TRAVIS_REPO_SLUG"], branch: ["TRAVIS_PULL_REQUEST_BRANCH", "TRAVIS_BRANCH"],
            commit: ["TRAVIS_PULL_REQUEST_SHA", "TRAVIS_COMMIT"]),
        System(
            mark: "TF_BUILD", project: ["BUILD_REPOSITORY_NAME"],
            branch: ["SYSTEM_PULLREQUEST_SOURCEBRANCH", "BUILD_SOURCEBRANCHNAME"], commit: ["BUILD_SOURCEVERSION"]),
        System(
            mark: "BITBUCKET_BUILD_NUMBER", project: ["BITBUCKET_REPO_FULL_NAME"],
            branch: ["BITBUCKET_BRANCH", "BITBUCKET_TAG"], commit: ["BITBUCKET_COMMIT"]),
        // Before Drone, whose mark Woodpecker once set, too.
        System(
            mark: "CI_PIPELINE_NUMBER", project: ["CI_REPO"], branch: ["CI_COMMIT_SOURCE_BRANCH", "CI_COMMIT_BRANCH"],
            commit: ["CI_COMMIT_SHA"]),
        System(
            mark: "DRONE", project: ["DRONE_REPO"], branch: ["DRONE_SOURCE_BRANCH", "DRONE_BRANCH"],
            commit: ["DRONE_COMMIT_SHA", "DRONE_COMMIT"]),
    ]

    let project: String?
    let branch: String?
    let commit: String?

    init(_ environment: [String: String]) {
        func first(_ names: [String]?) -> String? {
            names?.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        }
        let system = Self.systems.first { environment[$0.mark]?.isEmpty == false }
        project = first(system?.project)
        branch = first(system?.branch).map { $0.hasPrefix("refs/heads/") ? String($0.dropFirst(11)) : $0 }
        commit = first(system?.commit)
    }
}
