#include "pool/check.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/assert.h"
#include "pool/history.h"
#include "pool/sandbox.h"
#include "rules/build.h"
#include "scan/cases.h"
#include "scan/scanner.h"

#define MAX_AT_ONCE 64

/* --- in the child ------------------------------------------------------------------------------------------------- */

static enum status
child_begin(int parent_pid, int *fd, unsigned cpu_s)
{
    const struct rlimit cpu = {cpu_s, cpu_s + 1};
    const struct rlimit memory = {CHECK_MEMORY_BYTES, CHECK_MEMORY_BYTES};

    if (sandbox_begin(parent_pid) != STATUS_OK || sandbox_keep_descriptors(fd, 1) != STATUS_OK ||
        setrlimit(RLIMIT_CPU, &cpu) != 0 || (SANDBOX_BOUNDS_MEMORY && setrlimit(RLIMIT_AS, &memory) != 0))
        return STATUS_IO;
    return STATUS_OK;
}

struct first_failure {
    const char *file;
    struct fault *fault;
};

/* The row's text stays out of the fault: faults are logged. `filterctl test` shows it to whoever wrote it. */
static void
keep_first_failure(void *context, const struct case_failure *failure)
{
    const struct first_failure *first = context;
    char reason[192];

    if (first->fault->reason[0])
        return;
    snprintf(reason, sizeof reason, "expected %s, got %s", failure->expected, failure->got);
    fault_set(first->fault, first->file, failure->row, 0, "case", NULL, reason,
              "mend the rules or the case; `filterctl test` shows all");
}

static void
run_cases(const struct common *common, const struct ruleset *ruleset, const struct city_files *files,
          size_t max_text_bytes, struct check_report *report)
{
    char file[sizeof files->folder + 16];
    struct scanner *scanner = NULL;
    struct cases_result result = {0};
    struct first_failure first = {file, &report->fault};

    snprintf(file, sizeof file, "%s/cases.csv", files->folder);
    report->status = scanner_create(common, max_text_bytes, &scanner);
    if (report->status == STATUS_OK)
        report->status = cases_run(scanner, ruleset, buffer_slice(&files->cases), file, keep_first_failure, &first,
                                   &result, &report->fault);
    report->passed = result.passed;
    report->failed = result.failed;
    if (report->status == STATUS_OK && result.failed > 0)
        report->status = STATUS_INVALID;
}

static void
check_city(struct load *load, const struct city_files *files, enum check_depth depth, size_t max_text_bytes,
           struct check_report *report)
{
    const struct ruleset *ruleset;

    report->status = load_files(load, files, &ruleset, &report->fault);
    if (report->status == STATUS_OK && depth == CHECK_CASES && files->cases.bytes > 0)
        run_cases(load_cities(load)->common, ruleset, files, max_text_bytes, report);
}

static void
give_report(int fd, struct check_report *report)
{
    if (report->status != STATUS_OK && report->fault.reason[0] == '\0')
        fault_set(&report->fault, "", 0, 0, NULL, NULL, status_word(report->status), NULL);
    if (write(fd, report, sizeof *report) != sizeof *report)
        _exit(1);
    _exit(0);
}

/* --- in the parent ------------------------------------------------------------------------------------------------ */

struct child {
    int pid;
    int fd;
    struct fault *note; /* shared: what it was about to compile */
    struct check_report *report;
};

/* What the child noted last is what it died of. */
static void
say_died(const struct child *child, const char *file, int wait_status, struct check_report *report)
{
    const int signal_number = WIFSIGNALED(wait_status) ? WTERMSIG(wait_status) : 0;
    const bool over_cpu = signal_number == SIGXCPU || signal_number == SIGKILL;
    const struct fault *note = child->note;

    report->status = STATUS_BUDGET;
    fault_set(&report->fault, note->file[0] ? note->file : file, note->line, 0, note->item, NULL,
              over_cpu ? "compiling took too long" : "compiling needed too much memory or failed",
              "look for very many or very complicated patterns");
}

