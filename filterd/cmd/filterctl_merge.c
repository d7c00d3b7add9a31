#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "cmd/filterctl_scan.h"

#define COPY_BYTES (1u << 20)

struct shard {
    const char *path;
    struct checkpoint about;
};

/* --- checks ------------------------------------------------------------------------------------------------------- */

static bool
read_shard(const struct call *call, struct shard *shard)
{
    struct stat about;
    enum status status = checkpoint_read(shard->path, &shard->about);

    if (status != STATUS_OK) {
        complain(call,
                 words_for(call, "%s.scan: %s; is it the output of a shard?", "%s.scan: %s。シャードの出力ですか"),
                 shard->path, words_of_status(call, status));
        return false;
    }
    if (!shard->about.complete || shard->about.shards == 0) {
        complain(call,
                 words_for(call, "%s: not complete; run it again with --resume",
                           "%s: 未完成です。--resume で続けてください"),
                 shard->path);
        return false;
    }
    if (stat(shard->path, &about) != 0) {
        complain_why(call, shard->path, STATUS_IO);
        return false;
    }
    if ((uint64_t)about.st_size != shard->about.result.output_bytes) {
        complain(call,
                 words_for(call, "%s: has %" PRIu64 " bytes, not the %" PRIu64 " that were written",
                           "%s: %" PRIu64 " バイトあり、書かれた %" PRIu64 " バイトと違います"),
                 shard->path, (uint64_t)about.st_size, shard->about.result.output_bytes);
        return false;
    }
    return true;
}

static int
by_number(const void *a, const void *b)
{
    const struct shard *left = a, *right = b;

    return (left->about.shard > right->about.shard) - (left->about.shard < right->about.shard);
}

/* Every shard once, all of one scan; then they are in order. */
static bool
check_shards(const struct call *call, struct shard *shards, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!read_shard(call, &shards[i]))
            return false;
    qsort(shards, count, sizeof *shards, by_number);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(shards[i].about.settings, shards[0].about.settings) != 0 ||
            shards[i].about.shards != shards[0].about.shards) {
            complain(call,
                     words_for(call, "%s and %s are not of one scan: rules, options or input differ",
                               "%s と %s は同じ処理のものではありません(規則・オプション・入力のどれかが違います)"),
                     shards[0].path, shards[i].path);
            return false;
        }
        if (shards[i].about.shard != i) {
            complain(call,
                     shards[i].about.shard < i ? words_for(call, "shard %" PRIu64 "/%" PRIu64 " is there twice",
                                                           "シャード %" PRIu64 "/%" PRIu64 " が2つあります")
                                               : words_for(call, "shard %" PRIu64 "/%" PRIu64 " is missing",
                                                           "シャード %" PRIu64 "/%" PRIu64 " がありません"),
                     shards[i].about.shard < i ? shards[i].about.shard : (uint64_t)i, shards[0].about.shards);
            return false;
        }
    }
    if (shards[0].about.shards == count)
        return true;
    complain(call, words_for(call, "shard %zu/%" PRIu64 " is missing", "シャード %zu/%" PRIu64 " がありません"), count,
             shards[0].about.shards);
    return false;
}

/* --- copying ------------------------------------------------------------------------------------------------------ */

enum copied { COPIED_WHOLE, COPIED_UNREADABLE, COPIED_UNWRITABLE };

/* errno says why it is not the whole. */
static enum copied
copy(const char *path, int out)
{
    static uint8_t data[COPY_BYTES];
    enum copied copied = COPIED_WHOLE;
    int in = open(path, O_RDONLY | O_CLOEXEC), error;
    ssize_t bytes = in < 0 ? -1 : 1;

    while (bytes > 0 && copied == COPIED_WHOLE) {
        do
            bytes = read(in, data, sizeof data);
        while (bytes < 0 && errno == EINTR);
        if (bytes > 0 && file_write_all(out, (struct slice){data, (size_t)bytes}) != STATUS_OK)
            copied = COPIED_UNWRITABLE;
    }
    if (bytes < 0)
        copied = COPIED_UNREADABLE;
    error = errno;
    if (in >= 0)
        close(in);
    errno = error;
    return copied;
}

static int
merge_to(const struct call *call, const struct shard *shards, size_t count, struct output *output)
{
    enum status status = output_open(output, call->values[OPTION_OUTPUT]);
    uint64_t refused = 0;

    for (size_t i = 0; status == STATUS_OK && i < count; i++) {
        enum copied copied = copy(shards[i].path, output->fd);

        if (copied == COPIED_UNREADABLE)
            return complain_why(call, shards[i].path, STATUS_IO);
        if (copied == COPIED_UNWRITABLE)
            status = STATUS_IO;
        refused += shards[i].about.result.tally.refused;
    }
    if (status == STATUS_OK)
        status = output_commit(output);
    if (status != STATUS_OK)
        return scan_complain_output(call, status);
    return refused > 0 ? EXIT_REFUSED : EXIT_GOOD;
}

static int
run_merge(const struct call *call)
{
    size_t count = (size_t)call->operand_count;
    struct shard *shards = calloc(count + 1, sizeof *shards);
    struct output output = {.fd = STDOUT_FILENO};
    int code = EXIT_TROUBLE;

    if (shards == NULL)
        return session_complain(call, STATUS_NO_MEMORY);
    for (size_t i = 0; i < count; i++)
        shards[i].path = call->operands[i];
    if (count == 0)
        usage_error(call, "%s", words_for(call, "no shards are given", "シャードの出力を指定してください"));
    else if (check_shards(call, shards, count))
        code = merge_to(call, shards, count, &output);
    output_abandon(&output);
    free(shards);
    return code;
}

const struct verb verb_merge = {
    .name = "merge",
    .operands = "SHARD...",
    .max_operands = 1 << 20,
    .options = {OPTION_OUTPUT, OPTION_COUNT},
    .summary = {"put the outputs of all shards together", "シャードの出力を1つにまとめる"},
    .description = {"Takes what scan --shard I/N -o SHARD wrote, for every I, in any order, and writes what one\n"
                    "scan of the whole input would have written. Refuses when a shard is missing, there twice,\n"
                    "not complete, changed, or made with other rules, options or input: SHARD.scan, which stands\n"
                    "beside every SHARD, tells.",
                    "scan --shard I/N -o SHARD の出力を、すべての I について(順序は問わない)受け取り、全体を\n"
                    "1回で処理したときと同じ出力を書く。シャードが足りない、2つある、未完成、書き換わっている、\n"
                    "規則・オプション・入力が違う場合は断る。各 SHARD の隣の SHARD.scan で確かめる。"},
    .exits = {{EXIT_GOOD, {"written", "書いた"}},
              {EXIT_TROUBLE, {"could not", "できなかった"}},
              {EXIT_REFUSED, {"written, and records were refused", "書いたが、読めない記録があった"}}},
    .examples = {{"filterctl merge -o out.jsonl out.*.jsonl",
                  {"After an array of eight jobs:", "8個のジョブが終わった後:"}}},
    .run = run_merge,
};
