// The directory of a queue: whose it is, which files are in it, and what the next is called.
package putevents.sink

import java.io.Closeable
import java.io.File
import java.io.IOException

/** Locked from its first moment on. */
internal class QueueDirectory(private val directory: File) : Closeable {
    private var lock = DirectoryLock.take(directory)
    private var number = 0L

    /** No longer once the app has deleted it, or its lock. */
    val isOurs get() = lock.isHeld

    /** Makes and locks it again, unless another sink has. */
    fun reclaim() {
        lock.close()
        lock = DirectoryLock.take(directory)
    }

    /** The files that are there, oldest first. */
    fun segments(): List<Segment> {
        val files = directory.listFiles()
        if (files == null) {
            close()
            throw IOException("Could not list $directory.")
        }
        val segments = files.filter { Segment.isOne(it) }.map { Segment(it) }.sortedBy { it.number }
        number = segments.lastOrNull()?.number ?: 0
        return segments
    }

    /** Behind all others; where the numbers end any that is free, for order is no promise. */
    fun newSegment(): Segment {
        var file: File
        do {
            number = number % Segment.LAST + 1
            file = Segment.file(directory, number)
        } while (file.exists())
        return Segment.create(file)
    }

    override fun close() = lock.close()
}
