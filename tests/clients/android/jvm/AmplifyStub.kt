// What the sink uses of Amplify's aws-event-enrichment, with the same names.
package com.amplifyframework.eventenrichment

import com.amplifyframework.annotations.ExperimentalAmplifyApi

@ExperimentalAmplifyApi
interface EventSink {
    fun send(event: EnrichedEvent)
}

/** Amplify's builds its JSON of many fields; here a test says what it is, null for one that throws. */
@ExperimentalAmplifyApi
class EnrichedEvent(val eventId: String, private val json: String?) {
    fun toJson(): String = json ?: throw IllegalArgumentException("Unexpected special double value NaN")
}
