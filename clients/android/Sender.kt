// The one thread that sends, and when it does.
package putevents.sink

import java.util.concurrent.TimeUnit
import java.util.concurrent.locks.Condition
import java.util.concurrent.locks.ReentrantLock
import kotlin.concurrent.withLock

/** What the sink asks of time. */
internal interface SinkClock {
    fun millis(): Long
    fun await(signal: Condition, millis: Long)
}

internal object SystemClock : SinkClock {
    override fun millis() = System.nanoTime() / 1_000_000

    override fun await(signal: Condition, millis: Long) {
        signal.await(millis, TimeUnit.MILLISECONDS)
    }
}

/** Makes a round when an interval is over, a batch is full, or `flush` asks; later after a failure. */
internal class Sender(
    private val queue: Lazy<EventQueue>,
    private val delivery: Delivery,
    private val listener: SinkListener,
    private val limits: SinkLimits,
    private val clock: SinkClock
) : Thread("putevents-sink") {
    private val lock = ReentrantLock()
    private val changed = lock.newCondition()

    // All of these under the lock. At first due at once, for what a former process left.
    private var dueAt = clock.millis()
    private var freshEvents = 0
    private var freshBytes = 0L
    private var failures = 0
    private var flushAsked = false
    private var draining = true
    private var closed = false

    init {
        isDaemon = true
    }

    /** An event of so many bytes is on disk. */
    fun added(bytes: Int) {
        lock.withLock {
            freshEvents += 1
            freshBytes += bytes
            val full = freshEvents >= limits.maxBatchEvents || freshBytes >= limits.maxBatchBytes
            val due = clock.millis() + if (full) 0 else limits.sendIntervalMillis
            if (failures == 0 && due < dueAt) {
                dueAt = due
                changed.signalAll()
            }
        }
    }

    /** Asks for rounds until nothing waits or one fails, and waits for that so long. */
    fun flush(waitMillis: Long): Boolean = lock.withLock {
        flushAsked = true
        changed.signalAll()
        var left = TimeUnit.MILLISECONDS.toNanos(waitMillis)
        while ((flushAsked || draining) && !closed && left > 0) left = changed.awaitNanos(left)
        queue.isInitialized() && queue.value.isEmpty
    }

    fun close() {
        lock.withLock {
            closed = true
            changed.signalAll()
        }
        closeQueue()
    }

    override fun run() {
        while (awaitDue()) {
            val round = try {
                delivery.sendOldest(lock.withLock { draining })
            } catch (error: Throwable) { // of the disk, or of memory; the thread has to go on
                Round(Failure.thrown(emptyList(), error), false)
            }
            when {
                round.failure != null -> failed(round.failure)
                round.idleMillis > 0 -> lock.withLock { waitFor(round.idleMillis) }
                else -> succeeded(round.hasMore)
            }
        }
        closeQueue()
    }

    private fun closeQueue() {
        if (queue.isInitialized()) queue.value.close()
    }

    private fun awaitDue(): Boolean = lock.withLock {
        while (!closed) {
            val millis = if (flushAsked) 0 else dueAt - clock.millis()
            if (millis > 0) {
                clock.await(changed, millis)
                continue
            }
            draining = draining || flushAsked
            flushAsked = false
            freshEvents = 0
            freshBytes = 0
            return true
        }
        false
    }

    private fun succeeded(hasMore: Boolean) {
        lock.withLock {
            failures = 0
            val empty = queue.value.isEmpty
            draining = draining && !empty
            dueAt = when {
                empty -> NEVER
                hasMore || draining -> clock.millis()
                else -> clock.millis() + limits.sendIntervalMillis
            }
            changed.signalAll()
        }
    }

    private fun failed(failure: Failure) {
        val wait = lock.withLock {
            val aside = failure.asideMillis
            // Where others are taken, one that was stepped over waits alone.
            if (aside == null || failures > 0) failures = if (failure.hasProgress) 1 else failures + 1
            val backoff = if (failures > 0) limits.backoff(failures) else 0
            maxOf(backoff, limits.asked(failure.retryAfterMillis), aside ?: 0)
        }
        listener.onRetry(failure.told(wait))
        lock.withLock {
            draining = false
            waitFor(wait)
            changed.signalAll()
        }
    }

    /** So long, but no longer than the interval for events that came meanwhile and need not wait. */
    private fun waitFor(millis: Long) {
        val fresh = failures == 0 && freshEvents > 0
        dueAt = clock.millis() + if (fresh) minOf(millis, limits.sendIntervalMillis) else millis
    }

    private companion object {
        const val NEVER = Long.MAX_VALUE / 2
    }
}
