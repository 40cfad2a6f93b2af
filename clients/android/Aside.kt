// Events that were stepped over: what was refused with them alone must not stop the others.
package putevents.sink

/**
 * Places in the queue whose events are sent after all others, and seldom while they are refused.
 *
 * In memory only: after a start each event has its turn again. Used by the sink's thread alone.
 */
internal class Aside(private val limits: SinkLimits, private val clock: SinkClock) {
    private val places = LinkedHashSet<Place>()
    private var size = 1
    private var failures = 0
    private var dueAt = 0L

    val isEmpty get() = places.isEmpty()

    val isDue get() = !isEmpty && waitMillis == 0L

    /** How long they still wait. */
    val waitMillis get() = maxOf(dueAt - clock.millis(), 0)

    operator fun contains(event: WaitingEvent) = event.place in places

    /** Those whose turn it is: one, and more with each success. */
    fun next(): Set<Place> = places.take(size).toSet()

    /** Puts events behind those that are here already. */
    fun add(events: List<WaitingEvent>) {
        if (isEmpty) postpone()
        for (event in events) {
            places -= event.place
            places += event.place
        }
    }

    /** None of the events was settled; how long all wait now. */
    fun failed(events: List<WaitingEvent>, retryAfterMillis: Long): Long {
        if (events.size == 1 || size == 1) add(events)
        size = 1
        postpone(retryAfterMillis)
        return waitMillis
    }

    fun settled(events: List<WaitingEvent>) {
        places -= events.map { it.place }
        size = minOf(size * 2, limits.maxBatchEvents)
        failures = 0
        dueAt = 0
    }

    fun forget(gone: Set<Place>) {
        places -= gone
    }

    private fun postpone(retryAfterMillis: Long = 0) {
        failures += 1
        dueAt = clock.millis() + maxOf(limits.backoff(failures), limits.asked(retryAfterMillis))
    }
}
