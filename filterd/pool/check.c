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

    if (sandbox_begin(parent_pid) != STATUS_OK || sandbox_keep_descriptors(fd, 1) != STATUS_OK ||
        setrlimit(RLIMIT_CPU, &cpu) != 0)
        return STATUS_IO;
    return sandbox_bound_space(CHECK_MEMORY_BYTES);
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

/* A case is no longer than its file as UTF-8: a larger scanner would not fit into the memory of a check. */
#define UTF8_MAX_GROWTH 3

static size_t
longest_case(const struct city_files *files, size_t max_text_bytes)
{
    return files->cases.bytes < max_text_bytes / UTF8_MAX_GROWTH ? files->cases.bytes * UTF8_MAX_GROWTH
                                                                 : max_text_bytes;
}

static void
run_cases(const struct ruleset *ruleset, const struct city_files *files, size_t max_text_bytes,
          struct check_report *report)
{
    char file[sizeof files->folder + 16];
    struct scanner *scanner = NULL;
    struct cases_result result = {0};
    struct first_failure first = {file, &report->fault};

    snprintf(file, sizeof file, "%s/cases.csv", files->folder);
    report->status = scanner_create(ruleset->common, longest_case(files, max_text_bytes), &scanner);
    if (report->status == STATUS_OK)
        report->status = cases_run(scanner, ruleset, buffer_slice(&files->cases), file, keep_first_failure, &first,
                                   &result, &report->fault);
    scanner_destroy(&scanner);
    report->passed = result.passed;
    report->failed = result.failed;
    if (report->status == STATUS_OK && result.failed > 0)
        report->status = STATUS_INVALID;
}

static void
give_report(int fd, struct check_report *report)
{
    if (report->status != STATUS_OK && report->fault.reason[0] == '\0')
        fault_set(&report->fault, "", 0, 0, NULL, NULL, status_word(report->status), NULL);
    if (write(fd, report, sizeof *report) != sizeof *report)
        _exit(1);
}

struct city_check {
    const struct load *load;
    enum check_depth depth;
    size_t max_text_bytes;
};

static void
check_city(const struct city_check *check, const struct city_files *files, int fd)
{
    struct check_report report = {0};
    struct ruleset *ruleset = NULL;

    report.status = load_trial(check->load, files, &ruleset, &report.fault);
    if (report.status == STATUS_OK && check->depth == CHECK_CASES && files->cases.bytes > 0)
        run_cases(ruleset, files, check->max_text_bytes, &report);
    ruleset_destroy(&ruleset);
    give_report(fd, &report);
}

/* --- in the parent ------------------------------------------------------------------------------------------------ */

struct child {
    int pid; /* 0 = none */
    int fd;
    struct fault *note; /* shared: what it was about to compile */
};

/* Forks; in the child returns 0, with *child_out.fd being where to report. */
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
        *child_out = (struct child){.fd = ends[1], .note = note};
        return 0;
    }
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        munmap(note, sizeof *note);
    }
    *child_out = (struct child){.pid = pid < 0 ? 0 : pid, .fd = ends[0], .note = note};
    return pid;
}

/* False: it ended before it could tell. */
static bool
hear(const struct child *child, struct check_report *report_out)
{
    struct check_report report;
    ssize_t got;

    do
        got = read(child->fd, &report, sizeof report);
    while (got < 0 && errno == EINTR);
    if (got != sizeof report)
        return false;
    *report_out = report;
    return true;
}

/* It has told all, or is dead. */
static int
end_child(struct child *child)
{
    int wait_status = 0;

    close(child->fd);
    while (waitpid(child->pid, &wait_status, 0) < 0 && errno == EINTR)
        ;
    munmap(child->note, sizeof *child->note);
    child->pid = 0;
    return wait_status;
}

