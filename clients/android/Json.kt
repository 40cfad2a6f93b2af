// Just enough JSON to read the gateway's answers and an envelope's id.
package putevents.sink

private const val DEEPEST = 64

/**
 * Reads a JSON text into Map, List, String, Double, Boolean and null.
 *
 * Null too where it is not JSON: who reads an answer looks for what must be in it anyway.
 */
internal fun readJson(text: String): Any? = try {
    JsonReader(text).whole()
} catch (error: NotJsonException) {
    null
}

/** The text as a JSON string. */
internal fun quoted(text: String): String = buildString {
    append('"')
    for (char in text) {
        when {
            char == '"' || char == '\\' -> append('\\').append(char)
            char < ' ' -> append("\\u").append(Integer.toHexString(char - '\u0000').padStart(4, '0'))
            else -> append(char)
        }
    }
    append('"')
}

private class NotJsonException(message: String) : Exception(message)

private class JsonReader(private val text: String) {
    private var at = 0

    fun whole(): Any? {
        val value = value(0)
        blanks()
        if (at != text.length) fail()
        return value
    }

    private fun value(depth: Int): Any? {
        if (depth > DEEPEST) fail()
        blanks()
        return when (peek()) {
            '{' -> members(depth)
            '[' -> items(depth)
            '"' -> string()
            else -> scalar()
        }
    }

    private fun members(depth: Int): Map<String, Any?> {
        val members = LinkedHashMap<String, Any?>()
        series('}') {
            blanks()
            val name = string()
            blanks()
            take(':')
            members[name] = value(depth + 1)
        }
        return members
    }

    private fun items(depth: Int): List<Any?> {
        val items = ArrayList<Any?>()
        series(']') { items += value(depth + 1) }
        return items
    }

    private fun series(end: Char, one: () -> Unit) {
        at += 1
        blanks()
        if (peek() == end) {
            at += 1
            return
        }
        while (true) {
            one()
            blanks()
            if (peek() == end) break
            take(',')
        }
        at += 1
    }

    private fun string(): String {
        take('"')
        val string = StringBuilder()
        while (true) {
            val char = next()
            when {
                char == '"' -> return string.toString()
                char < ' ' -> fail()
                char == '\\' -> string.append(escaped())
                else -> string.append(char)
            }
        }
    }

    private fun escaped(): Char = when (val char = next()) {
        '"', '\\', '/' -> char
        'b' -> '\b'
        'f' -> '\u000c'
        'n' -> '\n'
        'r' -> '\r'
        't' -> '\t'
        'u' -> {
            val digits = text.substring(at, minOf(at + 4, text.length))
            if (!HEXADECIMAL.matches(digits)) fail()
            at += 4
            '\u0000' + Integer.parseInt(digits, 16)
        }
        else -> fail()
    }

    private fun scalar(): Any? {
        val start = at
        while (at < text.length && text[at] !in ",]} \t\r\n") at += 1
        return when (val word = text.substring(start, at)) {
            "true" -> true
            "false" -> false
            "null" -> null
            else -> if (NUMBER.matches(word)) word.toDouble() else fail()
        }
    }

    private fun blanks() {
        while (at < text.length && text[at] in " \t\r\n") at += 1
    }

    private fun peek(): Char = if (at < text.length) text[at] else fail()

    private fun next(): Char = peek().also { at += 1 }

    private fun take(expected: Char) {
        if (next() != expected) fail()
    }

    private fun fail(): Nothing = throw NotJsonException("Not JSON at character $at.")

    private companion object {
        val HEXADECIMAL = Regex("[0-9a-fA-F]{4}")
        val NUMBER = Regex("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?")
    }
}
