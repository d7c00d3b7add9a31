#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pool/sandbox.h"
#include "pool/worker.h"

#define NOT_DONE 77 /* exit code of a child whose forbidden call came back */

static char *const no_words[] = {NULL};

/* --- what a process may try ----------------------------------------------------------------------------------------*/

static void
try_open(void)
{
    (void)!open("/dev/null", O_RDONLY);
}

static void
try_socket(void)
{
    (void)!socket(AF_INET, SOCK_STREAM, 0);
}

static void
try_program(void)
{
    execve("/bin/true", no_words, no_words);
}

static void
try_process(void)
{
    if (fork() == 0)
        _exit(0);
}

static void
try_executable_memory(void)
{
    (void)!mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void
try_making_memory_executable(void)
{
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    (void)!mprotect(page, 4096, PROT_READ | PROT_EXEC);
}

static void
try_tracing(void)
{
    (void)ptrace(PTRACE_TRACEME, 0, NULL, NULL);
}

static void
try_reading_its_parent(void)
{
    char here[8];
    const struct iovec local = {here, sizeof here}, remote = {here, sizeof here};
    (void)!process_vm_readv(getppid(), &local, 1, &remote, 1, 0);
}

static void
try_killing_its_parent(void)
{
    (void)!kill(getppid(), 0);
}

static void
try_raising_a_limit(void)
{
    const struct rlimit none = {RLIM_INFINITY, RLIM_INFINITY};
    (void)!setrlimit(RLIMIT_DATA, &none);
}

static void
try_becoming_dumpable(void)
{
    (void)prctl(PR_SET_DUMPABLE, 1);
}

static void
try_unlink(void)
{
    (void)!unlink("/tmp/there-is-no-such-file");
}

typedef void (*deed)(void);

/* --- workers ------------------------------------------------------------------------------------------------------ */

static struct {
    const char *name;
    deed deed;
} const forbidden_to_workers[] = {
    {"open", try_open},
    {"socket", try_socket},
    {"program", try_program},
    {"process", try_process},
    {"executable memory", try_executable_memory},
    {"executable later", try_making_memory_executable},
    {"tracing", try_tracing},
    {"its parent's memory", try_reading_its_parent},
    {"its parent", try_killing_its_parent},
    {"limits", try_raising_a_limit},
    {"dumps", try_becoming_dumpable},
    {"unlink", try_unlink},
};
#define FORBIDDEN (sizeof forbidden_to_workers / sizeof *forbidden_to_workers)

/* A descriptor is open when a message can be asked of it, or it says that it is no socket. */
static void
list_descriptors(struct buffer *reply)
{
    for (int fd = 0; fd < 1024; fd++) {
        struct msghdr none = {0};
        if (recvmsg(fd, &none, MSG_DONTWAIT) >= 0 || errno != EBADF)
            buffer_appendf(reply, "%d ", fd);
    }
}

static enum status
obey(struct worker *worker, const struct item *job, struct buffer *reply)
{
    (void)worker;
    for (size_t i = 0; i < FORBIDDEN; i++)
        if (slice_equal(job->payload, slice_of(forbidden_to_workers[i].name)))
            forbidden_to_workers[i].deed();
    if (slice_equal(job->payload, SLICE_LITERAL("descriptors")))
        list_descriptors(reply);
    if (slice_equal(job->payload, SLICE_LITERAL("some memory"))) {
        char *volatile some = malloc(SANDBOX_WORKER_MEMORY_BYTES / 2);
        buffer_append_text(reply, some ? "given" : "refused");
        free(some);
    }
    if (slice_equal(job->payload, SLICE_LITERAL("much memory"))) {
        char *volatile much = malloc(2 * SANDBOX_WORKER_MEMORY_BYTES);
        buffer_append_text(reply, much ? "given" : "refused");
        free(much);
    }
    if (slice_equal(job->payload, SLICE_LITERAL("spin")))
        for (;;)
            __asm__ volatile("");
    return STATUS_OK;
}

struct running {
    int pid;
    struct channel channel;
};

static void
start_worker(struct running *running)
{
    const struct worker_options options = {.handler = obey};
    int fd, page_fd;

    assert_int_equal(worker_fork(&options, &running->pid, &fd, &page_fd), STATUS_OK);
    assert_int_equal(fcntl(fd, F_SETFL, 0), 0); /* the test waits */
    close(page_fd);
    channel_init(&running->channel, fd);
}

static enum status
ask(struct running *running, const char *payload, char answer[256])
{
    struct item item = {.ticket = 1, .payload = slice_of(payload)};
    bool complete;

    channel_put(&running->channel, &item);
    enum status status = channel_flush(&running->channel);
    if (status == STATUS_OK)
        status = channel_receive(&running->channel, &complete);
    if (status == STATUS_OK && channel_take(&running->channel, &item))
        snprintf(answer, 256, "%.*s", (int)item.payload.bytes, (const char *)item.payload.data);
    return status;
}

static int
end_of(struct running *running)
{
    int wait_status;

    channel_fini(&running->channel);
    assert_int_equal(waitpid(running->pid, &wait_status, 0), running->pid);
    return wait_status;
}

static void
need_whole_sandbox(void)
{
    if (!SANDBOX_IS_WHOLE)
        skip(); /* a sanitizer build: see pool/sandbox.h */
}

static void
a_worker_dies_of_a_forbidden_call(void **state)
{
    (void)state;
    need_whole_sandbox();
    for (size_t i = 0; i < FORBIDDEN; i++) {
        struct running running;
        char answer[256] = "";
        start_worker(&running);
        assert_int_equal(ask(&running, "nothing", answer), STATUS_OK);
        assert_int_equal(ask(&running, forbidden_to_workers[i].name, answer), STATUS_UNAVAILABLE);
        const int wait_status = end_of(&running);
        if (!WIFSIGNALED(wait_status) || WTERMSIG(wait_status) != SIGSYS)
            fail_msg("%s: wait status %x", forbidden_to_workers[i].name, (unsigned)wait_status);
    }
}

static void
a_worker_has_its_descriptors_and_no_other(void **state)
{
    (void)state;
    struct running running;
    char answer[256] = "";
    const int leaked = dup(2), far = fcntl(2, F_DUPFD, 900);

    start_worker(&running);
    assert_int_equal(ask(&running, "descriptors", answer), STATUS_OK);
    assert_string_equal(answer, "0 1 2 3 4 ");
    assert_true(WIFEXITED(end_of(&running)));
    close(leaked);
    close(far);
}

static void
a_worker_has_bounded_memory(void **state)
{
    (void)state;
    struct running running;
    char answer[256] = "";

    need_whole_sandbox();
    start_worker(&running);
    assert_int_equal(ask(&running, "some memory", answer), STATUS_OK);
    assert_string_equal(answer, "given");
    assert_int_equal(ask(&running, "much memory", answer), STATUS_OK);
    assert_string_equal(answer, "refused");
    assert_int_equal(end_of(&running), 0);
}

/* What the kernel says of a process, "Name:\tvalue\n". */
static void
read_proc(int pid, const char *file, char text[8192])
{
    char path[64];

    snprintf(path, sizeof path, "/proc/%d/%s", pid, file);
    FILE *in = fopen(path, "re");
    assert_non_null(in);
    text[fread(text, 1, 8191, in)] = '\0';
    fclose(in);
}

static void
the_kernel_says_that_a_worker_is_contained(void **state)
{
    (void)state;
    struct running running;
    char answer[256] = "", text[8192];

    start_worker(&running);
    assert_int_equal(ask(&running, "nothing", answer), STATUS_OK);
    read_proc(running.pid, "status", text);
    assert_non_null(strstr(text, "\nNoNewPrivs:\t1\n"));
    assert_non_null(strstr(text, "\nThreads:\t1\n"));
    if (SANDBOX_IS_WHOLE)
        assert_non_null(strstr(text, "\nSeccomp:\t2\n"));
    read_proc(running.pid, "limits", text);
    assert_non_null(strstr(text, "Max core file size        0                    0"));
    if (SANDBOX_IS_WHOLE)
        assert_non_null(strstr(text, "Max processes             0                    0"));
    assert_int_equal(end_of(&running), 0);
}

/* --- the parent's death ------------------------------------------------------------------------------------------- */

/* The worker spins and never sees the end of file: only the death signal can end it. */
static void
the_parents_death_ends_a_worker(void **state)
{
    (void)state;
    int told[2], wait_status;
    int worker_pid = 0;

    assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0); /* the orphan comes to us */
    assert_int_equal(pipe(told), 0);
    const int parent = fork();
    if (parent == 0) {
        struct running running;
        char answer[256];
        start_worker(&running);
        if (ask(&running, "nothing", answer) != STATUS_OK)
            _exit(1);
        channel_put(&running.channel, &(struct item){.ticket = 2, .payload = slice_of("spin")});
        (void)!channel_flush(&running.channel);
        (void)!write(told[1], &running.pid, sizeof running.pid);
        _exit(0);
    }
    assert_int_equal(read(told[0], &worker_pid, sizeof worker_pid), sizeof worker_pid);
    assert_int_equal(waitpid(parent, &wait_status, 0), parent);
    assert_int_equal(waitpid(worker_pid, &wait_status, 0), worker_pid);
    assert_true(WIFSIGNALED(wait_status) && WTERMSIG(wait_status) == SIGKILL);
    close(told[0]);
    close(told[1]);
}

