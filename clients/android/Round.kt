// How a round went.
package putevents.sink

private const val DETAIL = 500 // characters of an answer, which may be a whole web page

/** If the next round can follow at once it [hasMore]; else nothing is due for [idleMillis]. */
internal class Round(val failure: Failure?, val hasMore: Boolean, val idleMillis: Long = 0)

/** Why some events still wait; [hasProgress] if others of the batch were settled. */
internal class Failure(
    private val events: List<WaitingEvent>,
    private val status: Int?,
    private val detail: String,
    private val cause: Throwable? = null,
    val retryAfterMillis: Long = 0,
    val hasProgress: Boolean = false
) {
    /** How long the events have to wait, if they had been stepped over and others need not wait. */
    var asideMillis: Long? = null

    fun told(retryMillis: Long) = FailedRequest(
        events.size, status, detail, cause, retryMillis, events.singleOrNull()?.id
    )

    companion object {
        fun of(events: List<WaitingEvent>, answer: Answer) = Failure(
            events, answer.status, answer.text.take(DETAIL), null, answer.retryAfterMillis
        )

        fun thrown(events: List<WaitingEvent>, error: Throwable) =
            Failure(events, null, error.toString(), error)
    }
}
