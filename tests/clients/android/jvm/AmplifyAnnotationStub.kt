// Amplify's mark of what may change; its own says RequiresOptIn, which Kotlin 1.3 calls Experimental.
package com.amplifyframework.annotations

@Experimental(Experimental.Level.ERROR)
@Retention(AnnotationRetention.BINARY)
annotation class ExperimentalAmplifyApi
