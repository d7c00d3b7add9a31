/* engine/regex.c - the only file that knows PCRE2. */
#include "engine/regex.h"

#include <stdio.h>
#include <stdlib.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/assert.h"
#include "text/utf8.h"

#define PATTERN_MAX_BYTES 4096
#define MATCH_LIMIT 20000
#define DEPTH_LIMIT 2000
#define HEAP_LIMIT_KIB 4096

/* The text was checked at the door; builds that look for faults check again. */
#if defined(__SANITIZE_ADDRESS__) || defined(FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION)
#define MATCH_OPTIONS 0u
#else
#define MATCH_OPTIONS PCRE2_NO_UTF_CHECK
#endif
#define COMPILE_OPTIONS (PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C)

struct regex {
    pcre2_code *search;
    pcre2_code *anchored; /* apart, because the JIT does not know PCRE2_ANCHORED at match time */
    bool caseless;        /* (?i) somewhere: a known byte may stand in either case */
};

struct regex_scratch {
    pcre2_match_data *data;
    pcre2_match_context *context;
};

/* --- what is refused by its writing ------------------------------------------------------------------------------ */

struct objection {
    const char *reason; /* NULL = none */
    size_t at;          /* byte of the pattern */
};

/* What follows "(?". Comments and (?x) are refused too: a bracket in them would lead this reader astray. */
static const char *
group_objection(const char *after, bool *caseless)
{
    if (*after == 'R' || *after == '&' || (*after >= '0' && *after <= '9'))
        return "recursion is not allowed";
    if ((*after == '+' || *after == '-') && after[1] >= '0' && after[1] <= '9')
        return "recursion is not allowed";
    if (*after == 'P' && after[1] == '>')
        return "recursion is not allowed";
    if (*after == 'P' && after[1] == '=')
        return "back-references are not allowed";
    if (*after == 'C')
        return "callouts are not allowed";
    if (*after == '(')
        return "conditions are not allowed";
    if (*after == '#')
        return "comments are not allowed";
    for (; (*after >= 'a' && *after <= 'z') || (*after >= 'A' && *after <= 'Z') || *after == '-' || *after == '^';
         after++) {
        if (*after == 'x')
            return "the option x is not allowed";
        if (*after == 'i')
            *caseless = true;
        if (*after == 'P' || *after == '<')
            break;
    }
    return NULL;
}

static const char *
escape_objection(char escaped, bool in_class)
{
    if (escaped == 'Q' || escaped == 'E')
        return "\\Q and \\E are not allowed, escape each character";
    if (in_class)
        return NULL;
    if (escaped == 'g' || escaped == 'k')
        return "back-references and recursion are not allowed";
    if (escaped == 'K')
        return "\\K is not allowed";
    return NULL;
}

static size_t
class_first_item(const char *pattern, size_t at)
{
    if (pattern[at] == '^')
        at++;
    return pattern[at] == ']' ? at + 1 : at; /* a bracket at the front is a member */
}

static struct objection
find_objection(const char *pattern, bool *caseless)
{
    bool in_class = false;

    for (size_t at = 0; pattern[at];) {
        const char *reason = NULL;
        size_t step = 1;
        if (pattern[at] == '\\' && pattern[at + 1]) {
            reason = escape_objection(pattern[at + 1], in_class);
            step = 2;
        } else if (in_class) {
            in_class = pattern[at] != ']';
        } else if (pattern[at] == '[') {
            in_class = true;
            step = class_first_item(pattern, at + 1) - at;
        } else if (pattern[at] == '(' && pattern[at + 1] == '*') {
            reason = "(*VERB) is not allowed";
        } else if (pattern[at] == '(' && pattern[at + 1] == '?') {
            reason = group_objection(pattern + at + 2, caseless);
        }
        if (reason)
            return (struct objection){reason, at};
        at += step;
    }
    return (struct objection){NULL, 0};
}

/* --- compiling -------------------------------------------------------------------------------------------------- */

static enum status
refuse(const char *pattern, size_t byte, const char *words, unsigned *column_out, char reason[256])
{
    unsigned column = 1;
    for (size_t i = 0; i < byte && pattern[i]; i++)
        column += !utf8_is_inside((uint8_t)pattern[i]);
    *column_out = column;
    snprintf(reason, 256, "%s", words);
    return STATUS_INVALID;
}

