#include "base/assert.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void
assert_failed(const char *expression, const char *file, int line)
{
    char text[512];
    int bytes = snprintf(text, sizeof(text), "assertion failed: %s at %s:%d\n", expression, file, line);

    if (bytes > 0) {
        size_t length = (size_t)bytes < sizeof(text) ? (size_t)bytes : sizeof(text) - 1;
        ssize_t ignored = write(STDERR_FILENO, text, length); /* not stdio: its lock may be held where we fell */
        (void)ignored;
    }
    abort();
}
