import Dispatch
import Foundation
import Synchronization

/// A thread of its own for one connection, on which libpq may wait for the server as long as it takes.
///
/// Swift's cooperative threads are few and must never wait, and Dispatch starts new threads only slowly once all of
/// them wait; a handful of connections is worth a handful of threads.
final class ConnectionThread: SerialExecutor {
    private struct Work {
        var jobs: [UnownedJob] = []
        var isStopped = false
    }

    private let work = Mutex(Work())
    private let wake = DispatchSemaphore(value: 0)

    /// Starts the thread; it lives until ``stop()``.
    init() {
        let thread = Thread { [self] in
            while true {
                wake.wait()
                let (jobs, isStopped) = work.withLock { work in
                    defer { work.jobs.removeAll(keepingCapacity: true) }
                    return (work.jobs, work.isStopped)
                }
                for job in jobs { job.runSynchronously(on: asUnownedSerialExecutor()) }
                if isStopped { return }
            }
        }
        thread.name = "postgres"
        thread.start()
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        work.withLock { $0.jobs.append(job) }
        wake.signal()
    }

    func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

    /// Ends the thread after the work that it has. Nothing may be given to it afterwards.
    func stop() {
        work.withLock { $0.isStopped = true }
        wake.signal()
    }
}
