import Foundation

/// Runs an actor on a queue of its own, so that waiting for disks takes no thread of the cooperative pool.
final class DiskExecutor: SerialExecutor {
    private let queue = DispatchQueue(label: "registry storage")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
