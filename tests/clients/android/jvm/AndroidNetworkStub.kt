// What the README uses of Android's network.
package android.net

class Network

class ConnectivityManager {
    open class NetworkCallback {
        open fun onAvailable(network: Network) = Unit
    }

    fun registerDefaultNetworkCallback(callback: NetworkCallback) = callback.onAvailable(Network())
}
