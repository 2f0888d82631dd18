#include "log.h"

#include <llama.h>

#include <stdatomic.h>
#include <string.h>

#define LINE_CAPACITY  4096
#define ERROR_CAPACITY 4096

static _Atomic(minilm_log_callback) sink;
static atomic_int                   sink_min_level;

// The library logs a line in pieces. Each thread assembles its own, so lines of two threads never mix.
static _Thread_local struct {
    char    text[LINE_CAPACITY];
    size_t  length;
    int32_t level;
} line;

static _Thread_local struct {
    char   text[ERROR_CAPACITY];
    size_t length;
} errors;

static _Thread_local struct {
    minilm_line_observer observer;
    void *               user_data;
} watch;

void minilm_remember_error(const char * text) {
    size_t separator = errors.length > 0 ? 1 : 0;
    size_t length    = strlen(text);
    if (errors.length + separator + length >= ERROR_CAPACITY) {
        return; // the first lines name the cause, the later ones only its consequences
    }
    if (separator) {
        errors.text[errors.length++] = '\n';
    }
    memcpy(errors.text + errors.length, text, length + 1);
    errors.length += length;
}

static void end_line(void) {
    line.text[line.length] = '\0';
    if (line.length > 0) {
        if (line.level >= GGML_LOG_LEVEL_WARN) {
            minilm_remember_error(line.text);
        }
        line.length = 0; // first: a callback may make the library log again, on this thread
        if (watch.observer != NULL) {
            watch.observer(line.text, watch.user_data);
        }
        minilm_log_callback callback = atomic_load(&sink);
        if (callback != NULL && line.level >= atomic_load(&sink_min_level)) {
            callback(line.level, line.text);
        }
    }
}

static void on_log(enum ggml_log_level level, const char * text, void * user_data) {
    (void) user_data;
    if (level != GGML_LOG_LEVEL_CONT) {
        end_line();
        line.level = (int32_t) level;
    }
    for (; *text != '\0'; text++) {
        if (*text == '\n') {
            end_line();
        } else if (line.length < LINE_CAPACITY - 1) {
            line.text[line.length++] = *text;
        }
    }
}

void minilm_log_set(minilm_log_callback callback, int32_t min_level) {
    atomic_store(&sink_min_level, min_level);
    atomic_store(&sink, callback);
    llama_log_set(on_log, NULL);
    ggml_log_set(on_log, NULL);
}

const char * minilm_last_error(void) {
    end_line();
    return errors.text;
}

void minilm_forget_errors(void) {
    errors.length  = 0;
    errors.text[0] = '\0';
}

void minilm_observe_lines(minilm_line_observer observer, void * user_data) {
    watch.observer  = observer;
    watch.user_data = user_data;
}