static enum status
compile_code(const char *pattern, uint32_t options, pcre2_code **code_out, unsigned *column_out, char reason[256])
{
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    if (!context)
        return STATUS_NO_MEMORY;
    /* Named, not left to the library's build: Hyperscan knows no other line end. */
    ASSERT(pcre2_set_newline(context, PCRE2_NEWLINE_LF) == 0);

    int error = 0;
    size_t offset = 0;
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, options, &error, &offset, context);
    pcre2_compile_context_free(context);
    if (code) {
        pcre2_jit_compile(code, PCRE2_JIT_COMPLETE); /* where the system forbids it, the interpreter serves */
        *code_out = code;
        return STATUS_OK;
    }
    if (error == PCRE2_ERROR_HEAP_FAILED)
        return STATUS_NO_MEMORY;
    char words[256] = "does not compile";
    pcre2_get_error_message(error, (PCRE2_UCHAR *)words, sizeof words);
    return refuse(pattern, offset, words, column_out, reason);
}

static uint32_t
info_number(const pcre2_code *code, uint32_t what)
{
    uint32_t value = 0;
    ASSERT(pcre2_pattern_info(code, what, &value) == 0);
    return value;
}

static enum status
check_code(const pcre2_code *code, const char *pattern, unsigned *column_out, char reason[256])
{
    if (info_number(code, PCRE2_INFO_BACKREFMAX) > 0)
        return refuse(pattern, 0, "back-references are not allowed", column_out, reason);
    if (info_number(code, PCRE2_INFO_CAPTURECOUNT) > REGEX_MAX_GROUPS)
        return refuse(pattern, 0, "more than 8 capturing groups", column_out, reason);
    return STATUS_OK;
}

enum status
regex_compile(const char *pattern, struct regex **regex_out, unsigned *column_out, char reason[256])
{
    bool caseless = false;

    if (strlen(pattern) > PATTERN_MAX_BYTES)
        return refuse(pattern, 0, "the pattern is longer than 4,096 bytes", column_out, reason);
    struct objection objection = find_objection(pattern, &caseless);
    if (objection.reason)
        return refuse(pattern, objection.at, objection.reason, column_out, reason);

    struct regex *regex = calloc(1, sizeof *regex);
    if (!regex)
        return STATUS_NO_MEMORY;
    regex->caseless = caseless;
    enum status status = compile_code(pattern, COMPILE_OPTIONS, &regex->search, column_out, reason);
    if (status == STATUS_OK)
        status = check_code(regex->search, pattern, column_out, reason);
    if (status == STATUS_OK)
        status = compile_code(pattern, COMPILE_OPTIONS | PCRE2_ANCHORED, &regex->anchored, column_out, reason);
    if (status == STATUS_OK)
        *regex_out = regex;
    else
        regex_destroy(&regex);
    return status;
}

void
regex_destroy(struct regex **regex)
{
    if (!*regex)
        return;
    pcre2_code_free((*regex)->search);
    pcre2_code_free((*regex)->anchored);
    free(*regex);
    *regex = NULL;
}

/* --- matching --------------------------------------------------------------------------------------------------- */

enum status
regex_scratch_create(struct regex_scratch **scratch_out)
{
    struct regex_scratch *scratch = calloc(1, sizeof *scratch);
    if (!scratch)
        return STATUS_NO_MEMORY;
    scratch->data = pcre2_match_data_create(REGEX_MAX_GROUPS + 1, NULL);
    scratch->context = pcre2_match_context_create(NULL);
    if (!scratch->data || !scratch->context) {
        regex_scratch_destroy(&scratch);
        return STATUS_NO_MEMORY;
    }
    ASSERT(pcre2_set_match_limit(scratch->context, MATCH_LIMIT) == 0);
    ASSERT(pcre2_set_depth_limit(scratch->context, DEPTH_LIMIT) == 0);
    ASSERT(pcre2_set_heap_limit(scratch->context, HEAP_LIMIT_KIB) == 0);
    *scratch_out = scratch;
    return STATUS_OK;
}

void
regex_scratch_destroy(struct regex_scratch **scratch)
{
    if (!*scratch)
        return;
    pcre2_match_data_free((*scratch)->data);
    pcre2_match_context_free((*scratch)->context);
    free(*scratch);
    *scratch = NULL;
}

