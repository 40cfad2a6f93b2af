// The app's listener, kept from stopping the sink.
package putevents.sink

import java.util.logging.Level
import java.util.logging.Logger

/** Tells [listener], and logs what it throws: an event that it was told of is settled all the same. */
internal class GuardedListener(private val listener: SinkListener) : SinkListener {
    private val logger = Logger.getLogger("putevents.sink")

    override fun onDropped(event: DroppedEvent) = guarded { listener.onDropped(event) }

    override fun onRetry(failure: FailedRequest) = guarded { listener.onRetry(failure) }

    private fun guarded(tell: () -> Unit) = try {
        tell()
    } catch (error: Throwable) { // the app's, an Error too; sending goes on
        logger.log(Level.WARNING, "The listener failed.", error)
    }
}
