// One sink for a directory: two would delete each other's files.
package putevents.sink

import java.io.Closeable
import java.io.File
import java.io.IOException
import java.io.RandomAccessFile
import kotlin.random.Random

/** A lock that ends with the process at the latest. */
internal class DirectoryLock private constructor(
    private val path: String, private val file: RandomAccessFile
) : Closeable {
    private var isOpen = true
    private val mark = markOf(path)

    /** No longer once the app has deleted the directory: then another sink may have taken it. */
    val isHeld get() = isOpen && markOf(path) == mark

    override fun close() {
        synchronized(taken) {
            if (!isOpen) return
            isOpen = false
            file.close()
            taken -= path
        }
    }

    companion object {
        private const val NAME = "lock"
        private const val MOST_BYTES = 4096

        // Beside the file's lock, which a process loses as soon as it closes the file a second time.
        private val taken = HashSet<String>()

        /** Creates the directory, and locks it. */
        fun take(directory: File): DirectoryLock = synchronized(taken) {
            if (!directory.isDirectory && !directory.mkdirs()) {
                throw IOException("Could not create $directory.")
            }
            val path = directory.canonicalPath
            if (path in taken) throw IOException("Another sink of this process uses $path.")
            val file = RandomAccessFile(File(directory, NAME), "rw")
            if (file.channel.tryLock() == null) {
                file.close()
                throw IOException("Another process uses $path: give each one a directory.")
            }
            file.setLength(1L + Random.nextInt(MOST_BYTES))
            taken += path
            DirectoryLock(path, file)
        }

        /** What tells this lock from another of its name: to open the file here would end the lock. */
        private fun markOf(path: String) = File(path, NAME).run { length() to lastModified() }
    }
}
