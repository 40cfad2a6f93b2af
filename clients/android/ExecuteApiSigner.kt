// For a gateway with `auth: iam`: signs requests for API Gateway. Leave this file out otherwise.
package putevents.sink

import java.net.URLEncoder
import java.security.MessageDigest
import java.text.SimpleDateFormat
import java.util.Date
import java.util.Locale
import java.util.TimeZone
import javax.crypto.Mac
import javax.crypto.spec.SecretKeySpec

/** Temporary credentials, such as a Cognito identity pool gives to a guest. */
class AwsCredentials(val accessKeyId: String, val secretKey: String, val sessionToken: String?)

/**
 * Signature version 4 for the service `execute-api`, as the `headers` of a [GatewaySink].
 *
 * @param credentials asked before each request, on the sink's thread; it may block and throw
 */
class ExecuteApiSigner @JvmOverloads constructor(
    private val region: String,
    private val now: () -> Date = { Date() },
    private val credentials: () -> AwsCredentials
) : (GatewayRequest) -> Map<String, String> {

    override fun invoke(request: GatewayRequest): Map<String, String> {
        val keys = credentials()
        val time = timeFormat().format(now())
        val port = request.url.port.let { if (it == -1 || it == request.url.defaultPort) "" else ":$it" }
        val added = LinkedHashMap<String, String>()
        added["X-Amz-Date"] = time
        keys.sessionToken?.let { added["X-Amz-Security-Token"] = it }
        val signed = (request.headers + added + ("host" to request.url.host + port))
            .map { (name, value) -> name.toLowerAscii() to value.trim() }.sortedBy { it.first }
        val names = signed.joinToString(";") { it.first }
        val canonical = listOf(
            request.method,
            canonicalPath(request.url.path),
            request.url.query ?: "",
            signed.joinToString("") { (name, value) -> "$name:$value\n" },
            names,
            sha256(request.body)
        ).joinToString("\n")
        val day = time.substring(0, 8)
        val scope = "$day/$region/execute-api/aws4_request"
        val toSign = "AWS4-HMAC-SHA256\n$time\n$scope\n${sha256(canonical.toByteArray())}"
        val key = listOf(day, region, "execute-api", "aws4_request")
            .fold("AWS4${keys.secretKey}".toByteArray()) { key, part -> hmac(key, part) }
        added["Authorization"] = "AWS4-HMAC-SHA256 Credential=${keys.accessKeyId}/$scope, " +
            "SignedHeaders=$names, Signature=${hexadecimal(hmac(key, toSign))}"
        return added
    }
}

private fun timeFormat() = SimpleDateFormat("yyyyMMdd'T'HHmmss'Z'", Locale.US).also {
    it.timeZone = TimeZone.getTimeZone("UTC")
}

// Kotlin's own function for this has another name in every few versions.
private fun String.toLowerAscii() = String(CharArray(length) { index ->
    if (this[index] in 'A'..'Z') this[index] + ('a' - 'A') else this[index]
})

/** The path of the request is encoded once; what is signed is encoded once more, as AWS wants it. */
private fun canonicalPath(path: String) = path.split('/').joinToString("/") { segment ->
    URLEncoder.encode(segment, "UTF-8").replace("+", "%20").replace("*", "%2A")
        .replace("%7E", "~")
}

private fun sha256(bytes: ByteArray) = hexadecimal(MessageDigest.getInstance("SHA-256").digest(bytes))

private fun hmac(key: ByteArray, text: String): ByteArray {
    val mac = Mac.getInstance("HmacSHA256")
    mac.init(SecretKeySpec(key, "HmacSHA256"))
    return mac.doFinal(text.toByteArray())
}

private fun hexadecimal(bytes: ByteArray) = bytes.joinToString("") { byte ->
    Integer.toHexString((byte.toInt() and 255) or 256).substring(1)
}
