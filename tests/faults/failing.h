/* failing.h - the k-th call of one kind fails, in this process or in one that it forked. For one .c file: it stands in
 * the place of the C library's functions, and of those of Hyperscan, PCRE2, MeCab, ICU, libseccomp and ZeroMQ.
 *
 * A row is a call: how it says that it failed, and what it is. */
#ifndef TESTS_FAULTS_FAILING_H
#define TESTS_FAULTS_FAILING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <hs/hs.h>
#include <mecab.h>
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <poll.h>
#include <seccomp.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unicode/unorm2.h>
#include <unistd.h>
#include <zmq.h>

#include "base/arena.h"
#include "scan/state.h"

#define FAILING_LIMIT_S 240 /* far more than anything needs that goes on at all */

/* What a scan must not take for "nothing found"; what the processes of a service are made of. */
#define FAILING_CALLS(ROW, SPECIAL)                                                                                    \
    SPECIAL(arena)                                                                                                     \
    SPECIAL(candidate)                                                                                                 \
    SPECIAL(malloc)                                                                                                    \
    SPECIAL(open)                                                                                                      \
    SPECIAL(fcntl)                                                                                                     \
    SPECIAL(prctl)                                                                                                     \
    SPECIAL(seccomp_rule_add)                                                                                          \
    SPECIAL(getppid)                                                                                                   \
    ROW(mmap, ENOMEM, void *, (void *at, size_t bytes, int protection, int flags, int fd, off_t offset),               \
        (at, bytes, protection, flags, fd, offset), MAP_FAILED)                                                        \
    ROW(read, EIO, ssize_t, (int fd, void *out, size_t bytes), (fd, out, bytes), -1)                                   \
    ROW(write, ENOSPC, ssize_t, (int fd, const void *data, size_t bytes), (fd, data, bytes), -1)                       \
    ROW(fork, EAGAIN, pid_t, (void), (), -1)                                                                           \
    ROW(socketpair, EMFILE, int, (int domain, int type, int protocol, int pair[2]), (domain, type, protocol, pair),    \
        -1)                                                                                                            \
    ROW(fsync, ENOSPC, int, (int fd), (fd), -1)                                                                        \
    ROW(syncfs, EIO, int, (int fd), (fd), -1)                                                                          \
    ROW(rename, EIO, int, (const char *from, const char *to), (from, to), -1)                                          \
    ROW(renameat2, EIO, int, (int from_fd, const char *from, int to_fd, const char *to, unsigned flags),               \
        (from_fd, from, to_fd, to, flags), -1)                                                                         \
    ROW(link, EMLINK, int, (const char *from, const char *to), (from, to), -1)                                         \
    ROW(mkdir, ENOSPC, int, (const char *path, mode_t mode), (path, mode), -1)                                         \
    ROW(stat, EIO, int, (const char *path, struct stat *about), (path, about), -1)                                     \
    ROW(fstat, EIO, int, (int fd, struct stat *about), (fd, about), -1)                                                \
    ROW(chmod, EPERM, int, (const char *path, mode_t mode), (path, mode), -1)                                          \
    ROW(flock, EWOULDBLOCK, int, (int fd, int operation), (fd, operation), -1)                                         \
    ROW(opendir, EMFILE, DIR *, (const char *path), (path), NULL)                                                      \
    ROW(ftruncate, ENOSPC, int, (int fd, off_t bytes), (fd, bytes), -1)                                                \
    ROW(memfd_create, EMFILE, int, (const char *name, unsigned flags), (name, flags), -1)                              \
    ROW(pipe2, EMFILE, int, (int ends[2], int flags), (ends, flags), -1)                                               \
    ROW(dup2, EBADF, int, (int from, int to), (from, to), -1)                                                          \
    ROW(dup3, EBADF, int, (int from, int to, int flags), (from, to, flags), -1)                                        \
    ROW(close_range, EMFILE, int, (unsigned first, unsigned last, int flags), (first, last, flags), -1)                \
    ROW(setrlimit, EPERM, int, (__rlimit_resource_t resource, const struct rlimit *limit), (resource, limit), -1)      \
    ROW(poll, EINTR, int, (struct pollfd * polls, nfds_t count, int timeout_ms), (polls, count, timeout_ms), -1)       \
    ROW(waitpid, EINTR, pid_t, (pid_t pid, int *wait_status, int options), (pid, wait_status, options), -1)            \
    ROW(signalfd, EMFILE, int, (int fd, const sigset_t *signals, int flags), (fd, signals, flags), -1)                 \
    ROW(sendmsg, ENOMEM, ssize_t, (int fd, const struct msghdr *message, int flags), (fd, message, flags), -1)         \
    ROW(recvmsg, ENOMEM, ssize_t, (int fd, struct msghdr *message, int flags), (fd, message, flags), -1)               \
    ROW(setsockopt, ENOMEM, int, (int fd, int level, int name, const void *value, socklen_t bytes),                    \
        (fd, level, name, value, bytes), -1)                                                                           \
    ROW(socket, EMFILE, int, (int domain, int type, int protocol), (domain, type, protocol), -1)                       \
    ROW(bind, EADDRINUSE, int, (int fd, const struct sockaddr *address, socklen_t bytes), (fd, address, bytes), -1)    \
    ROW(listen, EADDRINUSE, int, (int fd, int backlog), (fd, backlog), -1)                                             \
    SPECIAL(epoll_create1)                                                                                             \
    ROW(epoll_ctl, ENOSPC, int, (int epoll_fd, int operation, int fd, struct epoll_event *event),                      \
        (epoll_fd, operation, fd, event), -1)                                                                          \
    ROW(epoll_wait, EINTR, int, (int epoll_fd, struct epoll_event *events, int max, int timeout_ms),                   \
        (epoll_fd, events, max, timeout_ms), -1)                                                                       \
    ROW(seccomp_init, ENOMEM, scmp_filter_ctx, (uint32_t action), (action), NULL)                                      \
    ROW(seccomp_load, EINVAL, int, (const scmp_filter_ctx filter), (filter), -EINVAL)                                  \
    ROW(zmq_ctx_new, EMFILE, void *, (void), (), NULL)                                                                 \
    ROW(zmq_socket, EMFILE, void *, (void *context, int type), (context, type), NULL)                                  \
    ROW(zmq_setsockopt, EINVAL, int, (void *socket, int option, const void *value, size_t bytes),                      \
        (socket, option, value, bytes), -1)                                                                            \
    ROW(zmq_getsockopt, EINVAL, int, (void *socket, int option, void *value, size_t *bytes),                           \
        (socket, option, value, bytes), -1)                                                                            \
    ROW(zmq_bind, EADDRINUSE, int, (void *socket, const char *endpoint), (socket, endpoint), -1)                       \
    ROW(zmq_msg_init_size, ENOMEM, int, (zmq_msg_t * message, size_t bytes), (message, bytes), -1)                     \
    ROW(zmq_msg_recv, EINTR, int, (zmq_msg_t * message, void *socket, int flags), (message, socket, flags), -1)        \
    ROW(zmq_msg_send, EHOSTUNREACH, int, (zmq_msg_t * message, void *socket, int flags), (message, socket, flags), -1) \
    ROW(zmq_recv, EAGAIN, int, (void *socket, void *out, size_t bytes, int flags), (socket, out, bytes, flags), -1)    \
    ROW(zmq_send, EAGAIN, int, (void *socket, const void *data, size_t bytes, int flags),                              \
        (socket, data, bytes, flags), -1)                                                                              \
    /* from here on what is left undone may be taken for a hit, never for none */                                      \
    SPECIAL(hs_scan)                                                                                                   \
    SPECIAL(hs_scan_that_ends)                                                                                         \
    ROW(pcre2_match, 0, int,                                                                                           \
        (const pcre2_code *code, PCRE2_SPTR text, PCRE2_SIZE bytes, PCRE2_SIZE from, uint32_t options,                 \
         pcre2_match_data *data, pcre2_match_context *context),                                                        \
        (code, text, bytes, from, options, data, context), PCRE2_ERROR_MATCHLIMIT)                                     \
    ROW(mecab_parse_lattice, 0, int, (mecab_t * tagger, mecab_lattice_t * lattice), (tagger, lattice), 0)              \
    SPECIAL(unorm2_normalize)

