#include "pool/sandbox.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/assert.h"

#define FIRST_KEPT_FD 3
#define MAX_KEPT_FDS 8

static void
reset_signals(void)
{
    static const int ignored[] = {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGUSR1};
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

/* The seccomp filter comes here: allow read, write, recvmsg, sendmsg, poll, clock_gettime, brk, mmap and mprotect
 * without PROT_EXEC (where the PCRE2 JIT is off), munmap, futex, exit_group; refuse all else by killing the process.
 * It must be the last call, because loading opens files. */
enum status
sandbox_enter(void)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_DUMPABLE, 0) != 0)
        return STATUS_IO;
    return STATUS_OK;
}
