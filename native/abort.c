#if !defined(_WIN32)
#    define _POSIX_C_SOURCE 200809L // clock_gettime
#endif

#include "minilm.h"

#include <stdatomic.h>
#include <stdlib.h>

#if defined(_WIN32)
#    define WIN32_LEAN_AND_MEAN
#    include <windows.h>
#else
#    include <time.h>
#endif

#define NO_DEADLINE INT64_MAX

struct minilm_abort {
    atomic_bool          cancelled;
    atomic_int_least64_t deadline_ns; // on the monotonic clock
};

static int64_t monotonic_ns(void) {
#if defined(_WIN32)
    LARGE_INTEGER frequency, counter;
    QueryPerformanceFrequency(&frequency);
    QueryPerformanceCounter(&counter);
    int64_t seconds = counter.QuadPart / frequency.QuadPart;
    int64_t rest    = counter.QuadPart % frequency.QuadPart;
    return seconds * 1000000000 + rest * 1000000000 / frequency.QuadPart;
#else
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t) now.tv_sec * 1000000000 + now.tv_nsec;
#endif
}

minilm_abort * minilm_abort_new(void) {
    minilm_abort * abort = malloc(sizeof(*abort));
    if (abort != NULL) {
        atomic_init(&abort->cancelled, false);
        atomic_init(&abort->deadline_ns, NO_DEADLINE);
    }
    return abort;
}

void minilm_abort_free(minilm_abort * abort) {
    free(abort);
}

void minilm_abort_arm(minilm_abort * abort, int64_t timeout_ns) {
    int64_t deadline = NO_DEADLINE;
    if (timeout_ns >= 0) {
        int64_t now = monotonic_ns();
        deadline = timeout_ns < NO_DEADLINE - now ? now + timeout_ns : NO_DEADLINE;
    }
    atomic_store(&abort->deadline_ns, deadline);
    atomic_store(&abort->cancelled, false);
}

void minilm_abort_cancel(minilm_abort * abort) {
    atomic_store(&abort->cancelled, true);
}

int32_t minilm_abort_state(minilm_abort * abort) {
    if (atomic_load_explicit(&abort->cancelled, memory_order_relaxed)) {
        return MINILM_ABORT_CANCELLED;
    }
    int64_t deadline = atomic_load_explicit(&abort->deadline_ns, memory_order_relaxed);
    if (deadline != NO_DEADLINE && monotonic_ns() >= deadline) {
        return MINILM_ABORT_TIMEOUT;
    }
    return MINILM_ABORT_NONE;
}
