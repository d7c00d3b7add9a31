#include "serve/doors.h"

#include <string.h>
#include <sys/epoll.h>

#include "base/secret.h"

static bool
watch(int epoll_fd, int fd, uint64_t name)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = name};

    return epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

/* Who judges keys must be there before who asks for them. */
static bool
open_curve(struct doors *doors, const struct conf *conf, int epoll_fd)
{
    struct router *router = &doors->routers[DOOR_CURVE];

    if (conf->listen_curve.count == 0)
        return true;
    doors->has_curve = zap_open(doors->context, &doors->zap) == STATUS_OK &&
                       watch(epoll_fd, doors->zap.fd, DOORS_ZAP_EVENT) &&
                       router_open(doors->context, conf, &conf->listen_curve, &doors->key, router) == STATUS_OK &&
                       watch(epoll_fd, router->fd, DOORS_EVENT(DOOR_CURVE));
    return doors->has_curve;
}

enum status
doors_open(struct doors *doors, const struct conf *conf, const struct curve_key *key, int epoll_fd,
           enum door *failed_out)
{
    struct router *local = &doors->routers[DOOR_LOCAL];

    doors->key = *key;
    doors->context = router_context();
    if (!doors->context || router_open(doors->context, conf, &conf->listen, NULL, local) != STATUS_OK ||
        !watch(epoll_fd, local->fd, DOORS_EVENT(DOOR_LOCAL)) || !open_curve(doors, conf, epoll_fd))
        return STATUS_IO;
    for (enum door door = DOOR_LOCAL; door <= (doors->has_curve ? DOOR_CURVE : DOOR_LOCAL); door++)
        if (router_bind(&doors->routers[door]) != STATUS_OK) {
            *failed_out = door;
            return STATUS_UNAVAILABLE;
        }
    return STATUS_OK;
}

void
doors_close(struct doors *doors)
{
    for (enum door door = 0; door < DOOR_COUNT; door++)
        router_close(&doors->routers[door]);
    zap_close(&doors->zap);
    router_end(doors->context);
    secret_wipe(&doors->key, sizeof doors->key);
    *doors = (struct doors){0};
}

/* libzmq frees the address of a listener some time after it was told to. */
enum status
doors_change_key(struct doors *doors, const struct curve_key *key)
{
    if (!doors->has_curve || strcmp(doors->key.secret_key, key->secret_key) == 0)
        return STATUS_OK;
    doors->key = *key;
    doors->must_bind = true;
    return router_change_key(&doors->routers[DOOR_CURVE], key);
}

void
doors_bind_again(struct doors *doors)
{
    if (doors->must_bind)
        doors->must_bind = router_bind(&doors->routers[DOOR_CURVE]) != STATUS_OK;
}
