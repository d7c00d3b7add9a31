/* Damaged models: refused with a fault, or loaded, and then no text makes a look-up leave its table.
 *
 * The input is written over small sound files: byte 0 says over which; then come pairs of an offset and a byte, as far
 * as a zero offset; the rest is a text.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/assert.h"
#include "base/buffer.h"
#include "rules/model.h"
#include "rules/topics.h"
#include "scan/names_gate.h"
#include "scan/tagger.h"
#include "text/intake.h"

#define ARENA_BYTES ((size_t)32 << 20)
#define MAX_TEXT_BYTES ((size_t)2048)
#define EDITS_MAX 64

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { WORDS, NAMES, TOPICS, FILES };

static const char *const names[FILES] = {"names.words", "names.model", "topics.model"};
static struct buffer sound[FILES];
static char dir[] = "/tmp/filterd-fuzz-XXXXXX";
static struct arena *arena;
static struct view_tables *tables;

static void
make_words(struct buffer *file)
{
    const uint32_t lines = 4;

    buffer_append(file, "FDWORDS2", 8);
    buffer_append(file, &lines, 4);
    const size_t bytes = 1088 + WORD_SINGLES + lines * WORD_LINE * 4 - file->bytes;
    memset(buffer_reserve(file, bytes), 0, bytes);
    file->bytes += bytes;
}

static void
make_names(struct buffer *file)
{
    const struct name_numbers numbers = {.blocks = 3, .slots = 2 * NAME_LINE, .gate_bits = 8, .margin_step = 1};
    const uint32_t slots[2 * NAME_LINE] = {1 << NAME_MARK_SHIFT | 1, 2 << NAME_MARK_SHIFT | 2};

    buffer_append(file, "FDNAMES2", 8);
    buffer_append(file, &numbers, sizeof numbers);
    memset(buffer_reserve(file, 2048), 1, 2048);
    file->bytes = 192 + 3 * NAME_BLOCK;
    buffer_append(file, slots, sizeof slots);
    memset(buffer_reserve(file, 1024), 1, 1024);
    file->bytes += 4 << 8;
}

static void
make_topics(struct buffer *file)
{
    struct topic_numbers numbers = {.slots = 16};

    for (unsigned i = 0; i < TOPIC_LANES * TOPIC_KNOTS; i++)
        numbers.knots[i / TOPIC_KNOTS][i % TOPIC_KNOTS] = (int32_t)(i % TOPIC_KNOTS);
    const size_t rest = 16 * (TOPIC_LANES + sizeof(uint16_t)) + ((size_t)1 << TOPIC_GATE_BITS);
    buffer_append(file, "FDTOPIC1", 8);
    buffer_append(file, &numbers, sizeof numbers);
    memset(buffer_reserve(file, rest), 1, rest);
    file->bytes += rest;
}

static void
put_file(unsigned which, const struct buffer *content)
{
    char path[64];
    snprintf(path, sizeof path, "%s/%s", dir, names[which]);
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    ASSERT(fd >= 0 && write(fd, content->data, content->bytes) == (ssize_t)content->bytes && close(fd) == 0);
}

static void
remove_files(void)
{
    char path[64];
    for (unsigned i = 0; i < FILES; i++) {
        snprintf(path, sizeof path, "%s/%s", dir, names[i]);
        unlink(path);
    }
    rmdir(dir);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    make_words(&sound[WORDS]);
    make_names(&sound[NAMES]);
    make_topics(&sound[TOPICS]);
    ASSERT(mkdtemp(dir) != NULL && atexit(remove_files) == 0);
    for (unsigned i = 0; i < FILES; i++)
        put_file(i, &sound[i]);
    ASSERT(arena_create(ARENA_BYTES, &arena) == STATUS_OK);
    ASSERT(view_tables_create(&tables) == STATUS_OK);
    return 0;
}

static void
check_fault(enum status status, const struct fault *fault)
{
    ASSERT(status == STATUS_INVALID && fault->reason[0] != '\0' && fault->mend[0] != '\0');
}

static void
tag(const struct name_model *model, struct slice text)
{
    struct intake intake;
    struct view plain;
    struct names_text read;
    struct name_span *spans = NULL;
    size_t count = 0;

    if (intake_run(arena, text, MAX_TEXT_BYTES, &intake) != STATUS_OK || intake.text.bytes == 0)
        return;
    ASSERT(view_make_plain(tables, arena, intake.text, NULL, 0, &plain) == STATUS_OK);
    names_text_fill(intake.text, &plain, arena_alloc(arena, names_text_bytes(plain.text.bytes)), &read);
    (void)names_gate_run(model, &read);
    if (tagger_run(model, &read, arena, &spans, &count) != STATUS_OK)
        return;
    for (size_t i = 0; i < count; i++) {
        ASSERT(spans[i].start < spans[i].end && spans[i].end <= read.count);
        ASSERT(i == 0 || spans[i - 1].end <= spans[i].start);
        ASSERT(tagger_likelihood(model, spans[i].margin) <= 255);
    }
}

static void
check_names(struct slice text)
{
    struct name_model *model = NULL;
    struct fault fault = {0};
    const enum status status = name_model_read(dir, &model, &fault);

    if (status != STATUS_OK) {
        check_fault(status, &fault);
        return;
    }
    tag(model, text);
    name_model_destroy(&model);
}

static void
check_topics(void)
{
    struct topic_model *model = NULL;
    struct fault fault = {0};
    const enum status status = topic_model_read(dir, &model, &fault);

    if (status != STATUS_OK) {
        check_fault(status, &fault);
        return;
    }
    for (unsigned topic = 0; topic < TOPIC_LANES; topic++)
        for (int32_t part = -8; part <= 8; part++)
            ASSERT(topic_likelihood(&model->numbers, topic,
                                    topic_margin(&model->numbers, topic, INT32_MAX / 8 * part, 1)) <= 100);
    topic_model_destroy(&model);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buffer file;
    size_t at = 1;

    if (size < 2)
        return 0;
    const unsigned which = data[0] % FILES;
    buffer_init(&file);
    buffer_append(&file, sound[which].data, sound[which].bytes);
    for (unsigned i = 0; i < EDITS_MAX && at + 4 <= size; i++, at += 4) {
        uint32_t edit;
        memcpy(&edit, data + at, 4);
        if (edit >> 8 == 0) {
            at += 4;
            break;
        }
        if (edit >> 8 == 0xFFFFFF)
            file.bytes -= file.bytes > (edit & 255) ? edit & 255 : 0;
        else
            file.data[(edit >> 8) % file.bytes] = (uint8_t)edit;
    }
    put_file(which, &file);
    if (which == TOPICS)
        check_topics();
    else
        check_names((struct slice){data + (at < size ? at : size), at < size ? size - at : 0});
    put_file(which, &sound[which]);
    arena_reset(arena);
    buffer_fini(&file);
    return 0;
}
