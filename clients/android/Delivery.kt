// One round: a batch is sent, and the answer settles its events.
package putevents.sink

/** Why some events still wait; [hasProgress] if others of the batch were settled. */
internal class Failure(
    private val events: Int,
    private val status: Int?,
    private val detail: String,
    private val cause: Exception? = null,
    val retryAfterMillis: Long = 0,
    val hasProgress: Boolean = false
) {
    fun told(retryMillis: Long) = FailedRequest(events, status, detail, cause, retryMillis)
}

/** How a round went; [hasMore] if the next can follow at once. */
internal class Round(val failure: Failure?, val hasMore: Boolean) {
    companion object {
        fun failed(events: Int, error: Exception) =
            Round(Failure(events, null, error.toString(), error), false)
    }
}

internal class Delivery(
    private val queue: Lazy<EventQueue>,
    private val connection: GatewayConnection,
    private val listener: SinkListener,
    private val limits: SinkLimits
) {
    private var maxEvents = limits.maxBatchEvents

    fun sendOldest(): Round {
        val batch = queue.value.oldest(maxEvents, limits.maxBatchBytes)
        for (line in batch.damaged) {
            listener.onDropped(DroppedEvent(null, null, DropReason.DAMAGED, line))
        }
        if (batch.events.isEmpty()) return Round(null, false)
        val answer = try {
            connection.post(batch.events)
        } catch (error: Exception) { // of the network, of the app's headers, of a missing permission
            // What takes only smaller requests may break off instead of answering 413.
            if (error is CutOffException) maxEvents = maxOf(batch.events.size / 2, 1)
            return Round.failed(batch.events.size, error)
        }
        return when {
            answer.events != null -> Round(settle(batch.events, answer.events, answer), batch.hasMore)
            answer.status == 413 -> shrink(batch.events, answer)
            // A proxy, a captive portal, a wrong key or token, a throttle, an outage: none of these
            // says anything of an event, so none is let go.
            else -> Round(failure(batch.events, answer), false)
        }
    }

    private fun settle(
        events: List<WaitingEvent>, answers: List<EventAnswer>, answer: Answer
    ): Failure? {
        val answered = events.zip(answers)
        // First told, then let go: whoever is killed in between hears it twice rather than never.
        for ((event, verdict) in answered) {
            if (verdict.isRejected) drop(event, DropReason.REJECTED, verdict.message)
        }
        val (settled, kept) = answered.partition { (_, verdict) ->
            verdict.isAccepted || verdict.isRejected
        }
        queue.value.settle(settled.map { (event, _) -> event })
        maxEvents = minOf(maxEvents * 2, limits.maxBatchEvents)
        val (_, first) = kept.firstOrNull() ?: return null
        return Failure(
            kept.size, first.status, first.message, null, answer.retryAfterMillis, settled.isNotEmpty()
        )
    }

    /** 413: half as many events at once. One that is alone, and large, can never be sent. */
    private fun shrink(events: List<WaitingEvent>, answer: Answer): Round {
        val isLarge = events.first().bytes > limits.maxBatchBytes
        if (events.size == 1 && !isLarge) return Round(failure(events, answer), false)
        if (events.size == 1) {
            drop(events.first(), DropReason.TOO_LARGE, answer.text)
            queue.value.settle(events)
        }
        maxEvents = maxOf(events.size / 2, 1)
        return Round(null, true)
    }

    private fun failure(events: List<WaitingEvent>, answer: Answer) = Failure(
        events.size, answer.status, answer.text.take(DETAIL), null, answer.retryAfterMillis
    )

    private fun drop(event: WaitingEvent, reason: DropReason, detail: String) =
        listener.onDropped(DroppedEvent(event.id, event.json, reason, detail))

    private companion object {
        const val DETAIL = 500 // characters of an answer, which may be a whole web page
    }
}
