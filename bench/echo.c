/* bench/echo.c - the floor of any service over ZeroMQ: a ROUTER that sends every message back as it came.
 *
 *     echo ENDPOINT        until SIGTERM
 */
#include <zmq.h>

#include "bench.h"

int
main(int argc, char **argv)
{
    if (argc != 2)
        bench_fail("usage: echo ENDPOINT");
    void *context = zmq_ctx_new();
    void *router = zmq_socket(context, ZMQ_ROUTER);
    int unlimited = 0;
    zmq_setsockopt(router, ZMQ_SNDHWM, &unlimited, sizeof unlimited);
    zmq_setsockopt(router, ZMQ_RCVHWM, &unlimited, sizeof unlimited);
    if (zmq_bind(router, argv[1]) != 0)
        bench_fail("%s: %s", argv[1], zmq_strerror(zmq_errno()));
    for (;;) {
        zmq_msg_t frame;
        zmq_msg_init(&frame);
        if (zmq_msg_recv(&frame, router, 0) < 0)
            bench_fail("receive: %s", zmq_strerror(zmq_errno()));
        if (zmq_msg_send(&frame, router, zmq_msg_more(&frame) ? ZMQ_SNDMORE : 0) < 0)
            bench_fail("send: %s", zmq_strerror(zmq_errno()));
    }
}
