/* cmd/filterd.c - the daemon: command line, settings, test, run. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fault_words.h"
#include "base/log.h"
#include "cmd/filterd_test.h"
#include "serve/supervisor.h"

#define DEFAULT_CONF "/etc/filterd/filterd.yaml"

struct command_line {
    const char *conf_path; /* NULL = DEFAULT_CONF where it exists */
    const char *dictionaries, *control, *state_dir;
    const char *listen[CONF_MAX_LISTEN];
    unsigned listen_count;
    unsigned workers;
    bool has_workers, is_test, japanese;
};

/* As filterctl does: the locale need not be installed. */
static bool
locale_is_japanese(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = getenv(names[i]);

        if (value && value[0] != '\0')
            return strncmp(value, "ja", 2) == 0;
    }
    return false;
}

static const char *
fault_words(const struct command_line *line, const struct fault *fault, char *text, size_t bytes)
{
    return line->japanese ? fault_text_japanese(fault, text, bytes) : fault_text(fault, text, bytes);
}

static void
print_help(bool japanese)
{
    struct buffer settings;

    buffer_init(&settings);
    conf_help(japanese ? CONF_JAPANESE : CONF_ENGLISH, &settings);
    fputs(japanese ? "使い方: filterd [-c FILE] [-t] [-d DIR] [--listen ENDPOINT]... [--control PATH]\n"
                     "                [--workers N] [--state-dir DIR]\n"
                     "  -c, --config FILE       設定ファイル (既定 " DEFAULT_CONF ")\n"
                     "  -t, --test              設定と全自治体を検査して終わる (0 = 合格、78 = 不合格)\n"
                     "  -d, --dictionaries DIR  common/ と cities/ のあるディレクトリ\n"
                     "      --sample            注釈つきの設定ファイルを出力する\n"
                     "シグナル: HUP 再読み込み、TERM 処理中の要求に答えてから終了\n\n設定:\n"
                   : "Usage: filterd [-c FILE] [-t] [-d DIR] [--listen ENDPOINT]... [--control PATH]\n"
                     "               [--workers N] [--state-dir DIR]\n"
                     "  -c, --config FILE       settings (default " DEFAULT_CONF ")\n"
                     "  -t, --test              check settings and all cities, then end (0 = good, 78 = not)\n"
                     "  -d, --dictionaries DIR  where common/ and cities/ are\n"
                     "      --sample            print a commented file of settings\n"
                     "Signals: HUP reloads, TERM answers what is under way and ends\n\nSettings:\n",
          stdout);
    fwrite(settings.data, 1, settings.bytes, stdout);
    buffer_fini(&settings);
}

static int
print_sample(void)
{
    struct buffer sample;

    buffer_init(&sample);
    conf_sample(&sample);
    const bool is_written = !sample.failed && fwrite(sample.data, 1, sample.bytes, stdout) == sample.bytes;
    buffer_fini(&sample);
    return is_written ? SUPERVISOR_EXIT_OK : EXIT_FAILURE;
}

static int
usage(const struct command_line *line, const char *english, const char *japanese)
{
    fprintf(stderr, "filterd: %s (filterd --help)\n", line->japanese ? japanese : english);
    return SUPERVISOR_EXIT_USAGE;
}

static bool
parse_workers(const char *text, struct command_line *line)
{
    char *end;
    const unsigned long value = strtoul(text, &end, 10);

    if (text[0] < '0' || text[0] > '9' || *end != '\0' || value > 256)
        return false;
    line->workers = (unsigned)value;
    line->has_workers = true;
    return true;
}