static void
who_has_lost_its_parent_does_not_begin(void **state)
{
    (void)state;
    const int pid = fork();
    int wait_status;

    if (pid == 0)
        _exit(sandbox_begin(getppid() + 1) == STATUS_OK ? NOT_DONE : 0);
    assert_int_equal(waitpid(pid, &wait_status, 0), pid);
    assert_int_equal(wait_status, 0);
}

static void
nobody_can_dump_or_trace_from_the_beginning(void **state)
{
    (void)state;
    const int pid = fork();
    int wait_status;

    if (pid == 0) {
        struct rlimit core;
        int parent_signal = 0;
        const bool begun = sandbox_begin(getppid()) == STATUS_OK;
        getrlimit(RLIMIT_CORE, &core);
        prctl(PR_GET_PDEATHSIG, &parent_signal);
        _exit(begun && prctl(PR_GET_DUMPABLE) == 0 && core.rlim_max == 0 && parent_signal == SIGKILL ? 0 : NOT_DONE);
    }
    assert_int_equal(waitpid(pid, &wait_status, 0), pid);
    assert_int_equal(wait_status, 0);
}

/* --- front and generation ----------------------------------------------------------------------------------------- */

static int
status_of_attempt(enum sandbox_role role, deed act)
{
    const int pid = fork();
    int wait_status;

    if (pid == 0) {
        if (sandbox_limit(role) != STATUS_OK)
            _exit(1);
        act();
        _exit(NOT_DONE);
    }
    assert_int_equal(waitpid(pid, &wait_status, 0), pid);
    return wait_status;
}

