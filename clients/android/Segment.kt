// One file of the queue: a line for each event, only ever appended to.
package putevents.sink

import java.io.File
import java.io.FileOutputStream
import java.io.IOException
import java.util.BitSet

/** An event that waits, and where. */
internal class WaitingEvent(val segment: Segment, val index: Int, val id: String, val json: String) {
    val bytes = json.toByteArray().size
    val place get() = Place(segment, index)
}

/** A line of a file of the queue. */
internal data class Place(val segment: Segment, val index: Int)

/** A file that is read and, if this process [create]d it and did not [seal] it, appended to. */
internal class Segment(val file: File) {
    val number = numberOf(file) ?: throw IOException("Not a file of the queue: $file")

    @Volatile
    var length = file.length()
        private set

    /** The lines in it, as far as this process has written or read them. */
    var count = 0
        private set

    private val settled = BitSet()
    private var isRead = false
    private var output: FileOutputStream? = null
    private var synced = 0L
    private var syncFailure: IOException? = null

    /** Whether no event of it waits. */
    val isSettled get() = output == null && isRead && settled.cardinality() == count

    /** Writes a line; where it ends. */
    fun append(line: ByteArray): Long {
        val output = this.output ?: throw IOException("$file is sealed.")
        output.write(line)
        count += 1
        length += line.size
        return length
    }

    /** Waits until the disk has what was written up to [position]: once for all who wait. */
    @Synchronized
    fun sync(position: Long) {
        syncFailure?.let { throw IOException("$file was not synced.", it) }
        if (synced >= position) return
        val written = length
        try {
            output?.fd?.sync()
        } catch (error: IOException) {
            syncFailure = error // a second fsync would say that all is well
            throw error
        }
        synced = written
    }

    /** Ends the appending. */
    @Synchronized
    fun seal() {
        val output = this.output ?: return
        try {
            sync(length)
        } finally {
            this.output = null
            output.close()
        }
    }

    /** The events that wait. A line that cannot be read is [damaged], once. */
    fun waiting(damaged: MutableList<String>): List<WaitingEvent> {
        if (!file.exists()) return deleted(damaged)
        val lines = QueueLine.split(file.readBytes())
        count = lines.size
        isRead = true
        val events = ArrayList<WaitingEvent>()
        for ((index, line) in lines.withIndex()) {
            if (settled[index]) continue
            val json = QueueLine.decode(line)
            val id = (json?.let { readJson(it) } as? Map<*, *>)?.get("event_id") as? String
            if (json != null && id != null) {
                events += WaitingEvent(this, index, id, json)
            } else {
                damaged += String(line)
                settle(index)
            }
        }
        return events
    }

    fun settle(index: Int) = settled.set(index)

    /** The app has deleted the file: each event that is known to have waited in it is told. */
    fun deleted(damaged: MutableList<String>): List<WaitingEvent> {
        if (!isRead && count == 0 && length > 0) count = 1 // never read: how many is not known
        for (index in 0 until count) {
            if (!settled[index]) damaged += "$file was deleted while an event waited in it."
        }
        settled.set(0, count)
        isRead = true
        return emptyList()
    }

    companion object {
        private val NAME = Regex("(\\d{1,18})\\.events")
        const val LAST = 999_999_999_999_999_999 // of 18 digits

        fun isOne(file: File) = numberOf(file) != null && !file.isDirectory

        private fun numberOf(file: File): Long? =
            NAME.matchEntire(file.name)?.groupValues?.get(1)?.toLong()

        fun file(directory: File, number: Long) =
            File(directory, number.toString().padStart(12, '0') + ".events")

        /** A new file, to be appended to. */
        fun create(file: File): Segment {
            val output = FileOutputStream(file, true)
            return Segment(file).also { it.output = output }
        }
    }
}
