/* F18, F20: a whole service, of whose processes one call fails, for one k after another: front, generation, workers and
 * the supervisor itself. It says why it cannot start, or in the end it answers right, by both ways in, takes over a new
 * term and ends when told to. What must be blocked is never allowed meanwhile, and the next service finds its files
 * sound.
 *
 * Libraries that end the process when they have no memory are left alone (make faults kills processes): only calls of
 * the program itself fail. FILTERD_FAULTS=long tries each call of each kind (LONG_DENSE), =each some of each kind,
 * several side by side: a service waits, for the most part. Without it those are a few allocations. */
#include "failing.h"

#include <arpa/inet.h>
#include <limits.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/un.h>

#include "filter.pb-c.h"

#include "base/log.h"
#include "pool/budget.h"
#include "rules/sample.h"
#include "serve/curve.h"
#include "serve/supervisor.h"

#define LANES 4 /* of the long form: services at the same time */
#define RESEND_MS 200
#define LONG_DENSE 1000 /* each of so many calls of a kind, then fewer and fewer */
#define RELOAD_MS 500
#define INSULT "お前はうばたまだ。連絡先は０９０ー1234-5678、千葉県柏市柏5-10-1の山田太郎です"

static char dir[48];
static struct curve_key server_key, client_key;
static unsigned port;

/* --- its files ---------------------------------------------------------------------------------------------------- */

__attribute__((format(printf, 2, 3))) static void
write_text(const char *name, const char *format, ...)
{
    char path[192];
    va_list arguments;

    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    va_start(arguments, format);
    vfprintf(file, format, arguments);
    va_end(arguments);
    assert_int_equal(fclose(file), 0);
}

static void
write_terms(const char *word)
{
    write_text("cities/sample/terms.csv.new", "語句,分類,一致,強さ\nうばたま,DEFAMATION,anywhere,HIGH\n%s%s", word,
               word[0] ? ",DEFAMATION,anywhere,HIGH\n" : "");
    char from[128], to[128];
    snprintf(from, sizeof from, "%s/cities/sample/terms.csv.new", dir);
    snprintf(to, sizeof to, "%s/cities/sample/terms.csv", dir);
    assert_int_equal(REAL(rename)(from, to), 0);
}

/* The address of our lane. */
static const char *
host(void)
{
    static char address[16];

    snprintf(address, sizeof address, "127.0.0.%u", 1 + failing_lane);
    return address;
}

/* A port that nobody has there. */
static unsigned
free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = inet_addr(host())};
    socklen_t bytes = sizeof address;
    const int fd = REAL(socket)(AF_INET, SOCK_STREAM, 0);

    assert_int_equal(REAL(bind)(fd, (const struct sockaddr *)&address, bytes), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &bytes), 0);
    close(fd);
    return ntohs(address.sin_port);
}

static enum status
read_conf(const void *context, struct conf *conf_out, struct buffer *clients, struct fault *fault)
{
    char text[2048];

    (void)context;
    snprintf(text, sizeof text,
             "dictionaries: %s\nstate_dir: %s/state\ncontrol: %s/control\nworkers: 1\ndrain_timeout_ms: 1000\n"
             "listen: [\"ipc://%s/local\"]\nlisten_curve: [\"tcp://%s:%u\"]\ncurve_key: %s/key\n"
             "clients:\n  - {name: gateway, public_key: \"%s\", policies: [sample]}\n",
             dir, dir, dir, dir, host(), port, dir, client_key.public_key);
    return conf_parse(slice_of(text), "filterd.yaml", conf_out, clients, fault);
}

/* --- a client ----------------------------------------------------------------------------------------------------- */

static void
client_open(void *context, const struct curve_key *key, void **client_out)
{
    const int soon_ms = 10, linger_ms = 0;
    char endpoint[128];

    void *client = zmq_socket(context, ZMQ_DEALER);

    zmq_setsockopt(client, ZMQ_RECONNECT_IVL, &soon_ms, sizeof soon_ms);
    zmq_setsockopt(client, ZMQ_LINGER, &linger_ms, sizeof linger_ms);
    if (key) {
        zmq_setsockopt(client, ZMQ_CURVE_SERVERKEY, server_key.public_key, CURVE_KEY_BYTES);
        zmq_setsockopt(client, ZMQ_CURVE_PUBLICKEY, key->public_key, CURVE_KEY_BYTES);
        zmq_setsockopt(client, ZMQ_CURVE_SECRETKEY, key->secret_key, CURVE_KEY_BYTES);
        snprintf(endpoint, sizeof endpoint, "tcp://%s:%u", host(), port);
    } else {
        snprintf(endpoint, sizeof endpoint, "ipc://%s/local", dir);
    }
    assert_int_equal(zmq_connect(client, endpoint), 0);
    *client_out = client;
}

