// What the README uses of Android's application.
package android.app

import android.net.ConnectivityManager
import java.io.File

open class Application {
    val noBackupFilesDir = File("no-backup")

    open fun onCreate() = Unit

    fun <T> getSystemService(type: Class<T>): T = type.cast(ConnectivityManager())
}
