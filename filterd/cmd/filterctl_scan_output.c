#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/filterctl_scan.h"

const char *
scan_output_name(const struct call *call)
{
    const char *path = call->values[OPTION_OUTPUT];

    return path == NULL || strcmp(path, "-") == 0 ? words_for(call, "standard output", "標準出力") : path;
}

int
scan_complain_output(const struct call *call, enum status status)
{
    if (status == STATUS_BUDGET)
        return complain(call, "%s: %s", scan_output_name(call),
                        words_for(call, "another run is writing it", "ほかの処理が書き込み中です"));
    return complain_why(call, scan_output_name(call), status);
}

/* --- going on ----------------------------------------------------------------------------------------------------- */

static bool
refuse_resume(const struct call *call, const char *en, const char *ja)
{
    complain(call, "--resume: %s: %s", scan_output_name(call), words_for(call, en, ja));
    return false;
}

/* The output was complete, and perhaps not named so yet. */
static bool
finish_complete(struct scan *scan, const struct checkpoint *old)
{
    const char *path = scan->call->values[OPTION_OUTPUT];
    struct stat about;

    if (output_reopen(&scan->output, path, old->result.output_bytes) == STATUS_OK)
        return true; /* committed by whoever called */
    output_abandon(&scan->output);
    if (stat(path, &about) != 0 || (uint64_t)about.st_size != old->result.output_bytes)
        return refuse_resume(scan->call, "the output is not what was written; run again without --resume",
                             "出力が書かれたものと違います。--resume なしでやり直してください");
    return true;
}

/* STATUS_OK: an earlier run is gone on with; STATUS_NOT_FOUND: there is none; else told the user. */
static enum status
open_again(struct scan *scan)
{
    const char *path = scan->call->values[OPTION_OUTPUT];
    struct checkpoint old;
    enum status status = checkpoint_read(path, &old);

    if (status == STATUS_NOT_FOUND)
        return status;
    if (status != STATUS_OK) {
        complain(scan->call, "%s.scan: %s", path, words_of_status(scan->call, status));
        return STATUS_INVALID;
    }
    if (strcmp(old.settings, scan->checkpoint.settings) != 0 || old.shard != scan->checkpoint.shard ||
        old.shards != scan->checkpoint.shards) {
        refuse_resume(scan->call, "rules, options or input are not those it was begun with; run again without --resume",
                      "規則・オプション・入力のどれかが始めたときと違います。--resume なしでやり直してください");
        return STATUS_INVALID;
    }
    scan->checkpoint = old;
    if (old.complete)
        return finish_complete(scan, &old) ? STATUS_OK : STATUS_INVALID;
    status = output_reopen(&scan->output, path, old.result.output_bytes);
    if (status == STATUS_NOT_FOUND)
        refuse_resume(scan->call, "OUT.part is not there or too short; run again without --resume",
                      "OUT.part がないか短すぎます。--resume なしでやり直してください");
    else if (status != STATUS_OK)
        scan_complain_output(scan->call, status);
    return status == STATUS_OK ? STATUS_OK : STATUS_INVALID;
}

static bool
prepare_checkpoint(struct scan *scan)
{
    enum status status =
        checkpoint_settings(&scan->options, scan->call->values[OPTION_KEYS], scan->checkpoint.settings);

    if (status != STATUS_OK)
        complain_why(scan->call, "--keys", status);
    return status == STATUS_OK;
}

bool
scan_open_output(struct scan *scan)
{
    const char *path = scan->call->values[OPTION_OUTPUT];
    bool can_resume = path != NULL && strcmp(path, "-") != 0 && inputs_are_files(&scan->inputs);
    enum status status;

    if ((scan->resume || scan->checkpoint.shards > 0) && !can_resume) {
        complain(scan->call, "%s",
                 words_for(scan->call, "--resume and --shard need -o OUT and input from files",
                           "--resume と --shard には -o OUT とファイルからの入力が要ります"));
        return false;
    }
    if (can_resume && !prepare_checkpoint(scan))
        return false;
    status = scan->resume ? open_again(scan) : STATUS_NOT_FOUND;
    if (status != STATUS_NOT_FOUND) {
        scan->has_checkpoint = status == STATUS_OK;
        return status == STATUS_OK;
    }
    status = output_open(&scan->output, path);
    if (status == STATUS_OK && scan->output.renames)
        status = checkpoint_remove(path);
    if (status != STATUS_OK)
        scan_complain_output(scan->call, status);
    scan->has_checkpoint = can_resume && scan->output.renames;
    return status == STATUS_OK;
}

/* --- checkpoints -------------------------------------------------------------------------------------------------- */

/* First the output, then the word that it is there. */
enum status
scan_checkpoint(void *context, const struct archive_result *so_far)
{
    struct scan *scan = context;
    enum status status = output_sync(&scan->output);

    scan->checkpoint.result = *so_far;
    if (status == STATUS_OK)
        status = checkpoint_write(scan->output.path, &scan->checkpoint);
    scan->output.keeps = scan->output.keeps || status == STATUS_OK;
    return status;
}

bool
scan_commit_output(struct scan *scan)
{
    enum status status = STATUS_OK;

    if (scan->has_checkpoint && !scan->checkpoint.complete) {
        scan->checkpoint.complete = 1;
        status = scan_checkpoint(scan, &scan->result);
    }
    if (status == STATUS_OK)
        status = output_commit(&scan->output);
    /* A shard keeps it, for merge. */
    if (status == STATUS_OK && scan->has_checkpoint && scan->checkpoint.shards == 0)
        status = checkpoint_remove(scan->call->values[OPTION_OUTPUT]);
    if (status != STATUS_OK)
        scan_complain_output(scan->call, status);
    return status == STATUS_OK;
}
