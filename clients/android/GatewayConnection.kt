// One request to the gateway, and its answer.
package putevents.sink

import java.io.ByteArrayOutputStream
import java.io.IOException
import java.io.InputStream
import java.net.HttpURLConnection
import java.net.URL
import java.net.URLEncoder
import java.util.zip.GZIPOutputStream

/** What the gateway said of one event. */
internal class EventAnswer(val status: Int, val message: String) {
    val isAccepted get() = status == 202 && message == "Accepted"
    val isRejected get() = status in 400..499 && status != 429
}

/** The answer to a request; [events] has one for each event sent, or is null. */
internal class Answer(
    val status: Int,
    val retryAfterMillis: Long,
    val text: String,
    val events: List<EventAnswer>?
)

/** There was a connection, and it broke, or the answer could not be read. */
internal class CutOffException(cause: IOException) : IOException(cause.toString(), cause)

/** Posts envelopes to `/v1/apps/{application-id}/enriched-events`. */
internal class GatewayConnection(
    gatewayUrl: String,
    applicationId: String,
    private val headers: (GatewayRequest) -> Map<String, String>,
    private val clock: SinkClock
) {
    private val url: URL

    init {
        require(ADDRESS.matches(gatewayUrl)) {
            "gatewayUrl should be http:// or https://, a host and no ? or #, and is \"$gatewayUrl\"."
        }
        val base = gatewayUrl.trimEnd('/')
        url = URL("$base/v1/apps/${encoded(applicationId)}/enriched-events")
    }

    fun post(events: List<WaitingEvent>): Answer {
        val request = GatewayRequest("POST", url, OWN_HEADERS, gzipped(events))
        val connection = prepared(request)
        try {
            connection.connect()
            try {
                connection.outputStream.use { it.write(request.body) }
                return answer(connection, events)
            } catch (error: IOException) {
                throw CutOffException(error)
            }
        } finally {
            connection.disconnect() // one that is kept may be dead by the time of the next request
        }
    }

    private fun prepared(request: GatewayRequest): HttpURLConnection {
        val connection = url.openConnection() as HttpURLConnection
        connection.requestMethod = request.method
        connection.connectTimeout = CONNECT_MILLIS
        connection.readTimeout = READ_MILLIS
        connection.useCaches = false
        connection.instanceFollowRedirects = false // a key should go nowhere else
        connection.doOutput = true
        // A stream of known length is not sent twice by HttpURLConnection itself.
        connection.setFixedLengthStreamingMode(request.body.size)
        for ((name, value) in request.headers + headers(request)) {
            connection.setRequestProperty(name, value)
        }
        return connection
    }

    private fun answer(connection: HttpURLConnection, events: List<WaitingEvent>): Answer {
        val status = connection.responseCode
        val body = if (status < 400) connection.inputStream else connection.errorStream
        val text = body?.use { read(it) } ?: "" // an error without a body has no stream
        val answers = if (status == 202) eventAnswers(text, events) else null
        return Answer(status, retryAfterMillis(connection), text, answers)
    }

    /** `Retry-After` is seconds or a date, which is measured by the answer's own. */
    private fun retryAfterMillis(connection: HttpURLConnection): Long {
        val seconds = connection.getHeaderField("Retry-After")?.trim()?.toLongOrNull()
        if (seconds != null) return seconds.coerceIn(0, MOST_SECONDS) * 1000
        val date = connection.getHeaderFieldDate("Retry-After", 0)
        if (date == 0L) return 0
        return maxOf(date - connection.getHeaderFieldDate("Date", System.currentTimeMillis()), 0)
    }

    /** An answer of bounded length, in bounded time, however slowly it drips. */
    private fun read(input: InputStream): String {
        val deadline = clock.millis() + ANSWER_MILLIS
        val bytes = ByteArrayOutputStream()
        val buffer = ByteArray(8192)
        while (true) {
            val count = input.read(buffer)
            if (count < 0) return bytes.toString("UTF-8")
            bytes.write(buffer, 0, count)
            if (bytes.size() > ANSWER_BYTES) throw IOException("The answer is too long.")
            if (clock.millis() > deadline) throw IOException("The answer takes too long.")
        }
    }

    private companion object {
        const val CONNECT_MILLIS = 15_000
        const val READ_MILLIS = 35_000 // API Gateway takes 29 s at most
        const val ANSWER_MILLIS = 60_000L
        const val MOST_SECONDS = 1_000_000L
        const val ANSWER_BYTES = 8 * 1024 * 1024 // Lambda answers 6 MB at most
        val ADDRESS = Regex("(?i)https?://[^/?#\\s]+(/[^?#\\s]*)?")
        val OWN_HEADERS = mapOf(
            "Content-Type" to "application/x-ndjson", "Content-Encoding" to "gzip"
        )
    }
}

private fun encoded(pathSegment: String) = URLEncoder.encode(pathSegment, "UTF-8").replace("+", "%20")

private fun gzipped(events: List<WaitingEvent>): ByteArray {
    val bytes = ByteArrayOutputStream()
    GZIPOutputStream(bytes).use { for (event in events) it.write("${event.json}\n".toByteArray()) }
    return bytes.toByteArray()
}

/** The answers by event, or null if these are not the answers to these events. */
private fun eventAnswers(text: String, events: List<WaitingEvent>): List<EventAnswer>? {
    val results = (readJson(text) as? Map<*, *>)?.get("Results") as? List<*>
    if (results == null || results.size != events.size) return null
    return results.zip(events) { result, event ->
        val members = result as? Map<*, *> ?: return null
        val status = (members["StatusCode"] as? Double)?.takeIf { it % 1 == 0.0 } ?: return null
        if (event.id != "" && members["EventId"] != event.id) return null
        EventAnswer(status.toInt(), members["Message"] as? String ?: "")
    }
}
