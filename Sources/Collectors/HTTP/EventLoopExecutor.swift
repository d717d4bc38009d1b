import NIOCore

/// Runs tasks on an event loop's own thread, so that what they hand to its connections, and what comes back, changes no
/// thread. Nothing may run on it after the loop has ended, and nothing that waits for long.
final class EventLoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    init(_ loop: any EventLoop) { self.loop = loop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
