// The format of the queue's files.
package putevents.sink

import java.util.zip.CRC32

/** A line: the CRC-32 of the envelope in 8 hexadecimal digits, a space, the envelope, a line feed. */
internal object QueueLine {
    private const val PREFIX = 9
    private const val LINE_FEED: Byte = 10

    fun encode(json: String): ByteArray {
        val bytes = json.toByteArray()
        return "${checksum(bytes)} ".toByteArray() + bytes + LINE_FEED
    }

    /** The envelope, or null if the line is not as it was written. */
    fun decode(line: ByteArray): String? {
        if (line.size < PREFIX) return null
        val bytes = line.copyOfRange(PREFIX, line.size)
        return if (String(line, 0, PREFIX) == "${checksum(bytes)} ") String(bytes) else null
    }

    /** The lines of a file. What stands behind the last line feed was cut short by a kill. */
    fun split(file: ByteArray): List<ByteArray> {
        val lines = ArrayList<ByteArray>()
        var start = 0
        for (end in file.indices) {
            if (file[end] == LINE_FEED) {
                lines += file.copyOfRange(start, end)
                start = end + 1
            }
        }
        return lines
    }

    private fun checksum(bytes: ByteArray): String {
        val crc = CRC32()
        crc.update(bytes)
        return java.lang.Long.toHexString(crc.value).padStart(8, '0')
    }
}
