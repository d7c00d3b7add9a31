#include "pool/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <seccomp.h>

#include "base/assert.h"

#define FIRST_KEPT_FD 3
#define MAX_KEPT_FDS 8

static void
reset_signals(void)
{
    static const int ignored[] = {SIGPIPE, SIGXFSZ, SIGINT, SIGTERM, SIGHUP, SIGUSR1};
    sigset_t none;

    for (unsigned i = 0; i < sizeof ignored / sizeof *ignored; i++)
        signal(ignored[i], SIG_IGN);
    signal(SIGCHLD, SIG_DFL);
    sigemptyset(&none);
    ASSERT(sigprocmask(SIG_SETMASK, &none, NULL) == 0);
}

enum status
sandbox_begin(int parent_pid)
{
    const struct rlimit no_core = {0, 0};

    reset_signals();
    /* The parent may have died between fork and prctl: then nobody would ever send the signal. */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent_pid)
        return STATUS_IO;
    if (prctl(PR_SET_DUMPABLE, 0) != 0 || setrlimit(RLIMIT_CORE, &no_core) != 0)
        return STATUS_IO;
    return STATUS_OK;
}

enum status
sandbox_keep_descriptors(int *fds, unsigned count)
{
    int high[MAX_KEPT_FDS];

    ASSERT(count <= MAX_KEPT_FDS);
    /* Two moves: a wanted descriptor may stand where another one must go. */
    for (unsigned i = 0; i < count; i++) {
        high[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, FIRST_KEPT_FD + MAX_KEPT_FDS);
        if (high[i] < 0)
            return STATUS_IO;
    }
    for (unsigned i = 0; i < count; i++) {
        fds[i] = FIRST_KEPT_FD + (int)i;
        if (dup3(high[i], fds[i], O_CLOEXEC) < 0)
            return STATUS_IO;
    }
    const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0)
        return STATUS_IO;
    return close_range(FIRST_KEPT_FD + count, ~0u, 0) == 0 ? STATUS_OK : STATUS_IO;
}

/* --- system calls ------------------------------------------------------------------------------------------------- */

/* No ptrace, no second way in or out, nothing that changes what this process is. */
static const int forbidden_to_all[] = {
    SCMP_SYS(execve),
    SCMP_SYS(execveat),
    SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(pidfd_getfd),
    SCMP_SYS(kcmp),
    SCMP_SYS(bpf),
    SCMP_SYS(perf_event_open),
    SCMP_SYS(userfaultfd),
    SCMP_SYS(io_uring_setup),
    SCMP_SYS(init_module),
    SCMP_SYS(finit_module),
    SCMP_SYS(delete_module),
    SCMP_SYS(kexec_load),
    SCMP_SYS(mount),
    SCMP_SYS(umount2),
    SCMP_SYS(pivot_root),
    SCMP_SYS(chroot),
    SCMP_SYS(unshare),
    SCMP_SYS(setns),
    SCMP_SYS(swapon),
    SCMP_SYS(swapoff),
    SCMP_SYS(reboot),
    SCMP_SYS(add_key),
    SCMP_SYS(request_key),
    SCMP_SYS(keyctl),
    SCMP_SYS(setuid),
    SCMP_SYS(setgid),
    SCMP_SYS(setreuid),
    SCMP_SYS(setregid),
    SCMP_SYS(setresuid),
    SCMP_SYS(setresgid),
    SCMP_SYS(setgroups),
    SCMP_SYS(capset),
};

/* Reading, writing, allocating, ending; the clock where the kernel has no page for it; sysinfo, because qsort() asks
 * how much memory there is. */
static const int allowed_to_workers[] = {
    SCMP_SYS(read),         SCMP_SYS(write),        SCMP_SYS(writev),      SCMP_SYS(recvmsg),
    SCMP_SYS(sendmsg),      SCMP_SYS(close),        SCMP_SYS(poll),        SCMP_SYS(clock_gettime),
    SCMP_SYS(brk),          SCMP_SYS(munmap),       SCMP_SYS(mremap),      SCMP_SYS(madvise),
    SCMP_SYS(futex),        SCMP_SYS(getpid),       SCMP_SYS(gettid),      SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigreturn), SCMP_SYS(sched_yield), SCMP_SYS(restart_syscall),
    SCMP_SYS(exit),         SCMP_SYS(exit_group),   SCMP_SYS(sysinfo),
};

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

static bool
add_calls(scmp_filter_ctx filter, uint32_t action, const int *calls, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (seccomp_rule_add(filter, action, calls[i], 0) != 0)
            return false;
    return true;
}

/* `action` for every mapping whose protection asks for execution, or for every one that does not. */
static bool
add_mappings(scmp_filter_ctx filter, uint32_t action, bool executable)
{
    static const int calls[] = {SCMP_SYS(mmap), SCMP_SYS(mprotect), SCMP_SYS(pkey_mprotect)};

    for (size_t i = 0; i < COUNT_OF(calls); i++)
        if (seccomp_rule_add(filter, action, calls[i], 1,
                             SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, executable ? PROT_EXEC : 0)) != 0)
            return false;
    return true;
}

