// How long to wait after a failure.
package putevents.sink

import kotlin.random.Random

private const val DOUBLINGS = 20

/** Doubled with each failure, half of it at random, so that phones do not return all at once. */
internal fun SinkLimits.backoff(failures: Int): Long {
    val doubled = minBackoffMillis shl minOf(failures - 1, DOUBLINGS)
    val longest = minOf(doubled, maxBackoffMillis)
    return longest / 2 + Random.nextLong(longest / 2 + 1)
}

/** What a gateway asks for, within bounds. */
internal fun SinkLimits.asked(retryAfterMillis: Long) = minOf(retryAfterMillis, maxBackoffMillis)