static void
client_send(void *client, const char *text)
{
    Filterd__V1__Message message = FILTERD__V1__MESSAGE__INIT;
    Filterd__V1__CheckRequest request = FILTERD__V1__CHECK_REQUEST__INIT;
    Filterd__V1__Message *messages[] = {&message};
    uint8_t packed[512];

    message.text = (ProtobufCBinaryData){strlen(text), (uint8_t *)(uintptr_t)text};
    request.policy_id = (ProtobufCBinaryData){6, (uint8_t *)"sample"};
    request.messages = messages;
    request.n_messages = 1;
    (void)zmq_send(client, packed, filterd__v1__check_request__pack(&request, packed), ZMQ_DONTWAIT);
}

enum answer { ANSWER_NONE, ANSWER_ERROR, ANSWER_ALLOW, ANSWER_BLOCK };

/* Of the next reply that comes soon. */
static enum answer
client_receive(void *client)
{
    zmq_pollitem_t item = {.socket = client, .events = ZMQ_POLLIN};
    zmq_msg_t message;
    enum answer answer = ANSWER_ERROR;

    if (zmq_poll(&item, 1, RESEND_MS) <= 0)
        return ANSWER_NONE;
    zmq_msg_init(&message);
    do
        assert_true(zmq_msg_recv(&message, client, 0) >= 0);
    while (zmq_msg_more(&message));
    Filterd__V1__CheckReply *reply =
        filterd__v1__check_reply__unpack(NULL, zmq_msg_size(&message), zmq_msg_data(&message));
    assert_non_null(reply);
    if (reply->status == FILTERD__V1__STATUS__STATUS_OK && reply->n_results == 1 &&
        reply->results[0]->verdict != FILTERD__V1__VERDICT__VERDICT_UNSPECIFIED)
        answer = reply->results[0]->verdict == FILTERD__V1__VERDICT__VERDICT_BLOCK ? ANSWER_BLOCK : ANSWER_ALLOW;
    filterd__v1__check_reply__free_unpacked(reply, NULL);
    zmq_msg_close(&message);
    return answer;
}

/* --- a service ---------------------------------------------------------------------------------------------------- */

static int service_pid, service_code; /* the code once the pid is 0 */

/* Ends only once all its processes have. */
static bool
is_running(void)
{
    int wait_status;

    if (service_pid != 0 && REAL(waitpid)(service_pid, &wait_status, WNOHANG) == service_pid) {
        service_code = WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : -WTERMSIG(wait_status);
        service_pid = 0;
    }
    return service_pid != 0;
}

static void
wait_for_end(void)
{
    while (is_running())
        zmq_poll(NULL, 0, 1);
    while (REAL(waitpid)(-1, NULL, 0) > 0)
        ;
}