/* -1: go on; else the exit code. */
static int
parse(int count, char **words, struct command_line *line)
{
    enum { LISTEN = 256, CONTROL, WORKERS, STATE_DIR, SAMPLE };
    static const struct option options[] = {
        {"config", required_argument, NULL, 'c'},       {"test", no_argument, NULL, 't'},
        {"dictionaries", required_argument, NULL, 'd'}, {"help", no_argument, NULL, 'h'},
        {"listen", required_argument, NULL, LISTEN},    {"control", required_argument, NULL, CONTROL},
        {"workers", required_argument, NULL, WORKERS},  {"state-dir", required_argument, NULL, STATE_DIR},
        {"sample", no_argument, NULL, SAMPLE},          {0},
    };
    int option;

    while ((option = getopt_long(count, words, "c:td:h", options, NULL)) != -1)
        if (option == 'c')
            line->conf_path = optarg;
        else if (option == 't')
            line->is_test = true;
        else if (option == 'd')
            line->dictionaries = optarg;
        else if (option == CONTROL)
            line->control = optarg;
        else if (option == STATE_DIR)
            line->state_dir = optarg;
        else if (option == LISTEN && line->listen_count < CONF_MAX_LISTEN)
            line->listen[line->listen_count++] = optarg;
        else if (option == WORKERS && parse_workers(optarg, line))
            continue;
        else if (option == 'h') {
            print_help(line->japanese);
            return SUPERVISOR_EXIT_OK;
        } else if (option == SAMPLE)
            return print_sample();
        else
            return usage(line, "unknown option or value", "オプションまたは値が正しくありません");
    return optind == count ? -1 : usage(line, "no arguments are taken", "引数は取りません");
}

static enum status
override(const char *value, char *setting, size_t bytes, const char *name, struct fault *fault)
{
    if (!value)
        return STATUS_OK;
    if (strlen(value) < bytes) {
        memcpy(setting, value, strlen(value) + 1);
        return STATUS_OK;
    }
    fault_set(fault, "", 0, 0, name, value, "this is too long", NULL);
    return STATUS_INVALID;
}

/* The file, and over it the command line. */
static enum status
read_conf(const void *context, struct conf *conf_out, struct buffer *clients, struct fault *fault)
{
    const struct command_line *line = context;
    enum status status = STATUS_OK;

    conf_defaults(conf_out);
    if (line->conf_path)
        status = conf_load(line->conf_path, conf_out, clients, fault);
    else if (access(DEFAULT_CONF, F_OK) == 0)
        status = conf_load(DEFAULT_CONF, conf_out, clients, fault);
    if (status == STATUS_OK)
        status = override(line->dictionaries, conf_out->dictionaries, CONF_TEXT_BYTES, "dictionaries", fault);
    if (status == STATUS_OK)
        status = override(line->control, conf_out->control, CONF_TEXT_BYTES, "control", fault);
    if (status == STATUS_OK)
        status = override(line->state_dir, conf_out->state_dir, CONF_TEXT_BYTES, "state_dir", fault);
    for (unsigned i = 0; status == STATUS_OK && i < line->listen_count; i++)
        status = override(line->listen[i], conf_out->listen.endpoints[i], CONF_LISTEN_BYTES, "listen", fault);
    if (line->listen_count > 0)
        conf_out->listen.count = line->listen_count;
    if (line->has_workers)
        conf_out->workers = line->workers;
    return status;
}

static int
test(const struct command_line *line)
{
    static struct conf conf;
    struct fault fault = {0};
    struct buffer clients;
    char text[FAULT_TEXT_BYTES];

    buffer_init(&clients);
    const enum status status = read_conf(line, &conf, &clients, &fault);
    buffer_fini(&clients);
    if (status != STATUS_OK) {
        printf("%s\n", fault_words(line, &fault, text, sizeof text));
        return SUPERVISOR_EXIT_CONF;
    }
    return filterd_test(&conf, line->japanese);
}

int
main(int count, char **words)
{
    struct command_line line = {.japanese = locale_is_japanese()};
    struct fault fault = {0};
    char text[FAULT_TEXT_BYTES];

    int code = parse(count, words, &line);
    if (code >= 0)
        return code;
    if (line.is_test)
        return test(&line);
    log_init("filterd", LOG_LEVEL_INFO);
    code = supervisor_run(&(struct supervisor_options){read_conf, &line}, &fault);
    if (fault.reason[0])
        fprintf(stderr, "filterd: %s\n", fault_words(&line, &fault, text, sizeof text));
    return code;
}