static enum status
status_of(int answer)
{
    switch (answer) {
    case PCRE2_ERROR_NOMATCH:
        return STATUS_NOT_FOUND;
    case PCRE2_ERROR_MATCHLIMIT:
    case PCRE2_ERROR_DEPTHLIMIT:
    case PCRE2_ERROR_HEAPLIMIT:
    case PCRE2_ERROR_JIT_STACKLIMIT:
        return STATUS_BUDGET;
    case PCRE2_ERROR_NOMEMORY:
        return STATUS_NO_MEMORY;
    default:
        return answer > 0 ? STATUS_OK : STATUS_INTERNAL;
    }
}

static void
read_groups(pcre2_match_data *data, unsigned set_count, struct regex_match *match_out)
{
    const size_t *pairs = pcre2_get_ovector_pointer(data);

    memset(match_out, 0, sizeof *match_out);
    for (unsigned i = 0; i < set_count; i++)
        if (pairs[2 * i] != PCRE2_UNSET)
            match_out->groups[i] = (struct span){(uint32_t)pairs[2 * i], (uint32_t)pairs[2 * i + 1]};
}

enum status
regex_find(const struct regex *regex, struct regex_scratch *scratch, struct slice subject, uint32_t from, bool anchored,
           struct regex_match *match_out)
{
    const pcre2_code *code = anchored ? regex->anchored : regex->search;
    PCRE2_SPTR text = subject.data ? subject.data : (PCRE2_SPTR) "";

    if (subject.bytes > UINT32_MAX)
        return STATUS_TOO_LARGE;
    int answer = pcre2_match(code, text, subject.bytes, from, MATCH_OPTIONS, scratch->data, scratch->context);
    if (answer == PCRE2_ERROR_JIT_STACKLIMIT)
        answer =
            pcre2_match(code, text, subject.bytes, from, MATCH_OPTIONS | PCRE2_NO_JIT, scratch->data, scratch->context);
    /* Only in builds that check: text that is not UTF-8 came past the door. */
    ASSERT(!(answer <= PCRE2_ERROR_UTF8_ERR1 && answer >= PCRE2_ERROR_UTF8_ERR21));
    if (answer > 0)
        read_groups(scratch->data, (unsigned)answer, match_out);
    return status_of(answer);
}

/* --- for prefilters --------------------------------------------------------------------------------------------- */

static bool
is_letter(uint32_t byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

static void
set_bit(uint8_t bits[32], uint32_t byte)
{
    bits[byte / 8] |= (uint8_t)(1u << (byte % 8));
}

void
regex_requires(const struct regex *regex, uint8_t first_bytes[32], int *required_byte_out)
{
    const uint8_t *bitmap = NULL;

    ASSERT(pcre2_pattern_info(regex->search, PCRE2_INFO_FIRSTBITMAP, &bitmap) == 0);
    if (info_number(regex->search, PCRE2_INFO_FIRSTCODETYPE) == 1) {
        uint32_t byte = info_number(regex->search, PCRE2_INFO_FIRSTCODEUNIT);
        memset(first_bytes, 0, 32);
        set_bit(first_bytes, byte);
        if (regex->caseless && is_letter(byte))
            set_bit(first_bytes, byte ^ 0x20);
    } else if (bitmap) {
        memcpy(first_bytes, bitmap, 32);
    } else {
        memset(first_bytes, 0xFF, 32);
    }

    *required_byte_out = -1;
    if (info_number(regex->search, PCRE2_INFO_LASTCODETYPE) == 1) {
        uint32_t byte = info_number(regex->search, PCRE2_INFO_LASTCODEUNIT);
        if (!regex->caseless || !is_letter(byte))
            *required_byte_out = (int)byte;
    }
}

const char *
regex_version(void)
{
    static _Thread_local char version[64];
    if (pcre2_config(PCRE2_CONFIG_VERSION, NULL) > (int)sizeof version ||
        pcre2_config(PCRE2_CONFIG_VERSION, version) < 0)
        return "?";
    return version;
}

bool
regex_jit_is_on(void)
{
    struct regex *probe = NULL;
    unsigned column;
    char reason[256];
    size_t bytes = 0;

    if (regex_compile("a", &probe, &column, reason) != STATUS_OK)
        return false;
    int answer = pcre2_pattern_info(probe->search, PCRE2_INFO_JITSIZE, &bytes);
    regex_destroy(&probe);
    return answer == 0 && bytes > 0;
}