#define ROW_ID(name, ...) CALL_##name,
enum call { FAILING_CALLS(ROW_ID, ROW_ID) CALL_COUNT, CALL_FIRST_OF_ENGINES = CALL_hs_scan };
#define ROW_NAME(name, ...) #name,
static const char *const call_names[CALL_COUNT] = {FAILING_CALLS(ROW_NAME, ROW_NAME)};

/* Shared with the children, and theirs: one call of all of them fails. */
static struct failure {
    _Atomic uint64_t countdown; /* 0 = nothing fails (any more) */
    _Atomic bool has_failed;
    _Atomic bool is_of_cpp; /* it was operator new that asked */
} none_yet, *failure = &none_yet;
static enum call failing = CALL_COUNT;
static unsigned failing_lane, failing_lanes = 1; /* of each so many calls, which one is ours to try */
static bool failing_goes_on;                     /* all calls behind it fail too */
static bool failing_is_ours;                     /* only what the program itself calls fails, not what libraries call */
static bool failing_is_of_front, is_front;

extern const char __executable_start, etext;

static bool
is_ours(const void *caller)
{
    return (const char *)caller >= &__executable_start && (const char *)caller < &etext;
}

/* Not static: some of the C library's functions are inline, and so must theirs be that stand in their place. */
bool fails(enum call call, const void *caller);