static void *
nothing(void *context)
{
    return context;
}

static void
try_what_a_front_does(void)
{
    pthread_t thread;
    const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    const bool has_thread = pthread_create(&thread, NULL, nothing, NULL) == 0 && pthread_join(thread, NULL) == 0;
    void *page = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    _exit(fd >= 0 && has_thread && page == MAP_FAILED && errno == EACCES ? 0 : 1);
}

static void
try_what_a_generation_does(void)
{
    int pair[2], wait_status;
    const bool has_pair = socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) == 0;
    const int pid = fork();

    if (pid == 0)
        _exit(0);
    _exit(has_pair && pid > 0 && waitpid(pid, &wait_status, 0) == pid ? 0 : 1);
}

static void
front_and_generation_can_do_their_work_and_no_more(void **state)
{
    (void)state;
    const deed forbidden_to_both[] = {try_program, try_tracing, try_reading_its_parent};

    assert_int_equal(status_of_attempt(SANDBOX_GENERATION, try_what_a_generation_does), 0);
    need_whole_sandbox();
    assert_int_equal(status_of_attempt(SANDBOX_FRONT, try_what_a_front_does), 0);
    for (size_t i = 0; i < sizeof forbidden_to_both / sizeof *forbidden_to_both; i++) {
        assert_int_equal(WTERMSIG(status_of_attempt(SANDBOX_FRONT, forbidden_to_both[i])), SIGSYS);
        assert_int_equal(WTERMSIG(status_of_attempt(SANDBOX_GENERATION, forbidden_to_both[i])), SIGSYS);
    }
    assert_int_equal(WTERMSIG(status_of_attempt(SANDBOX_FRONT, try_process)), SIGSYS);
    assert_int_equal(WTERMSIG(status_of_attempt(SANDBOX_GENERATION, try_socket)), SIGSYS);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"a worker dies of a forbidden call", a_worker_dies_of_a_forbidden_call, NULL, NULL, NULL},
        {"a worker has its descriptors and no other", a_worker_has_its_descriptors_and_no_other, NULL, NULL, NULL},
        {"a worker has bounded memory", a_worker_has_bounded_memory, NULL, NULL, NULL},
        {"the kernel says that a worker is contained", the_kernel_says_that_a_worker_is_contained, NULL, NULL, NULL},
        {"the parent's death ends a worker", the_parents_death_ends_a_worker, NULL, NULL, NULL},
        {"who has lost its parent does not begin", who_has_lost_its_parent_does_not_begin, NULL, NULL, NULL},
        {"nobody can dump or trace, from the beginning", nobody_can_dump_or_trace_from_the_beginning, NULL, NULL, NULL},
        {"front and generation can do their work and no more", front_and_generation_can_do_their_work_and_no_more, NULL,
         NULL, NULL},
    };
    return cmocka_run_group_tests_name("sandbox", tests, NULL, NULL);
}
