/* filterctl: messages, archives and cities from the command line. */
#include "cmd/filterctl.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int
unknown_verb(const struct call *call, const char *name)
{
    const char *names[32];
    const char *near;

    for (size_t i = 0; i < verb_count; i++)
        names[i] = verbs[i]->name;
    near = nearest_name(name, names, verb_count);
    if (near != NULL)
        return usage_error(
            call, words_for(call, "unknown verb '%s'; did you mean '%s'?", "不明な動詞 '%s'。'%s' のことですか?"), name,
            near);
    return usage_error(call, words_for(call, "unknown verb '%s'", "不明な動詞 '%s'"), name);
}

/* Standard output may be a full disk or a reader that went away: then the help was not given either. */
static int
finish_output(const struct call *call, int code)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return code;
    if (errno == EPIPE)
        return EXIT_TROUBLE;
    return complain_why(call, words_for(call, "cannot write", "書き込めません"), STATUS_IO);
}

static int
run_help(const struct call *call, const char *name)
{
    const struct verb *verb = name == NULL ? NULL : verb_find(name);

    if (name != NULL && verb == NULL)
        return unknown_verb(call, name);
    if (verb == NULL)
        help_overview(call, stdout);
    else
        help_verb(call, verb);
    return EXIT_GOOD;
}

static int
run_verb(struct call *call, int argc, char **argv)
{
    if (!options_parse(call, argc, argv))
        return EXIT_TROUBLE;
    if (call->counts[OPTION_HELP] > 0)
        return run_help(call, call->verb->name);
    return call->verb->run(call);
}

static int
run(struct call *call, int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : NULL;

    if (name == NULL) {
        help_overview(call, stderr);
        return EXIT_TROUBLE;
    }
    if (strcmp(name, "help") == 0 || strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
        return run_help(call, argc > 2 ? argv[2] : NULL);
    call->verb = verb_find(name);
    if (call->verb == NULL)
        return unknown_verb(call, name);
    return run_verb(call, argc - 1, argv + 1);
}

/* A descriptor that the caller closed would be that of the next file opened, and the output would go there. What is put
 * in its place cannot be read, or written: whoever needs it is told. */
static bool
hold_standard_descriptors(void)
{
    static const int modes[] = {O_WRONLY, O_RDONLY, O_RDWR};

    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", modes[fd]) != fd)
            return false;
    return true;
}

int
main(int argc, char **argv)
{
    struct call call = {.is_japanese = words_are_japanese()};

    if (!hold_standard_descriptors())
        return EXIT_TROUBLE;
    signal(SIGPIPE, SIG_IGN); /* a reader that went away is an error of write(), exit 2 */
    return finish_output(&call, run(&call, argc, argv));
}
