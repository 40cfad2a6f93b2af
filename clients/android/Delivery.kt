// One round: a batch is sent, and the answer settles its events.
package putevents.sink

internal class Delivery(
    private val queue: Lazy<EventQueue>,
    private val connection: GatewayConnection,
    private val listener: SinkListener,
    private val limits: SinkLimits,
    clock: SinkClock
) {
    private val aside = Aside(limits, clock)
    private var maxEvents = limits.maxBatchEvents

    /** Requests in a row that settled nothing. */
    private var refusals = 0

    /** Those that were stepped over only when no other waits, and when due or [isAsked]. */
    fun sendOldest(isAsked: Boolean): Round {
        val batch = queue.value.oldest(maxEvents, limits.maxBatchBytes) { it !in aside }
        for (line in batch.damaged) {
            listener.onDropped(DroppedEvent(null, null, DropReason.DAMAGED, line))
        }
        return when {
            batch.events.isNotEmpty() -> send(batch, false)
            aside.isEmpty -> Round(null, false)
            aside.waitMillis > 0 && !isAsked -> Round(null, false, aside.waitMillis)
            else -> sendAside()
        }
    }

    private fun sendAside(): Round {
        val places = aside.next()
        val batch = queue.value.oldest(places.size, limits.maxBatchBytes) { it.place in places }
        if (batch.events.isNotEmpty()) return send(batch, true)
        aside.forget(places) // their files are gone
        return Round(null, true)
    }

    private fun send(batch: Batch, isAside: Boolean): Round {
        val events = batch.events
        val answer = try {
            connection.post(events)
        } catch (error: CutOffException) {
            // What takes only smaller requests may break off instead of answering 413.
            return refused(Failure.thrown(events, error), events, isAside, isOfSize = events.size > 1)
        } catch (error: Throwable) { // of the network, of the app's headers, of a missing permission
            return Round(Failure.thrown(events, error), false)
        }
        return when {
            answer.events != null -> settle(batch, answer.events, answer, isAside)
            answer.status == 413 -> shrink(events, answer, isAside)
            answer.status in BUSY -> Round(Failure.of(events, answer), false)
            // A proxy, a captive portal, a wrong key or token, an outage: none of these says
            // anything of an event, so none is let go. But one event may be what they refuse.
            else -> refused(Failure.of(events, answer), events, isAside)
        }
    }

    private fun settle(
        batch: Batch, answers: List<EventAnswer>, answer: Answer, isAside: Boolean
    ): Round {
        val answered = batch.events.zip(answers)
        // First told, then let go: whoever is killed in between hears it twice rather than never.
        for ((event, verdict) in answered) {
            if (verdict.isRejected) drop(event, DropReason.REJECTED, verdict.message)
        }
        val (done, kept) = answered.partition { (_, verdict) ->
            verdict.isAccepted || verdict.isRejected
        }
        val settled = done.map { (event, _) -> event }
        if (settled.isNotEmpty()) settled(settled, isAside)
        val (_, first) = kept.firstOrNull() ?: return Round(null, batch.hasMore || aside.isDue)
        val events = kept.map { (event, _) -> event }
        val failure = Failure(
            events, first.status, first.message, null, answer.retryAfterMillis, settled.isNotEmpty()
        )
        if (settled.isEmpty()) return refused(failure, events, isAside, isOfEach = true)
        return Round(failure, false)
    }

    private fun settled(events: List<WaitingEvent>, isAside: Boolean) {
        queue.value.settle(events)
        refusals = 0
        maxEvents = minOf(maxEvents * 2, limits.maxBatchEvents)
        if (isAside) aside.settled(events)
    }

    /** 413: half as many events at once. One that is alone, and large, can never be sent. */
    private fun shrink(events: List<WaitingEvent>, answer: Answer, isAside: Boolean): Round {
        val isLarge = events.first().bytes > limits.maxBatchBytes
        if (isAside && events.size > 1 || events.size == 1 && !isLarge) {
            return refused(Failure.of(events, answer), events, isAside, isOfSize = true)
        }
        if (events.size == 1) {
            drop(events.first(), DropReason.TOO_LARGE, answer.text)
            queue.value.settle(events)
            if (isAside) aside.forget(events.map { it.place }.toSet())
        }
        maxEvents = maxOf(events.size / 2, 1)
        return Round(null, true)
    }

    /**
     * None of the events was settled, and all stay. If that repeats, or [isOfSize], half as many are
     * sent, down to one that alone is refused: it is stepped over, as are those that are all refused
     * one by one ([isOfEach]).
     */
    private fun refused(
        failure: Failure,
        events: List<WaitingEvent>,
        isAside: Boolean,
        isOfSize: Boolean = false,
        isOfEach: Boolean = false
    ): Round {
        refusals += 1
        when {
            isAside -> failure.asideMillis = aside.failed(events, failure.retryAfterMillis)
            refusals == 1 && !isOfSize -> Unit
            events.size == 1 || isOfEach -> aside.add(events)
            else -> maxEvents = events.size / 2
        }
        return Round(failure, false)
    }

    private fun drop(event: WaitingEvent, reason: DropReason, detail: String) =
        listener.onDropped(DroppedEvent(event.id, event.json, reason, detail))

    private companion object {
        val BUSY = setOf(429, 503) // for whoever asks: fewer events a request would be more requests
    }
}