/* abort() and raise(); a signal to anybody else is none of a worker's business. */
static bool
add_own_signals(scmp_filter_ctx filter)
{
    const scmp_datum_t self = (scmp_datum_t)getpid();

    return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, SCMP_A0(SCMP_CMP_EQ, self)) == 0 &&
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(kill), 1, SCMP_A0(SCMP_CMP_EQ, self)) == 0;
}

/* A name may have to be resolved by libraries not loaded yet: that fails, and ends nobody. Threads come from clone()
 * alone, whose flags can be seen: clone3() is said not to exist. */
static bool
add_front(scmp_filter_ctx filter)
{
    return add_mappings(filter, SCMP_ACT_ERRNO(EACCES), true) &&
           seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) == 0 &&
           seccomp_rule_add(filter, SCMP_ACT_KILL_PROCESS, SCMP_SYS(clone), 1,
                            SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0)) == 0 &&
           seccomp_rule_add(filter, SCMP_ACT_KILL_PROCESS, SCMP_SYS(fork), 0) == 0 &&
           seccomp_rule_add(filter, SCMP_ACT_KILL_PROCESS, SCMP_SYS(vfork), 0) == 0;
}

/* Pairs to its workers, and nothing that has an address. */
static bool
add_generation(scmp_filter_ctx filter)
{
    static const int calls[] = {SCMP_SYS(socket), SCMP_SYS(connect), SCMP_SYS(bind), SCMP_SYS(listen)};

    return add_calls(filter, SCMP_ACT_KILL_PROCESS, calls, COUNT_OF(calls));
}

static enum status
load_filter(scmp_filter_ctx filter, bool is_complete)
{
    const bool loaded = is_complete && seccomp_load(filter) == 0;

    seccomp_release(filter);
    return loaded ? STATUS_OK : STATUS_IO;
}

enum status
sandbox_limit(enum sandbox_role role)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_DUMPABLE, 0) != 0)
        return STATUS_IO;
    scmp_filter_ctx filter = SANDBOX_IS_WHOLE ? seccomp_init(SCMP_ACT_ALLOW) : NULL;
    if (!filter)
        return SANDBOX_IS_WHOLE ? STATUS_NO_MEMORY : STATUS_OK;
    const bool complete = add_calls(filter, SCMP_ACT_KILL_PROCESS, forbidden_to_all, COUNT_OF(forbidden_to_all)) &&
                          (role == SANDBOX_FRONT ? add_front(filter) : add_generation(filter));
    return load_filter(filter, complete);
}

static enum status
filter_worker(void)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);

    if (!filter)
        return STATUS_NO_MEMORY;
    return load_filter(filter, add_calls(filter, SCMP_ACT_ALLOW, allowed_to_workers, COUNT_OF(allowed_to_workers)) &&
                                   add_mappings(filter, SCMP_ACT_ALLOW, false) && add_own_signals(filter));
}

/* --- limits ------------------------------------------------------------------------------------------------------- */

enum statm { STATM_SIZE = 0, STATM_DATA = 5 }; /* fields of /proc/self/statm */

static bool
memory_now(enum statm field, uint64_t *bytes_out)
{
    char text[256];
    unsigned long long pages[STATM_DATA + 1];
    const int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    const ssize_t got = fd < 0 ? -1 : read(fd, text, sizeof text - 1);

    if (fd >= 0)
        close(fd);
    if (got <= 0)
        return false;
    text[got] = '\0';
    if (sscanf(text, "%llu %llu %llu %llu %llu %llu", &pages[0], &pages[1], &pages[2], &pages[3], &pages[4],
               &pages[5]) != STATM_DATA + 1)
        return false;
    *bytes_out = pages[field] * (uint64_t)sysconf(_SC_PAGESIZE);
    return true;
}

enum status
sandbox_bound_space(uint64_t bytes)
{
    uint64_t present = 0;

    if (!SANDBOX_BOUNDS_MEMORY)
        return STATUS_OK;
    if (!memory_now(STATM_SIZE, &present))
        return STATUS_IO;
    const struct rlimit space = {present + bytes, present + bytes};
    return setrlimit(RLIMIT_AS, &space) == 0 ? STATUS_OK : STATUS_IO;
}

/* Inherited rulesets count for RLIMIT_DATA, although they are shared with the parent. */
static bool
bound_worker(void)
{
    const struct rlimit no_process = {0, 0}, no_file = {0, 0};
    uint64_t present = 0;

    if (!memory_now(STATM_DATA, &present))
        return false;
    const struct rlimit data = {present + SANDBOX_WORKER_MEMORY_BYTES, present + SANDBOX_WORKER_MEMORY_BYTES};
    return setrlimit(RLIMIT_DATA, &data) == 0 && setrlimit(RLIMIT_NPROC, &no_process) == 0 &&
           setrlimit(RLIMIT_NOFILE, &no_file) == 0;
}

enum status
sandbox_enter(void)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_DUMPABLE, 0) != 0)
        return STATUS_IO;
    if (!SANDBOX_IS_WHOLE)
        return STATUS_OK;
    return bound_worker() ? filter_worker() : STATUS_IO;
}
