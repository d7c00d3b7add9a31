#include "base/status.h"

const char *
status_word(enum status status)
{
    static const char *const words[STATUS_COUNT] = {
        [STATUS_OK] = "ok",           [STATUS_NO_MEMORY] = "no memory",     [STATUS_TOO_LARGE] = "too large",
        [STATUS_INVALID] = "invalid", [STATUS_NOT_FOUND] = "not found",     [STATUS_BUDGET] = "budget",
        [STATUS_IO] = "io",           [STATUS_UNAVAILABLE] = "unavailable", [STATUS_INTERNAL] = "internal",
    };

    return (unsigned)status < STATUS_COUNT ? words[status] : "unknown";
}