/* What the child noted last is what it died of. */
static void
say_died(struct child *child, const char *file, struct check_report *report)
{
    const struct fault note = *child->note;
    const int wait_status = end_child(child);
    const int signal_number = WIFSIGNALED(wait_status) ? WTERMSIG(wait_status) : 0;
    const bool over_cpu = signal_number == SIGXCPU || signal_number == SIGKILL;

    report->status = STATUS_BUDGET;
    fault_set(&report->fault, note.file[0] ? note.file : file, note.line, 0, note.item, NULL,
              over_cpu ? "compiling took too long" : "compiling needed too much memory or failed",
              "look for very many or very complicated patterns");
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
    struct child child = {0};
    const int pid = fork_child(&child, check->cpu_s > 0 ? check->cpu_s : CHECK_COMMON_CPU_S);

    if (pid == 0) {
        struct load *load = NULL;
        report.status = load_create(check->places, check->store_dir, &load, &report.fault);
        if (report.status == STATUS_OK)
            keep_copy(check, load, &report);
        give_report(child.fd, &report);
        _exit(0);
    }
    if (pid < 0)
        no_child(&report);
    else if (!hear(&child, &report))
        say_died(&child, check->places->common, &report);
    else
        end_child(&child);
    if (report.status != STATUS_OK && fault)
        *fault = report.fault;
    if (kept_out)
        memcpy(kept_out, report.common, HASH_HEX_BYTES);
    return report.status;
}

/* --- many cities -------------------------------------------------------------------------------------------------- */

/* Some cities that one child after another checks. */
struct batch {
    struct child child;
    struct check_job *next;  /* whose report comes next */
    struct check_job *given; /* end of what the child was given */
    struct check_job *end;
    bool is_alone; /* from here on each city has a child of its own: one has died */
};

static void
check_given(const struct city_check *check, const struct batch *batch)
{
    for (const struct check_job *job = batch->next; job < batch->given; job++) {
        *batch->child.note = (struct fault){0};
        check_city(check, job->files, batch->child.fd);
    }
    _exit(0);
}

/* Gives what is left of a batch to a child. */
static void
go_on(const struct city_check *check, struct batch *batch)
{
    while (batch->child.pid == 0 && batch->next < batch->end) {
        batch->given = batch->is_alone ? batch->next + 1 : batch->end;
        const int pid = fork_child(&batch->child, CHECK_CPU_S);
        if (pid == 0)
            check_given(check, batch);
        if (pid < 0)
            no_child(&batch->next++->report);
    }
}

/* What died of one city among many may have died of what the others had used up: that city too has one more child, for
 * itself alone. */
static void
take_report(struct batch *batch)
{
    if (hear(&batch->child, &batch->next->report)) {
        batch->next++;
        if (batch->next == batch->given)
            end_child(&batch->child);
    } else if (batch->is_alone) {
        say_died(&batch->child, batch->next->files->id, &batch->next->report);
        batch->next++;
    } else {
        end_child(&batch->child);
        batch->is_alone = true;
    }
}

/* False: nobody is at work any more. */
static bool
wait_for_reports(const struct city_check *check, struct batch *batches, unsigned at_once)
{
    struct pollfd polls[MAX_AT_ONCE];
    bool works = false;

    for (unsigned i = 0; i < at_once; i++) {
        polls[i] = (struct pollfd){.fd = batches[i].child.pid > 0 ? batches[i].child.fd : -1, .events = POLLIN};
        works |= batches[i].child.pid > 0;
    }
    if (!works || poll(polls, at_once, -1) <= 0)
        return works;
    for (unsigned i = 0; i < at_once; i++)
        if (polls[i].revents != 0) {
            take_report(&batches[i]);
            go_on(check, &batches[i]);
        }
    return true;
}

void
check_cities(const struct load *load, struct check_job *jobs, size_t count, enum check_depth depth,
             size_t max_text_bytes, unsigned at_once)
{
    const struct city_check check = {load, depth, max_text_bytes};
    struct batch batches[MAX_AT_ONCE] = {0};
    struct check_job *rest = jobs, *end = jobs + count;

    ASSERT(at_once > 0);
    if (at_once > MAX_AT_ONCE)
        at_once = MAX_AT_ONCE;
    const size_t share = (count + at_once - 1) / at_once;
    const ptrdiff_t size = (ptrdiff_t)(share < CHECK_BATCH ? share : CHECK_BATCH);
    for (size_t i = 0; i < count; i++)
        jobs[i].report = (struct check_report){0};
    do {
        for (unsigned i = 0; i < at_once; i++) {
            if (batches[i].next < batches[i].end || rest == end)
                continue;
            batches[i] = (struct batch){.next = rest, .end = end - rest < size ? end : rest + size};
            rest = batches[i].end;
            batches[i].is_alone = rest - batches[i].next == 1;
            go_on(&check, &batches[i]);
        }
    } while (wait_for_reports(&check, batches, at_once) || rest < end);
}