/* Forks; in the child returns 0 with *child_out.fd being where to report. */
static int
fork_child(struct child *child_out, unsigned cpu_s)
{
    struct fault *note = mmap(NULL, sizeof *note, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int ends[2];

    if (note == MAP_FAILED)
        return -1;
    if (pipe2(ends, O_CLOEXEC) != 0) {
        munmap(note, sizeof *note);
        return -1;
    }
    const int parent_pid = getpid();
    const int pid = fork();
    if (pid == 0) {
        if (child_begin(parent_pid, &ends[1], cpu_s) != STATUS_OK)
            _exit(1);
        build_note_in(note);
        child_out->fd = ends[1];
        return 0;
    }
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        munmap(note, sizeof *note);
    }
    *child_out = (struct child){.pid = pid, .fd = ends[0], .note = note, .report = child_out->report};
    return pid;
}

static void
collect(struct child *child, const char *file)
{
    struct check_report report = {0};
    int wait_status = 0;

    ssize_t got;
    do
        got = read(child->fd, &report, sizeof report);
    while (got < 0 && errno == EINTR);
    close(child->fd);
    while (waitpid(child->pid, &wait_status, 0) < 0 && errno == EINTR)
        ;
    if (got == sizeof report)
        *child->report = report;
    else
        say_died(child, file, wait_status, child->report);
    munmap(child->note, sizeof *child->note);
    child->pid = 0;
}

static void
no_child(struct check_report *report)
{
    report->status = STATUS_IO;
    fault_set(&report->fault, "", 0, 0, NULL, NULL, "no process to compile in", "see the limits of the service");
}

/* The copy is made by who has just read the files: what is loaded afterwards is what was checked. */
static void
keep_copy(const struct common_check *check, struct load *load, struct check_report *report)
{
    const struct common *common = load_cities(load)->common;

    if (check->history_dir && history_keep_common(check->history_dir, check->places->common, common) == STATUS_OK)
        hash_hex(&common->hash, report->common);
}

enum status
check_common(const struct common_check *check, char kept_out[HASH_HEX_BYTES], struct fault *fault)
{
    struct check_report report = {0};
    struct child child = {.report = &report};
    const int pid = fork_child(&child, check->cpu_s > 0 ? check->cpu_s : CHECK_CPU_S);

    if (pid == 0) {
        struct load *load = NULL;
        report.status = load_create(check->places, check->store_dir, &load, &report.fault);
        if (report.status == STATUS_OK)
            keep_copy(check, load, &report);
        give_report(child.fd, &report);
    }
    if (pid < 0)
        no_child(&report);
    else
        collect(&child, check->places->common);
    if (report.status != STATUS_OK && fault)
        *fault = report.fault;
    if (kept_out)
        memcpy(kept_out, report.common, HASH_HEX_BYTES);
    return report.status;
}

static const char *
city_of(const struct child *child)
{
    const struct check_job *job =
        (const struct check_job *)((const char *)child->report - offsetof(struct check_job, report));

    return job->files->id;
}

static void
wait_for_any(struct child *children, unsigned at_once)
{
    struct pollfd polls[MAX_AT_ONCE];

    for (unsigned i = 0; i < at_once; i++)
        polls[i] = (struct pollfd){.fd = children[i].pid > 0 ? children[i].fd : -1, .events = POLLIN};
    if (poll(polls, at_once, -1) <= 0)
        return;
    for (unsigned i = 0; i < at_once; i++)
        if (polls[i].revents != 0)
            collect(&children[i], city_of(&children[i]));
}

static struct child *
free_place(struct child *children, unsigned at_once)
{
    for (;;) {
        for (unsigned i = 0; i < at_once; i++)
            if (children[i].pid == 0)
                return &children[i];
        wait_for_any(children, at_once);
    }
}

void
check_cities(struct load *load, struct check_job *jobs, size_t count, enum check_depth depth, size_t max_text_bytes,
             unsigned at_once)
{
    struct child children[MAX_AT_ONCE] = {0};

    ASSERT(at_once > 0);
    if (at_once > MAX_AT_ONCE)
        at_once = MAX_AT_ONCE;
    for (size_t i = 0; i < count; i++) {
        struct child *child = free_place(children, at_once);
        jobs[i].report = (struct check_report){0};
        child->report = &jobs[i].report;
        const int pid = fork_child(child, CHECK_CPU_S);
        if (pid == 0) {
            struct check_report report = {0};
            check_city(load, jobs[i].files, depth, max_text_bytes, &report);
            give_report(child->fd, &report);
        } else if (pid < 0) {
            no_child(&jobs[i].report);
            child->pid = 0;
        }
    }
    for (unsigned i = 0; i < at_once; i++)
        if (children[i].pid > 0)
            collect(&children[i], city_of(&children[i]));
}
