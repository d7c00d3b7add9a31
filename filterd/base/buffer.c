#include "base/buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY_BYTES 256

void
buffer_init(struct buffer *buffer)
{
    *buffer = (struct buffer){0};
}

void
buffer_fini(struct buffer *buffer)
{
    if (buffer->data != NULL) {
        explicit_bzero(buffer->data, buffer->capacity);
        free(buffer->data);
    }
    *buffer = (struct buffer){0};
}

void
buffer_clear(struct buffer *buffer)
{
    if (buffer->data != NULL)
        explicit_bzero(buffer->data, buffer->bytes);
    buffer->bytes = 0;
    buffer->failed = false;
}

/* Not realloc(): the old place must be wiped before it is given back. */
static void
grow(struct buffer *buffer, size_t needed)
{
    size_t capacity = buffer->capacity > 0 ? buffer->capacity : FIRST_CAPACITY_BYTES;

    while (capacity < needed)
        capacity = capacity > SIZE_MAX / 2 ? needed : capacity * 2;
    uint8_t *data = malloc(capacity);
    if (data == NULL) {
        buffer->failed = true;
        return;
    }
    if (buffer->data != NULL) {
        memcpy(data, buffer->data, buffer->bytes);
        explicit_bzero(buffer->data, buffer->capacity);
        free(buffer->data);
    }
    buffer->data = data;
    buffer->capacity = capacity;
}

uint8_t *
buffer_reserve(struct buffer *buffer, size_t bytes)
{
    size_t needed;

    if (buffer->failed)
        return NULL;
    if (__builtin_add_overflow(buffer->bytes, bytes, &needed)) {
        buffer->failed = true;
        return NULL;
    }
    if (needed > buffer->capacity || buffer->data == NULL)
        grow(buffer, needed);
    return buffer->failed ? NULL : buffer->data + buffer->bytes;
}

void
buffer_append(struct buffer *buffer, const void *data, size_t bytes)
{
    uint8_t *at = buffer_reserve(buffer, bytes);

    if (at != NULL && bytes > 0) {
        memcpy(at, data, bytes);
        buffer->bytes += bytes;
    }
}

void
buffer_append_text(struct buffer *buffer, const char *text)
{
    buffer_append(buffer, text, strlen(text));
}

void
buffer_append_byte(struct buffer *buffer, uint8_t byte)
{
    buffer_append(buffer, &byte, 1);
}

void
buffer_append_uint(struct buffer *buffer, uint64_t value)
{
    char digits[20];
    size_t at = sizeof(digits);

    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    buffer_append(buffer, digits + at, sizeof(digits) - at);
}

void
buffer_appendf(struct buffer *buffer, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    int bytes = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (bytes < 0) {
        buffer->failed = true;
        return;
    }
    uint8_t *at = buffer_reserve(buffer, (size_t)bytes + 1);
    if (at == NULL)
        return;
    va_start(arguments, format);
    (void)vsnprintf((char *)at, (size_t)bytes + 1, format, arguments);
    va_end(arguments);
    buffer->bytes += (size_t)bytes;
}