static void
start(void)
{
    struct fault fault = {0};

    port = free_port();
    REAL(prctl)(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    service_pid = REAL(fork)();
    if (service_pid == 0) {
        REAL(prctl)(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);
        log_init("filterd", LOG_LEVEL_INFO);
        const int code = supervisor_run(&(struct supervisor_options){read_conf, NULL}, &fault);
        _exit(code != 0 && fault.reason[0] == '\0' ? EXIT_FAILURE : code);
    }
    failing = CALL_COUNT; /* here, nothing does */
}

/* Until it is blocked, or the service has ended. What is new is not blocked before a reload. */
static enum outcome
ask(void *client, const char *text, bool is_new)
{
    uint64_t reloaded_ns = 0;

    while (is_running()) {
        const uint64_t now_ns = budget_now_ns();
        if (is_new && now_ns - reloaded_ns > RELOAD_MS * UINT64_C(1000000)) {
            kill(service_pid, SIGHUP);
            reloaded_ns = now_ns;
        }
        client_send(client, text);
        const enum answer answer = client_receive(client);
        if (answer == ANSWER_BLOCK)
            return OUTCOME_RIGHT;
        if (answer == ANSWER_ALLOW && !is_new)
            return OUTCOME_WRONG;
        if (answer != ANSWER_NONE)
            zmq_poll(NULL, 0, 5);
    }
    return OUTCOME_ERROR;
}

/* Until the desk gives an answer, or the service has ended. */
static enum outcome
ask_desk(const char *question)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char answer[2] = "";

    snprintf(address.sun_path, sizeof address.sun_path, "%s/control", dir);
    while (is_running() && answer[0] != '{') {
        const int fd = REAL(socket)(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (connect(fd, (const struct sockaddr *)&address, sizeof address) == 0 &&
            send(fd, question, strlen(question), MSG_NOSIGNAL) > 0)
            (void)!recv(fd, answer, 1, 0);
        close(fd);
    }
    return answer[0] == '{' ? OUTCOME_RIGHT : OUTCOME_ERROR;
}

static enum outcome
ask_all(void *local, void *remote)
{
    char word[64], text[128];

    snprintf(word, sizeof word, "うたかた%d号", getpid());
    snprintf(text, sizeof text, "お前は%sだ", word);
    enum outcome outcome = ask(local, INSULT, false);
    if (outcome == OUTCOME_RIGHT)
        outcome = ask(remote, INSULT, false);
    if (outcome == OUTCOME_RIGHT)
        outcome = ask_desk("{\"command\":\"status\"}\n");
    write_terms(word);
    if (outcome == OUTCOME_RIGHT)
        outcome = ask(local, text, true);
    if (outcome == OUTCOME_RIGHT)
        outcome = ask(remote, INSULT, false);
    return outcome;
}

/* What an ASSERT ended is lost. */
static enum outcome
serve(void)
{
    void *local, *remote;

    start();
    void *context = zmq_ctx_new();
    client_open(context, NULL, &local);
    client_open(context, &client_key, &remote);
    enum outcome outcome = ask_all(local, remote);
    const bool has_ended = outcome == OUTCOME_ERROR;
    if (!has_ended)
        kill(service_pid, SIGTERM);
    zmq_close(local);
    zmq_close(remote);
    zmq_ctx_term(context);
    wait_for_end();
    if (service_code == EXIT_FAILURE || (service_code == 0) == has_ended)
        return outcome == OUTCOME_WRONG ? outcome : service_code == -SIGABRT ? OUTCOME_LOST : OUTCOME_SILENT;
    return service_code == -SIGABRT ? OUTCOME_LOST : outcome;
}

static void
what_fails_in_a_service_is_told_or_made_good(void **state)
{
    (void)state;
    for (enum call call = CALL_malloc; call < (getenv("FILTERD_FAULTS") ? CALL_COUNT : CALL_malloc + 1); call++) {
        const struct tally tally = fail_each(serve, call, is_long() ? LONG_DENSE : 2);
        assert_int_equal(tally.lost, 0);
        print_message("# %s, lane %u: %u right in the end, %u ended with a reason\n", call_names[call], failing_lane,
                      tally.right, tally.error);
    }
}

/* Most allocations of a service are the generation's: those of the front come one by one. */
static void
a_front_that_lacks_memory_is_replaced(void **state)
{
    (void)state;
    failing_is_of_front = true;
    const struct tally tally = fail_each(serve, CALL_malloc, is_long() ? LONG_DENSE : 1);
    failing_is_of_front = false;
    assert_int_equal(tally.error + tally.lost, 0);
    print_message("# malloc: %u right in the end\n", tally.right);
}

static int
set_up(void **state)
{
    char path[192], target[PATH_MAX];

    (void)state;
    failing_begin();
    failing_is_ours = true;
    snprintf(dir, sizeof dir, "%s/filterd-failing-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
    assert_non_null(mkdtemp(dir));
    assert_non_null(realpath(SAMPLE_COMMON, target));
    snprintf(path, sizeof path, "%s/common", dir);
    assert_int_equal(symlink(target, path), 0);
    snprintf(path, sizeof path, "%s/cities", dir);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/cities/sample", dir);
    assert_int_equal(mkdir(path, 0700), 0);
    write_text("cities/sample/policy.yaml", "%s", SAMPLE_POLICY);
    write_terms("");
    assert_int_equal(curve_generate(&server_key), STATUS_OK);
    assert_int_equal(curve_generate(&client_key), STATUS_OK);
    umask(077);
    write_text("key", "secret %s\n", server_key.secret_key);
    return 0;
}

static int
tear_down(void **state)
{
    char command[128];

    (void)state;
    snprintf(command, sizeof command, "rm -r '%s'", dir);
    return system(command);
}

/* Makes a process for each lane but the first, which is ours. */
static void
split(void)
{
    for (failing_lanes = LANES, failing_lane = LANES; --failing_lane > 0;)
        if (REAL(fork)() == 0)
            return;
}

/* How many of the other lanes failed. */
static int
join(void)
{
    int wait_status, failed = 0;

    while (failing_lane == 0 && REAL(waitpid)(-1, &wait_status, 0) > 0)
        failed += wait_status != 0;
    return failed;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"what fails in a service is told or made good", what_fails_in_a_service_is_told_or_made_good, NULL, NULL,
         NULL},
        {"a front that lacks memory is replaced", a_front_that_lacks_memory_is_replaced, NULL, NULL, NULL},
    };

    if (getenv("FILTERD_FAULTS"))
        split();
    const int failed = cmocka_run_group_tests_name("failing calls of a service", tests, set_up, tear_down);
    return failed + join();
}
