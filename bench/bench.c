#include "bench.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/file.h"
#include "text/intake.h"

#define CORPUS_MAX_BYTES (1u << 30)

void
bench_fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("bench: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(2);
}

static size_t
count_lines(struct slice text)
{
    size_t lines = 0;
    for (size_t i = 0; i < text.bytes; i++)
        lines += text.data[i] == '\n';
    return lines;
}

void
texts_read(const char *path, struct texts *texts_out)
{
    *texts_out = (struct texts){0};
    struct buffer *file = &texts_out->file;
    buffer_init(file);
    enum status status = file_read(path, CORPUS_MAX_BYTES, file);
    if (status != STATUS_OK)
        bench_fail("%s: %s", path, status_word(status));
    size_t bytes = file->bytes;
    static const uint8_t zeros[INTAKE_PADDING_BYTES];
    buffer_append(file, zeros, sizeof zeros);
    texts_out->items = calloc(count_lines((struct slice){file->data, bytes}) + 1, sizeof *texts_out->items);
    if (file->failed || !texts_out->items)
        bench_fail("%s: out of memory", path);
    size_t start = 0;
    for (size_t i = 0; i < bytes; i++) {
        if (file->data[i] != '\n')
            continue;
        texts_out->items[texts_out->count++] = (struct slice){file->data + start, i - start};
        texts_out->bytes += i - start;
        start = i + 1;
    }
    if (texts_out->count == 0)
        bench_fail("%s: holds no line", path);
}

void
texts_fini(struct texts *texts)
{
    free(texts->items);
    buffer_fini(&texts->file);
}

static void __attribute__((noreturn)) fail_with(const char *what, enum status status, const struct fault *fault)
{
    char text[1024];
    bench_fail("%s: %s: %s", what, status_word(status), fault_text(fault, text, sizeof text));
}

struct load *
bench_load(const char *dir)
{
    struct places places;
    struct fault fault = {0};
    struct load *load = NULL;
    enum status status = places_find(dir, &places, &fault);
    if (status == STATUS_OK)
        status = load_create(&places, NULL, &load, &fault);
    if (status != STATUS_OK)
        fail_with(dir, status, &fault);
    return load;
}

const struct ruleset *
bench_city(struct load *load, const char *city)
{
    struct fault fault = {0};
    const struct ruleset *ruleset = NULL;
    enum status status = load_city(load, city, &ruleset, &fault);
    if (status != STATUS_OK)
        fail_with(city, status, &fault);
    return ruleset;
}

static uint64_t
clock_ns(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t
wall_ns(void)
{
    return clock_ns(CLOCK_MONOTONIC);
}

uint64_t
cpu_ns(void)
{
    return clock_ns(CLOCK_PROCESS_CPUTIME_ID);
}
