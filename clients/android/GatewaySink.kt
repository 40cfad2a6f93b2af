// An EventSink for Amplify's event enrichment that brings every event to a PutEvents gateway.
package putevents.sink

import com.amplifyframework.annotations.ExperimentalAmplifyApi
import com.amplifyframework.eventenrichment.EnrichedEvent
import com.amplifyframework.eventenrichment.EventSink
import java.io.Closeable
import java.io.File
import java.io.IOException
import java.util.UUID

/**
 * Keeps Amplify's enriched events on disk until a PutEvents gateway has answered for each of them.
 *
 * When [send] returns, the event is on disk or [SinkListener.onDropped] was told why not. One thread
 * of the sink's own sends what waits, and an event leaves the disk only after the gateway's answer
 * for that very event. Make one sink for a process, and keep it as long as the process lives.
 *
 * @param directory where the events wait; the sink's alone, in `context.noBackupFilesDir`
 * @param gatewayUrl the gateway's address, as the stack's output `ApiUrl` has it
 * @param applicationId the `appId` that Amplify's EventEnrichmentClient was given
 * @param headers what to add to a request: an API key, a token, a signature. Called on the sink's
 *   thread before each request, so it may block, and throw: then the events wait.
 */
@ExperimentalAmplifyApi
class GatewaySink internal constructor(
    directory: File,
    gatewayUrl: String,
    applicationId: String,
    headers: (GatewayRequest) -> Map<String, String>,
    listener: SinkListener,
    limits: SinkLimits,
    clock: SinkClock
) : EventSink, Closeable {

    @JvmOverloads
    constructor(
        directory: File,
        gatewayUrl: String,
        applicationId: String,
        headers: (GatewayRequest) -> Map<String, String> = { emptyMap() },
        listener: SinkListener = LoggingListener,
        limits: SinkLimits = SinkLimits()
    ) : this(directory, gatewayUrl, applicationId, headers, listener, limits, SystemClock)

    // Opened by whoever needs it first, and not here: apps make a sink on their main thread.
    private val queue = lazy { EventQueue(directory, limits) }
    private val listener = GuardedListener(listener)
    private val connection = GatewayConnection(gatewayUrl, applicationId, headers, clock)
    private val delivery = Delivery(queue, connection, this.listener, limits, clock)
    private val sender = Sender(queue, delivery, this.listener, limits, clock)

    @Volatile
    private var closed = false

    init {
        sender.start()
    }

    /** Puts the event on disk. It waits for the disk, never for the network. */
    override fun send(event: EnrichedEvent) {
        val json = try {
            withEventId(event.toJson(), event.eventId)
        } catch (error: Exception) { // Amplify's toJson() throws at a metric that is NaN or infinite
            return drop(event.eventId, null, DropReason.NOT_SERIALIZABLE, error.toString())
        }
        if (closed) return drop(event.eventId, json, DropReason.CLOSED, "The sink is closed.")
        try {
            sender.added(queue.value.add(json))
        } catch (error: QueueFullException) {
            drop(event.eventId, json, DropReason.QUEUE_FULL, error.message)
        } catch (error: Exception) { // of the disk, or of a directory that is not ours
            drop(event.eventId, json, DropReason.STORAGE_FAILED, error.toString())
        }
    }

    /**
     * Sends what waits now, without regard to the interval and to waiting after a failure.
     *
     * @param waitMillis how long to wait for that; 0 to return at once
     * @return whether nothing waits any more
     */
    @JvmOverloads
    fun flush(waitMillis: Long = 0): Boolean = sender.flush(waitMillis)

    /**
     * Stops sending, and does not wait for a request that is under way. What is on disk stays for
     * the next sink, which may send that request's events again, with the same ids.
     */
    override fun close() {
        closed = true
        sender.close()
    }

    private fun drop(eventId: String, json: String?, reason: DropReason, detail: String?) =
        listener.onDropped(DroppedEvent(eventId, json, reason, detail ?: reason.name))
}

/** Amplify's envelope on one line, with the event's id, by which the gateway knows a repeat. */
private fun withEventId(envelope: String, eventId: String): String {
    val line = envelope.trim().replace('\n', ' ').replace('\r', ' ')
    val members = readJson(line) as? Map<*, *> ?: throw IOException("Not a JSON object: $line")
    val given = members["event_id"] as? String
    if (given != null && given != "") return line // should Amplify add it one day
    val id = if (eventId == "") UUID.randomUUID().toString() else eventId
    val separator = if (members.isEmpty()) "" else ","
    // At the end, where it counts also if there is one that is no id.
    return "${line.dropLast(1)}$separator\"event_id\":${quoted(id)}}"
}
