// Amplify's description of the app.
package com.amplifyframework.eventenrichment.metadata

import com.amplifyframework.annotations.ExperimentalAmplifyApi

@ExperimentalAmplifyApi
class SdkMetadata(val name: String, val version: String)
