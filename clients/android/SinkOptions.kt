// What an app may set, and what it may want to hear.
package putevents.sink

import java.net.URL
import java.util.logging.Level
import java.util.logging.Logger

/**
 * How much waits, how much is sent at once, and how often.
 *
 * @param maxQueueBytes on disk. Beyond it new events are dropped, and those that wait stay.
 * @param maxBatchEvents in a request; the gateway forwards 100 in one call
 * @param maxBatchBytes of a request before it is compressed; a larger event goes alone. The gateway
 *   takes 4 MB: lower this if something before it takes less.
 * @param sendIntervalMillis from an event to the request that has it, unless a batch is full sooner
 * @param minBackoffMillis after a first failure; doubled with each further one, half of it at random
 * @param maxBackoffMillis the longest of these waits
 */
class SinkLimits @JvmOverloads constructor(
    val maxQueueBytes: Long = 20L * 1024 * 1024,
    val maxBatchEvents: Int = 100,
    val maxBatchBytes: Int = 512 * 1024,
    val sendIntervalMillis: Long = 10_000,
    val minBackoffMillis: Long = 2_000,
    val maxBackoffMillis: Long = 300_000
) {
    init {
        require(maxQueueBytes > 0) { "maxQueueBytes should be positive." }
        require(maxBatchEvents in 1..MOST_EVENTS) { "maxBatchEvents should be 1 to $MOST_EVENTS." }
        require(maxBatchBytes in 1..MOST_BYTES) { "maxBatchBytes should be 1 to $MOST_BYTES." }
        require(sendIntervalMillis >= 0) { "sendIntervalMillis should not be negative." }
        require(minBackoffMillis in 1..maxBackoffMillis) {
            "minBackoffMillis should be 1 to maxBackoffMillis."
        }
    }

    private companion object {
        const val MOST_EVENTS = 5_000 // the gateway takes 10,000 endpoints and events together
        const val MOST_BYTES = 4_000_000 // and 4 MB
    }
}

/** Hears what does not go well. Called on the sink's thread or on that of `send`; do not block it. */
interface SinkListener {
    /** The event is gone. After a kill you may hear of a rejected one again. */
    fun onDropped(event: DroppedEvent)

    /** The gateway did not take some events. They stay on disk, and are sent again. */
    fun onRetry(failure: FailedRequest)
}

/** Why an event is gone. */
enum class DropReason {
    /** `toJson()` threw: a metric is NaN or infinite. */
    NOT_SERIALIZABLE,

    /** `maxQueueBytes` are waiting. */
    QUEUE_FULL,

    /** The disk is full, or fails; `fsync` may have failed after the event was written. */
    STORAGE_FAILED,

    /** The gateway answered 4xx for this very event; the detail is its text. */
    REJECTED,

    /** The gateway answered 413 to this event alone, and it is larger than `maxBatchBytes`. */
    TOO_LARGE,

    /** The file was changed or deleted while the event waited; the detail is its line, or says so. */
    DAMAGED,

    /** It came after `close()`. */
    CLOSED
}

/** An event that will not arrive; [json] is its envelope, as far as there is one. */
class DroppedEvent(
    val eventId: String?,
    val json: String?,
    val reason: DropReason,
    val detail: String
) {
    override fun toString() = "event $eventId: $reason, $detail"
}

/**
 * A request after which [events] events still wait; [status] is null if nobody answered, [eventId]
 * is the event's if it is one.
 */
class FailedRequest(
    val events: Int,
    val status: Int?,
    val detail: String,
    val cause: Throwable?,
    val retryMillis: Long,
    val eventId: String?
) {
    override fun toString() =
        "${eventId?.let { "event $it waits" } ?: "$events events wait"} ${retryMillis / 1000} s more: " +
            "${status ?: cause}, $detail"
}

/** A request before it is sent, for a signer: [body] is compressed, as it will be sent. */
class GatewayRequest(
    val method: String,
    val url: URL,
    val headers: Map<String, String>,
    val body: ByteArray
)

/** Writes to java.util.logging, which Android shows in logcat. */
object LoggingListener : SinkListener {
    private val logger = Logger.getLogger("putevents.sink")

    override fun onDropped(event: DroppedEvent) = logger.log(Level.WARNING, "Dropped $event")

    override fun onRetry(failure: FailedRequest) = logger.log(Level.INFO, failure.toString())
}
