// The events that wait, in files of one directory: what survives the process.
package putevents.sink

import java.io.Closeable
import java.io.File
import java.io.IOException
import java.util.concurrent.locks.ReentrantLock
import kotlin.concurrent.withLock

internal class QueueFullException(message: String) : IOException(message)

/** What to send next; [hasMore] if more waits than fits, [damaged] are lines nobody can read. */
internal class Batch(
    val events: List<WaitingEvent>, val hasMore: Boolean, val damaged: List<String>
)

/**
 * Segments, oldest first; only the newest is appended to, and only by the process that made it.
 *
 * An event is settled in memory, and a file is deleted once all of its events are. So nothing is
 * ever written over, and after a kill some settled events are sent again, with the same ids.
 */
internal class EventQueue(directory: File, private val limits: SinkLimits) : Closeable {
    private val lock = ReentrantLock()
    private val directory = QueueDirectory(directory)
    private val segments = ArrayList(this.directory.segments())
    private var newest: Segment? = null
    private var bytes = segments.fold(0L) { sum, segment -> sum + segment.length }
    private val lost = ArrayList<String>()
    private var closed = false

    val isEmpty get() = lock.withLock { segments.isEmpty() }

    /** Puts an envelope on disk, and returns its size there once it is safe. */
    fun add(json: String): Int {
        val line = QueueLine.encode(json)
        var position = 0L
        val segment = lock.withLock {
            if (closed) throw IOException("The queue is closed.")
            if (!directory.isOurs) reclaim()
            if (bytes + line.size > limits.maxQueueBytes) {
                throw QueueFullException("${limits.maxQueueBytes} bytes are waiting.")
            }
            segmentFor(line.size).also { position = append(it, line) }
        }
        // Without the lock, so that those who come meanwhile share the next wait for the disk.
        try {
            segment.sync(position)
        } catch (error: IOException) {
            lock.withLock { if (newest === segment) newest = null }
            throw error
        }
        return line.size
    }

    /** The oldest events that fit a request, at least one if any can be read. */
    fun oldest(
        maxEvents: Int, maxBytes: Int, isWanted: (WaitingEvent) -> Boolean
    ): Batch = lock.withLock {
        val events = ArrayList<WaitingEvent>()
        if (segments.isNotEmpty() && !directory.isOurs) reclaim()
        val damaged = ArrayList(lost)
        lost.clear()
        var size = 0
        var failure: IOException? = null
        for (segment in segments.toList()) {
            try {
                if (segment === newest) seal()
                if (segment.isSettled) {
                    remove(segment)
                    continue
                }
                for (event in segment.waiting(damaged).filter(isWanted)) {
                    val fits = events.size < maxEvents && size + event.bytes <= maxBytes
                    if (!fits && events.isNotEmpty()) return Batch(events, true, damaged)
                    events += event
                    size += event.bytes
                }
            } catch (error: IOException) {
                failure = error // those in other files need not wait for it
            }
        }
        if (events.isEmpty() && failure != null) throw failure
        Batch(events, false, damaged)
    }

    /** Lets go of events that the gateway has answered for. */
    fun settle(events: List<WaitingEvent>) {
        lock.withLock {
            if (closed || !directory.isOurs) return // another sink may have the files by now
            for (event in events) event.segment.settle(event.index)
            events.map { it.segment }.distinct().filter { it.isSettled }.forEach { remove(it) }
        }
    }

    override fun close() {
        lock.withLock {
            if (closed) return
            closed = true
            try {
                seal()
            } finally {
                directory.close()
            }
        }
    }

    /** The app has deleted the directory, or its lock: what is there now counts. */
    private fun reclaim() {
        seal()
        directory.reclaim()
        for (segment in segments) if (!segment.file.exists()) segment.deleted(lost)
        segments.clear()
        segments += directory.segments()
        bytes = segments.fold(0L) { sum, segment -> sum + segment.length }
    }

    private fun segmentFor(size: Int): Segment {
        newest?.let {
            val full = it.count >= limits.maxBatchEvents || it.length + size > limits.maxBatchBytes
            // One that the app has deleted would take events that no later start finds.
            if (!full && it.file.exists()) return it
            seal()
        }
        return directory.newSegment().also {
            segments += it
            newest = it
        }
    }

    /** A segment that could not be written to may end in half a line: nothing goes behind that. */
    private fun append(segment: Segment, line: ByteArray): Long {
        try {
            bytes += line.size
            return segment.append(line)
        } catch (error: IOException) {
            bytes -= line.size
            seal()
            if (segment.count == 0) remove(segment)
            throw error
        }
    }

    private fun seal() {
        val segment = newest
        newest = null
        segment?.seal()
    }

    private fun remove(segment: Segment) {
        if (!segments.remove(segment)) return // of a directory that was deleted
        bytes -= segment.length
        segment.file.delete() // if that fails its events are sent again after the next start
    }
}
