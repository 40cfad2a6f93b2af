// A program that has a sink and does what a test writes to its input, a line at a time.
package putevents.sink

import com.amplifyframework.annotations.ExperimentalAmplifyApi
import com.amplifyframework.eventenrichment.EnrichedEvent
import java.io.File
import java.util.concurrent.TimeUnit
import java.util.concurrent.locks.Condition
import kotlin.concurrent.thread

private val OUT = System.out

/** One line of output, whole, whichever thread it comes from. */
private fun say(line: String) = synchronized(OUT) {
    OUT.println(line.replace('\n', ' '))
    OUT.flush()
}

private class Telling(private val throws: Boolean) : SinkListener {
    override fun onDropped(event: DroppedEvent) {
        say("dropped ${event.reason} ${event.eventId} ${event.detail}")
        if (throws) throw StackOverflowError("made up")
    }

    override fun onRetry(failure: FailedRequest) =
        say("retry ${failure.retryMillis} ${failure.events} ${failure.status} ${failure.detail}")
}

/** Time that stands still until a test lets some of it pass, which then takes none. */
private class TestClock : SinkClock {
    private val lock = Object()
    private var now = 0L
    private var until = 0L
    private var idle = false

    override fun millis() = synchronized(lock) { now }

    override fun await(signal: Condition, millis: Long) {
        synchronized(lock) {
            if (millis <= until - now) {
                now += millis
                return
            }
            idle = true
            lock.notifyAll()
        }
        signal.await(5, TimeUnit.MILLISECONDS) // `until` may have changed
    }

    /** Returns when all that the sink does in so many milliseconds is done. */
    fun pass(millis: Long) = synchronized(lock) {
        until = now + millis
        idle = false
        while (!idle) lock.wait()
        now = until
    }
}

@ExperimentalAmplifyApi
private class Driver(private val sink: GatewaySink, private val clock: SinkClock) {

    fun obey(line: String) {
        val words = line.split(' ', limit = 3)
        when (words[0]) {
            "send" -> {
                sink.send(EnrichedEvent(words[1], words[2].takeIf { it != "NaN" }))
                say("sent ${words[1]}")
            }
            "burst" -> burst(words[1], words[2].substringBefore(' ').toInt(), words[2].substringAfter(' '))
            "pass" -> {
                (clock as TestClock).pass(words[1].toLong())
                say("passed")
            }
            "flush" -> say("flushed ${sink.flush(words[1].toLong())}")
            "make" -> say("made ${made(words[1])}")
            "close" -> {
                sink.close()
                say("closed")
            }
        }
    }

    /** What a sink for an address throws. */
    private fun made(url: String) = try {
        GatewaySink(File("/nowhere"), url, "app").close()
    } catch (error: IllegalArgumentException) {
        error.message
    }

    /** The same event again and again, each with an id of its own, from eight threads at once. */
    private fun burst(prefix: String, count: Int, json: String) {
        val threads = (0 until THREADS).map { number ->
            thread {
                for (index in number until count step THREADS) {
                    val id = "$prefix-$index"
                    sink.send(EnrichedEvent(id, json))
                    say("sent $id")
                }
            }
        }
        threads.forEach { it.join() }
        say("over $prefix")
    }

    private companion object {
        const val THREADS = 8
    }
}

private fun headersOf(options: Map<String, String>): (GatewayRequest) -> Map<String, String> {
    options["header"]?.let { header ->
        val (name, value) = header.split(": ", limit = 2)
        return { mapOf(name to value) }
    }
    options["accessKeyId"]?.let { id ->
        val keys = AwsCredentials(id, options.getValue("secretKey"), options["sessionToken"])
        return ExecuteApiSigner("us-east-1") { keys }
    }
    var failures = options["headerErrors"]?.toInt() ?: 0
    return { if (failures-- > 0) throw NoClassDefFoundError("made up") else emptyMap() }
}

@ExperimentalAmplifyApi
fun main(arguments: Array<String>) {
    val options = arguments.associate { it.substringBefore('=') to it.substringAfter('=') }
    val defaults = SinkLimits()
    val clock = if (options["clock"] == "test") TestClock() else SystemClock
    val sink = GatewaySink(
        File(options.getValue("directory")),
        options.getValue("url"),
        options.getValue("application"),
        headersOf(options),
        Telling(throws = options["listener"] == "throws"),
        SinkLimits(
            maxQueueBytes = options["maxQueueBytes"]?.toLong() ?: defaults.maxQueueBytes,
            maxBatchEvents = options["maxBatchEvents"]?.toInt() ?: defaults.maxBatchEvents,
            maxBatchBytes = options["maxBatchBytes"]?.toInt() ?: defaults.maxBatchBytes
        ),
        clock
    )
    say("ready")
    val driver = Driver(sink, clock)
    generateSequence { readLine() }.forEach { driver.obey(it) }
}
