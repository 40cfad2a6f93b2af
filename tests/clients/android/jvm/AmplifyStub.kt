// What the sink and its README use of Amplify's aws-event-enrichment, with the same names.
package com.amplifyframework.eventenrichment

import android.app.Application
import com.amplifyframework.annotations.ExperimentalAmplifyApi
import com.amplifyframework.eventenrichment.metadata.SdkMetadata

@ExperimentalAmplifyApi
interface EventSink {
    fun send(event: EnrichedEvent)
}

/** Amplify's builds its JSON of many fields; here a test says what it is, null for one that throws. */
@ExperimentalAmplifyApi
class EnrichedEvent(val eventId: String, private val json: String?) {
    fun toJson(): String =
        json ?: throw IllegalArgumentException("Unexpected special double value NaN")
}

@ExperimentalAmplifyApi
class EventEnrichmentClient(
    val context: Application, val appId: String, val sdkMetadata: SdkMetadata, val sink: EventSink?
)