bool
fails(enum call call, const void *caller)
{
    Dl_info about;

    if (call != failing || failure->countdown == 0 || (failing_is_of_front && !is_front) ||
        (failing_is_ours && !is_ours(caller)))
        return false;
    if (!(failing_goes_on && failure->countdown == 1) && atomic_fetch_sub(&failure->countdown, 1) != 1)
        return false;
    failure->has_failed = true;
    failure->is_of_cpp = dladdr(caller, &about) != 0 && about.dli_fname && strstr(about.dli_fname, "libstdc++");
    return true;
}

#define FAILS(call) fails(call, __builtin_return_address(0))
#define NAME(name) #name
#define REAL(name) ((__typeof__(&(name)))dlsym(RTLD_NEXT, NAME(name)))

#define ROW_FUNCTION(name, error, type, parameters, arguments, failed) \
    type name parameters                                               \
    {                                                                  \
        if (FAILS(CALL_##name)) {                                      \
            errno = error;                                             \
            return failed;                                             \
        }                                                              \
        return REAL(name) arguments;                                   \
    }
#define NO_FUNCTION(name)
FAILING_CALLS(ROW_FUNCTION, NO_FUNCTION)

/* --- the special ones --------------------------------------------------------------------------------------------- */

/* The arena is full (ld --wrap, see the Makefile). */
void *__real_arena_alloc(struct arena *arena, size_t bytes);
void *__wrap_arena_alloc(struct arena *arena, size_t bytes);
void *__real_arena_alloc_array(struct arena *arena, size_t count, size_t bytes);
void *__wrap_arena_alloc_array(struct arena *arena, size_t count, size_t bytes);

void *
__wrap_arena_alloc(struct arena *arena, size_t bytes)
{
    return FAILS(CALL_arena) ? NULL : __real_arena_alloc(arena, bytes);
}

void *
__wrap_arena_alloc_array(struct arena *arena, size_t count, size_t bytes)
{
    return FAILS(CALL_arena) ? NULL : __real_arena_alloc_array(arena, count, bytes);
}

/* Of sixteen candidates one needs more of the arena: here it may be any. */
struct candidate *__real_state_candidate(struct state *state, struct span plain, const char *rule, unsigned likelihood);
struct candidate *__wrap_state_candidate(struct state *state, struct span plain, const char *rule, unsigned likelihood);

struct candidate *
__wrap_state_candidate(struct state *state, struct span plain, const char *rule, unsigned likelihood)
{
    return FAILS(CALL_candidate) ? NULL : __real_state_candidate(state, plain, rule, likelihood);
}

void *__libc_malloc(size_t bytes);
void *__libc_calloc(size_t count, size_t bytes);
void *__libc_realloc(void *old, size_t bytes);
void *__libc_memalign(size_t align, size_t bytes);

void *
malloc(size_t bytes)
{
    return FAILS(CALL_malloc) ? NULL : __libc_malloc(bytes);
}

void *
calloc(size_t count, size_t bytes)
{
    return FAILS(CALL_malloc) ? NULL : __libc_calloc(count, bytes);
}

void *
realloc(void *old, size_t bytes)
{
    return FAILS(CALL_malloc) ? NULL : __libc_realloc(old, bytes);
}

int
posix_memalign(void **out, size_t align, size_t bytes)
{
    void *made = FAILS(CALL_malloc) ? NULL : __libc_memalign(align, bytes);

    if (!made)
        return ENOMEM;
    *out = made;
    return 0;
}

void *
aligned_alloc(size_t align, size_t bytes)
{
    return FAILS(CALL_malloc) ? NULL : __libc_memalign(align, bytes);
}

int
open(const char *path, int flags, ...)
{
    va_list more;
    mode_t mode = 0;

    if (flags & (O_CREAT | O_TMPFILE)) {
        va_start(more, flags);
        mode = va_arg(more, mode_t);
        va_end(more);
    }
    if (FAILS(CALL_open)) {
        errno = EMFILE;
        return -1;
    }
    return REAL(open)(path, flags, mode);
}

int
fcntl(int fd, int command, ...)
{
    va_list more;

    va_start(more, command);
    const long argument = va_arg(more, long);
    va_end(more);
    if (FAILS(CALL_fcntl)) {
        errno = EMFILE;
        return -1;
    }
    return REAL(fcntl)(fd, command, argument);
}

int
prctl(int option, ...)
{
    unsigned long arguments[4];
    va_list more;

    va_start(more, option);
    for (unsigned i = 0; i < 4; i++)
        arguments[i] = va_arg(more, unsigned long);
    va_end(more);
    if (FAILS(CALL_prctl)) {
        errno = EPERM;
        return -1;
    }
    return REAL(prctl)(option, arguments[0], arguments[1], arguments[2], arguments[3]);
}

int
seccomp_rule_add(scmp_filter_ctx filter, uint32_t action, int number, unsigned count, ...)
{
    struct scmp_arg_cmp arguments[6];
    va_list more;

    va_start(more, count);
    for (unsigned i = 0; i < count; i++)
        arguments[i] = va_arg(more, struct scmp_arg_cmp);
    va_end(more);
    return FAILS(CALL_seccomp_rule_add) ? -ENOMEM : seccomp_rule_add_array(filter, action, number, count, arguments);
}

/* What the front does first, and nobody else. */
int
epoll_create1(int flags)
{
    is_front |= is_ours(__builtin_return_address(0));
    if (FAILS(CALL_epoll_create1)) {
        errno = EMFILE;
        return -1;
    }
    return REAL(epoll_create1)(flags);
}

/* The parent has gone. */
pid_t
getppid(void)
{
    return FAILS(CALL_getppid) ? 1 : REAL(getppid)();
}

/* Either an error, or all of it seen and said to be cut short. */
hs_error_t
hs_scan(const hs_database_t *database, const char *text, unsigned bytes, unsigned flags, hs_scratch_t *scratch,
        match_event_handler found, void *context)
{
    if (FAILS(CALL_hs_scan))
        return HS_SCRATCH_IN_USE;
    const bool ends_early = FAILS(CALL_hs_scan_that_ends);
    return ends_early ? HS_SCAN_TERMINATED : REAL(hs_scan)(database, text, bytes, flags, scratch, found, context);
}

int32_t
unorm2_normalize(const UNormalizer2 *normalizer, const UChar *source, int32_t units, UChar *target, int32_t capacity,
                 UErrorCode *error)
{
    if (FAILS(CALL_unorm2_normalize)) {
        *error = U_MEMORY_ALLOCATION_ERROR;
        return 0;
    }
    return REAL(unorm2_normalize)(normalizer, source, units, target, capacity, error);
}

/* --- one failure in a child --------------------------------------------------------------------------------------- */

enum outcome {
    OUTCOME_RIGHT,
    OUTCOME_ERROR = 10,  /* said to be one */
    OUTCOME_WRONG,       /* a wrong verdict */
    OUTCOME_SILENT,      /* ended without a reason */
    OUTCOME_NOT_REACHED, /* right, and nothing failed */
    OUTCOME_LOST         /* the process, to who has no other answer */
};

struct tally {
    unsigned right, error, lost;
};

static void
failing_begin(void)
{
    failure = mmap(NULL, sizeof *failure, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(failure, MAP_FAILED);
}

static int
run_failing(enum outcome (*act)(void), enum call call, uint64_t k)
{
    int wait_status;
    *failure = (struct failure){0};
    const pid_t pid = REAL(fork)();

    assert_true(pid >= 0);
    if (pid == 0) {
        const struct rlimit no_core = {0, 0};
        setrlimit(RLIMIT_CORE, &no_core);
        dup2(REAL(open)("/dev/null", O_WRONLY), STDERR_FILENO);
        alarm(FAILING_LIMIT_S);
        failing = call;
        failure->countdown = k;
        const enum outcome outcome = act();
        failure->countdown = 0;
        _exit(!failure->has_failed && outcome == OUTCOME_RIGHT ? OUTCOME_NOT_REACHED : (int)outcome);
    }
    assert_int_equal(REAL(waitpid)(pid, &wait_status, 0), pid);
    if (WIFSIGNALED(wait_status) && WTERMSIG(wait_status) == SIGABRT && failure->is_of_cpp)
        return OUTCOME_LOST;
    if (!WIFEXITED(wait_status))
        fail_msg("%s number %llu: ended by signal %d", call_names[call], (unsigned long long)k, WTERMSIG(wait_status));
    if (!failure->has_failed && WEXITSTATUS(wait_status) != OUTCOME_NOT_REACHED)
        fail_msg("%s number %llu: nothing failed, and yet it was not right", call_names[call], (unsigned long long)k);
    return WEXITSTATUS(wait_status);
}

static bool
is_long(void)
{
    const char *wanted = getenv("FILTERD_FAULTS");

    return wanted && strcmp(wanted, "long") == 0;
}

/* Every k of our lane until one is not reached; beyond `dense` in growing steps. */
static struct tally
fail_each(enum outcome (*act)(void), enum call call, uint64_t dense)
{
    struct tally tally = {0};
    uint64_t step = failing_lanes;

    for (uint64_t k = 1 + failing_lane;; k += step) {
        const int outcome = run_failing(act, call, k);
        if (outcome == OUTCOME_NOT_REACHED)
            break;
        if (outcome == OUTCOME_WRONG || outcome == OUTCOME_SILENT)
            fail_msg("%s number %llu fails: %s", call_names[call], (unsigned long long)k,
                     outcome == OUTCOME_WRONG ? "a wrong verdict" : "it ends and does not say why");
        tally.right += outcome == OUTCOME_RIGHT;
        tally.error += outcome == OUTCOME_ERROR;
        tally.lost += outcome == OUTCOME_LOST;
        if (k >= dense)
            step += step / (is_long() ? 16 : 2) + 1;
    }
    return tally;
}

#endif
