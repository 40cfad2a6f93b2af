// One sink for a directory: two would delete each other's files.
package putevents.sink

import java.io.Closeable
import java.io.File
import java.io.IOException
import java.io.RandomAccessFile

/** A lock that ends with the process at the latest. */
internal class DirectoryLock private constructor(
    private val path: String, private val file: RandomAccessFile
) : Closeable {

    override fun close() {
        synchronized(taken) {
            file.close()
            taken -= path
        }
    }

    companion object {
        // Beside the file's lock, which a process loses as soon as it closes the file a second time.
        private val taken = HashSet<String>()

        /** Creates the directory, and locks it. */
        fun take(directory: File): DirectoryLock = synchronized(taken) {
            if (!directory.isDirectory && !directory.mkdirs()) {
                throw IOException("Could not create $directory.")
            }
            val path = directory.canonicalPath
            if (path in taken) throw IOException("Another sink of this process uses $path.")
            val file = RandomAccessFile(File(directory, "lock"), "rw")
            if (file.channel.tryLock() == null) {
                file.close()
                throw IOException("Another process uses $path: give each one a directory.")
            }
            taken += path
            DirectoryLock(path, file)
        }
    }
}
